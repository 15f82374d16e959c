"""A site store with listed ETags and a ledger that reads before it writes.

Listing a thousand ETags costs as much as twelve single requests. A listing may be out of date,
but every write is conditional on the ETag; after a conflict the ETag is read again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import REBUILD_REQUEST, ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.limits import MAX_LISTED_DOCUMENTS
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError, ItemStore, SiteListing, SiteStore


@dataclass(slots=True)
class ListedSite:
    """A `SiteStore` that knows the ETag of every path up to ``last`` and requests the others.

    ``last`` is None if the listing is complete.
    """

    site: SiteStore
    known: dict[str, str]
    last: str | None
    unsure: set[str] = field(default_factory=set)

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        requested = self.site.etags([path for path in paths if not self._is_known(path)])
        return {
            path: requested[path] if path in requested else self.known.get(path) for path in paths
        }

    def etags_below(self, prefix: str) -> dict[str, str]:
        return self.site.etags_below(prefix)

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        try:
            self.site.write(documents, seen)
        except ConflictError:
            self.unsure.update(document.path for document in documents)
            raise
        self.known.update({document.path: document.standing_etag for document in documents})

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        try:
            self.site.remove(paths, seen)
        except ConflictError:
            self.unsure.update(paths)
            raise
        for path in paths:
            self.known.pop(path, None)

    def _is_known(self, path: str) -> bool:
        return path not in self.unsure and (self.last is None or path <= self.last)


def list_site(
    listing: SiteListing, site: SiteStore, most: int = MAX_LISTED_DOCUMENTS
) -> ListedSite:
    """List a site, at most ``most`` documents."""
    documents = listing.list_documents()
    known = dict(islice(documents, most))
    is_complete = next(documents, None) is None
    return ListedSite(site, known, None if is_complete else max(known))


@dataclass(frozen=True, slots=True)
class CautiousLedger:
    """An `ItemStore` that reads before it writes: a read costs a fifth of a refused write.

    Unless ``requests_events`` is set, it drops rebuild requests for event pages: they are for a run
    that leaves healthy pages out, and another one builds every page anyway. A request counts as no
    difference: an image asks for its events each time, also where they were published after it.
    """

    ledger: ItemStore
    requests_events: bool = False

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        return self.ledger.get(item_key)

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self.ledger.get_several(item_keys)

    def put(self, item: LedgerItem) -> bool:
        partition, sort = item.key
        is_request = partition.kind is PartitionKind.EVENT and sort.startswith(REBUILD_REQUEST)
        if is_request and not self.requests_events:
            return False
        found = self.get(item.key)
        if found is not None and found.revision >= item.revision:
            return False
        return self.ledger.put(item) and not is_request

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        return self.ledger.replace(item, expected_revision)

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        self.ledger.remove_overtaken(item_keys)
