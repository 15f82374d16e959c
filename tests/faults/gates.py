"""Gates: every call of the services to AWS passes one, which may count it, delay it or fail it.

These gates wrap the ports, so they see the requests of the services, page by page. In `wire` a gate
sees the HTTP requests.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_NEWEST_ITEMS_A_PAGE
from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import Document
from gazette.ports import Ledger, SiteStore, SourceArchive

Result = TypeVar("Result")
WRITES = frozenset(
    {
        *("put", "replace", "remove_overtaken", "claim", "write", "remove"),
        *("PutItem", "DeleteItem", "PutObject", "DeleteObject"),
    }
)


class Gate(Protocol):
    """A function between the services and AWS."""

    def __call__(self, operation: str, call: Callable[[], Result], /) -> Result:
        """Make the call, or fail in its place."""


def let_through(_operation: str, call: Callable[[], Result]) -> Result:
    return call()


class Switch:
    """A gate that passes calls on to another one, which can be replaced at any time."""

    def __init__(self) -> None:
        self.gate: Gate = let_through

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        return self.gate(operation, call)


class Counting:
    """Counts the calls by operation."""

    def __init__(self) -> None:
        self.operations: list[str] = []

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        self.operations.append(operation)
        return call()


class GatedLedger:
    """A ledger that is read page by page like the one on DynamoDB: each page is a call."""

    def __init__(self, ledger: Ledger, gate: Gate) -> None:
        self._ledger = ledger
        self._gate = gate

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        return self._gate("get", lambda: self._ledger.get(item_key))

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._gate("get", lambda: self._ledger.get_several(item_keys))

    def put(self, record: LedgerItem) -> bool:
        return self._gate("put", lambda: self._ledger.put(record))

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        return self._gate("replace", lambda: self._ledger.replace(item, expected_revision))

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        self._gate("remove_overtaken", lambda: self._ledger.remove_overtaken(item_keys))

    def claim(self, base_path: str, event_id: str) -> str:
        return self._gate("claim", lambda: self._ledger.claim(base_path, event_id))

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        # No partition of a test is longer than one page of a scan, a megabyte.
        yield from self._gate("query", lambda: list(self._ledger.scan(partition, prefix)))

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        def first() -> list[LedgerItem]:
            return list(islice(self._ledger.newest(partition, prefix), MAX_NEWEST_ITEMS_A_PAGE))

        records = self._gate("query", first)
        yield from records
        if len(records) == MAX_NEWEST_ITEMS_A_PAGE:
            rest = self.before(records[-1].key, MAX_NEWEST_ITEMS_A_PAGE)
            yield from (record for record in rest if record.key.sort.startswith(prefix))

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        return self._pages(self._ledger.after, item_key, page)

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        return self._pages(self._ledger.before, item_key, page)

    def _pages(
        self, read: Callable[[ItemKey, int], Iterator[LedgerItem]], item_key: ItemKey, page: int
    ) -> Iterator[LedgerItem]:
        while True:
            records = self._gate("query", partial(_page, read, item_key, page))
            yield from records
            if len(records) < page:
                return
            item_key = records[-1].key


def _page(
    read: Callable[[ItemKey, int], Iterator[LedgerItem]], item_key: ItemKey, page: int
) -> list[LedgerItem]:
    return list(islice(read(item_key, page), page))


class GatedSiteStore:
    """A site whose documents are written one by one: each is a call."""

    def __init__(self, site: SiteStore, gate: Gate) -> None:
        self._site = site
        self._gate = gate

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return self._gate("etags", lambda: self._site.etags(paths))

    def etags_below(self, prefix: str) -> dict[str, str]:
        return self._gate("etags_below", lambda: self._site.etags_below(prefix))

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        for document in documents:
            self._gate("write", partial(self._site.write, [document], seen))

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        for path in paths:
            self._gate("remove", partial(self._site.remove, [path], seen))


class GatedSourceArchive:
    def __init__(self, source: SourceArchive, gate: Gate) -> None:
        self._source = source
        self._gate = gate

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        return self._gate("versions", lambda: self._source.versions(key, known_until))

    def read(self, key: str, version_id: str) -> bytes:
        return self._gate("read", lambda: self._source.read(key, version_id))
