"""A view over the ledger: while a batch is published, what was read once is not read again.

Many tasks of a batch read the same items: a topic's page and its segments the newest entries, an
event's page and its revision the same revisions. Builders read through a view and need not know.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from threading import local

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, deletion_key, is_listed, listed_key
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_VIEW_BYTES
from gazette.ports import Ledger
from gazette.services.publish.known_items import KnownPartitions
from gazette.services.publish.known_reads import KnownReads, Page


class _State(local):
    """What a thread has read since it opened the view; None while the view is closed."""

    known: KnownPartitions | None = None


class LedgerView:
    """A `Ledger` that answers repeated reads from memory, from `renew` until `close`.

    Nothing that it returns is older than the last `renew`. It is no snapshot: two items may be read
    at different times. What is written through it is read again afterwards. While it is closed,
    every read goes to the ledger. Each thread has a view of its own.
    """

    def __init__(self, ledger: Ledger, most_bytes: int = MAX_VIEW_BYTES) -> None:
        self._ledger = ledger
        self._most_bytes = most_bytes
        self._state = _State()

    def renew(self, item_keys: Sequence[ItemKey] = (), pages: Sequence[Page] = ()) -> None:
        """Forget what was read: later reads are not older than this call.

        The ``pages`` are read first, then what they left out of ``item_keys``, at once.
        """
        self._state.known = known = KnownPartitions(self._most_bytes)
        try:
            self._read_pages(KnownReads(self._ledger, known), pages)
            self._read_items(known, [one for one in item_keys if not known.has(one)])
        except Exception:  # noqa: BLE001  # each is read alone then, and what fails again fails alone
            return

    def _read_pages(self, reads: KnownReads, pages: Sequence[Page]) -> None:
        for page in pages:
            read = reads.before if page.is_backwards else reads.after
            for _ in islice(read(page.start, page.size), page.size):
                pass

    def _read_items(self, known: KnownPartitions, item_keys: Sequence[ItemKey]) -> None:
        if len(item_keys) < 2:  # noqa: PLR2004  # one is read as cheaply when it is needed
            return
        found = self._ledger.get_several(item_keys)
        for item_key in item_keys:
            known.note(item_key, found.get(item_key))

    def close(self) -> None:
        """Forget what was read, and remember nothing more."""
        self._state.known = None

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        return self._reads.get(item_key)

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._ledger.get_several(item_keys)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        return self._reads.scan(partition, prefix)

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        return self._reads.newest(partition, prefix)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        return self._reads.after(item_key, page)

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        return self._reads.before(item_key, page)

    def put(self, item: LedgerItem) -> bool:
        is_written = self._ledger.put(item)
        self._forget([item.key])
        return is_written

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        is_written = self._ledger.replace(item, expected_revision)
        self._forget([item.key])
        return is_written

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        item_keys = list(item_keys)
        self._ledger.remove_overtaken(item_keys)
        self._forget(map(listed_key, item_keys))

    def claim(self, base_path: str, event_id: str) -> str:
        return self._ledger.claim(base_path, event_id)

    @property
    def _reads(self) -> "KnownReads | Ledger":
        known = self._state.known
        return self._ledger if known is None else KnownReads(self._ledger, known)

    def _forget(self, item_keys: Iterable[ItemKey]) -> None:
        known = self._state.known
        if known is None:
            return
        for item_key in item_keys:
            known.forget(item_key)
            if is_listed(item_key):
                known.forget(deletion_key(item_key))
