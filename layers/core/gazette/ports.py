"""What the services need from outside; one contract suite holds for AWS and for memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.views.site_document import Document

# Says what time it is, in UTC. What is published depends on the hour at most, often on the day.
Clock: TypeAlias = Callable[[], datetime]
# Waits for so many seconds.
Sleep: TypeAlias = Callable[[float], None]


class ConflictError(Exception):
    """Somebody else was faster: read again and try again."""


class BusyLedgerError(Exception):
    """The ledger left out what it was asked for, time and again: try later."""


class ObjectVersion(NamedTuple):
    """One version of an object in the source bucket; a delete marker has no size."""

    version_id: str
    last_modified: datetime
    size: int
    is_delete_marker: bool = False


class SourceArchive(Protocol):
    """The versioned bucket that publishers write to."""

    def versions(self, key: str) -> list[ObjectVersion]:
        """Return all versions of a key, oldest first; delete markers included."""

    def read(self, key: str, version_id: str) -> bytes:
        """Return the bytes of one version."""


class ItemStore(Protocol):
    """As much of a `Ledger` as it takes to leave records for others."""

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        """Return the record at a place."""

    def put(self, record: LedgerItem) -> bool:
        """Write unless the place holds this revision or a newer one; say whether it was written."""


class Ledger(ItemStore, Protocol):
    """The table of revision metadata. Every read is strongly consistent.

    Every item is a register that the greatest revision number wins. A record that is derived from
    others carries the sum of theirs, which grows with every change to any of them.
    """

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        """Return the records whose sort key begins with ``prefix``, in order of the sort key."""

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        """Return the same in reverse order, read in pages as they are needed."""

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        """Return the records of a partition whose sort key is greater, ``page`` a read."""

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        """Return the records of a partition whose sort key is less, the greatest first."""

    def claim(self, base_path: str, event_id: str) -> str:
        """Take a path for an event, for ever, unless it is taken; return whose it is."""


class SiteStore(Protocol):
    """The bucket of published documents."""

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        """Return the entity tag of each path, None where there is no document."""

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        """Write each document if its path still has the entity tag that was seen.

        Raises:
            ConflictError: one has not; others may be written.
        """

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        """Delete each path if it still has the entity tag that was seen.

        Raises:
            ConflictError: one has not; others may be deleted.
        """


class Outbox(Protocol):
    """A queue to send to."""

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        """Send a message that is seen after ``delay`` seconds; a reason is told beside the body."""


class BulkOutbox(Protocol):
    """A queue to send many to; it may hold them back for a while before they are seen."""

    def send_all(self, bodies: Sequence[str]) -> Sequence[str]:
        """Send messages; return why some of them were not taken, a reason for each."""


class HubBusyError(Exception):
    """A hub does not answer, or cannot now: ask it later."""


class HubRefusedError(Exception):
    """A hub does not want what it is told: never ask it again."""


class HubClient(Protocol):
    """The hubs of the world (W3C WebSub §4)."""

    def tell(self, hub: str, feed: str) -> None:
        """Tell a hub by its address that the feed at an address has changed.

        Raises:
            HubBusyError: it could not be told now.
            HubRefusedError: it will not be told.
        """


class ListedKey(NamedTuple):
    """A key of the source bucket, and how many versions it has, delete markers included."""

    key: str
    versions: int


class SourceListing(Protocol):
    """The source bucket by inventory pages: a thousand versions a call."""

    def counts(self, after: str = "") -> Iterator[ListedKey]:
        """Yield the keys that come after one, in their order, read in pages as they are needed."""


class SiteListing(Protocol):
    """The site bucket by inventory pages: a thousand documents a call."""

    def listed(self, after: str = "") -> Iterator[tuple[str, str]]:
        """Yield the path and the entity tag of every document after a path, in their order."""


class LedgerPage(NamedTuple):
    """Some places of the ledger, and the last one looked at, None where nothing follows."""

    item_keys: tuple[ItemKey, ...]
    last: ItemKey | None


class LedgerListing(Protocol):
    """The whole ledger, and many registers at once, at half the price: a moment old at times."""

    def held(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        """Return the records at these places, without those where there is none.

        Raises:
            BusyLedgerError: it does not get through them.
        """

    def pages(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        """Yield the places of one of so many segments, those of a partition one after another."""
