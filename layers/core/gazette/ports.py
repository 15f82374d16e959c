"""Interfaces to the outside world. One contract suite tests the AWS and memory implementations."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import Document

# Returns the current time in UTC.
Clock: TypeAlias = Callable[[], datetime]
# Sleeps for a number of seconds.
Sleep: TypeAlias = Callable[[float], None]
# Returns a random number from 0 up to, but not including, 1.
Random: TypeAlias = Callable[[], float]
# Returns whether there is time for more work in this run.
HasTime: TypeAlias = Callable[[], bool]


class ConflictError(Exception):
    """Another writer was faster: read again and retry."""


class BusyLedgerError(Exception):
    """DynamoDB kept leaving requested items unprocessed: try later."""


class NoTimeError(Exception):
    """The function ran out of time before this work: it is delivered again."""


class PermanentError(Exception):
    """A retry cannot help."""


class UnreadableVersionError(Exception):
    """S3 lists a version but does not give out its bytes, and a retry cannot help.

    The message begins with the code of S3 and says what the publisher can do.
    """


class SourceArchive(Protocol):
    """The versioned bucket that publishers write to."""

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        """Return the versions of a key, newest first, delete markers included.

        The list may end after a page that reaches ``known_until``, seconds since 1970.
        """

    def read(self, key: str, version_id: str) -> bytes:
        """Return the bytes of one version.

        Raises:
            UnreadableVersionError: it is removed, archived, or encrypted with a foreign key.
        """


class ItemStore(Protocol):
    """The part of a `Ledger` that reads and writes single items."""

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        """Return the item at a key."""

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        """Return the items that exist at these keys; a key may be repeated.

        Raises:
            BusyLedgerError: DynamoDB did not process all keys.
        """

    def put(self, item: LedgerItem) -> bool:
        """Write unless this or a newer revision exists; return whether it was written.

        A deleted item expires, unless it is a snapshot. The deletion of a listed item is an item of
        its own, and the live item is removed (`gazette.models.ledger.keys.is_listed`). A live item
        of an older revision may still be written after that: see `remove_overtaken`.
        """

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        """Write if the item at this key still has the expected revision (compare-and-swap).

        0 expects no item, or one of revision 0. The new revision must be greater than the expected
        one, or the next writer could not see the change. Return whether it was written. After
        False read again: botocore may have repeated a write that had succeeded. It deletes no
        listed item: `put` does.
        """

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        """Remove the live items among these whose deletion is newer; keys of deletions count too.

        Publishing calls this for the items that the stream brings, before it reads them.
        """


class Ledger(ItemStore, Protocol):
    """The table of revision metadata. Every read is strongly consistent.

    The write with the greatest revision number wins. A derived item has a revision of its own and
    is replaced (`gazette.models.tasks.build_result`). An item that has expired is absent, although
    DynamoDB removes it up to some days later.
    """

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        """Return the items whose sort key begins with ``prefix``, in order of the sort key."""

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        """Return the same items in reverse order, read page by page as needed."""

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        """Return the items with a greater sort key and the same prefix, ``page`` items per read.

        `gazette.models.ledger.keys.prefix_of` says what the prefix is.
        """

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        """Return the items with a smaller sort key and the same prefix, the greatest first."""

    def claim(self, base_path: str, event_id: str) -> str:
        """Claim a path for an event, unless it is claimed; return the event that has it."""


class SiteStore(Protocol):
    """The bucket of published documents."""

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        """Return the ETag of each path, None if there is no document.

        It is a `StandingETag` where the store keeps headers.
        """

    def etags_below(self, prefix: str) -> dict[str, str]:
        """Return the ETag of every document whose path begins with a prefix."""

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        """Write each document if its path still has the ETag in ``seen``.

        Raises:
            ConflictError: one ETag differs; other documents may be written.
        """

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        """Delete each path if it still has the ETag in ``seen``.

        Raises:
            ConflictError: one ETag differs; other paths may be deleted.
        """


class ServedHeaders(Protocol):
    """The headers that the published documents are served with."""

    def cache_controls(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the Cache-Control of each path with a document."""


class SiteReader(Protocol):
    """Reads published documents where they are stored, never at the edge."""

    def read_document(self, path: str) -> Document | None:
        """Return the newest document of a path, None if there is no document."""


class EdgeRefusedError(PermanentError):
    """The edge refuses an invalidation: do not retry."""


class EdgeCache(Protocol):
    """The copies of the site's documents that CloudFront keeps near its readers."""

    def invalidate(self, paths: Sequence[str], reference: str) -> None:
        """Drop all copies of these paths; a path may be `EVERYTHING`.

        A second call with the same paths and reference does nothing.

        Raises:
            EdgeRefusedError: a retry cannot help.
        """


class Outbox(Protocol):
    """A queue that takes single messages."""

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        """Send a message, visible after ``delay`` seconds; the reason becomes an attribute."""


class BulkOutbox(Protocol):
    """A queue that takes many messages; they may become visible later."""

    def send_all(self, bodies: Sequence[str]) -> Sequence[str]:
        """Send messages; return one error text for each message that was refused."""


class HubBusyError(Exception):
    """A hub does not answer or is overloaded: try later."""


class HubRefusedError(PermanentError):
    """A hub refuses the ping: do not retry."""


class HubClient(Protocol):
    """WebSub hubs (W3C WebSub §4)."""

    def ping(self, hub: str, feed: str) -> None:
        """Notify the hub at one URL that the feed at another URL has changed.

        Raises:
            HubBusyError: the hub could not be reached now.
            HubRefusedError: the hub refused the ping.
        """


class ListedKey(NamedTuple):
    """A key of the source bucket and its versions, newest first, delete markers included."""

    key: str
    versions: tuple[ObjectVersion, ...]


class SourceListing(Protocol):
    """Lists the source bucket, a thousand versions per call."""

    def list_versions(self, after: str = "") -> Iterator[ListedKey]:
        """Yield the keys after a key in order, read page by page as needed."""


class SiteListing(Protocol):
    """Lists the site bucket, a thousand documents per call."""

    def list_documents(self, after: str = "") -> Iterator[tuple[str, str]]:
        """Yield path and ETag of each document after a path, in order of the path."""


class LedgerPage(NamedTuple):
    """Keys of the ledger; ``last`` is the key to go on from, None on the last page.

    ``undated`` are those of the items that release 0.1.0 deleted: they have no expiry.
    ``revisions`` are those of the items, in the order of the keys.
    """

    item_keys: tuple[ItemKey, ...]
    last: ItemKey | None
    undated: tuple[LedgerItem, ...] = ()
    revisions: tuple[int, ...] = ()


class LedgerListing(Protocol):
    """Bulk reads of the ledger: eventually consistent, at half the price.

    And what they find of release 0.1.0.
    """

    def get_many(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        """Return the items that exist at these keys; a key may be repeated.

        Raises:
            BusyLedgerError: DynamoDB did not process all keys.
        """

    def list_keys(self, segment: int, segments: int, after: ItemKey | None) -> Iterator[LedgerPage]:
        """Yield the keys of one of ``segments`` segments; keys of a partition follow each other."""

    def expire(self, item: LedgerItem) -> None:
        """Give an undated deleted item an expiry, unless a newer one is there.

        A listed item becomes a deletion of its own, and leaves its list.
        """


class NightLedger(Ledger, LedgerListing, Protocol):
    """The ledger with its bulk reads, as the reconciliation needs it."""
