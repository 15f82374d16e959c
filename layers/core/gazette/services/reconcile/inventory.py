"""A site that is listed once, and a ledger that is looked at first: a healthy run only reads.

A listing tells a thousand entity tags for the price of twelve looks at one. It may be older than
what is published meanwhile, which does no harm: a write names the tag it replaces, and where
that is refused the document is looked at by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import REBUILD_REQUEST, ItemKey, PartitionKind
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError, ItemStore, SiteListing, SiteStore

# The paths and tags of so many documents take about 300 MB.
MOST_LISTED = 1_000_000


@dataclass(slots=True)
class ListedSite:
    """A `SiteStore` that knows the entity tags of every path up to ``last``, and asks for others.

    ``last`` is None where the listing is whole.
    """

    site: SiteStore
    known: dict[str, str]
    last: str | None
    unsure: set[str] = field(default_factory=set)

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        asked = self.site.etags([path for path in paths if not self._is_known(path)])
        return {path: asked[path] if path in asked else self.known.get(path) for path in paths}

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        try:
            self.site.write(documents, seen)
        except ConflictError:
            self.unsure.update(document.path for document in documents)
            raise
        self.known.update({document.path: document.etag for document in documents})

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


def list_site(listing: SiteListing, site: SiteStore, most: int = MOST_LISTED) -> ListedSite:
    """List a site, or as much of it as the memory holds."""
    documents = listing.list_documents()
    known = dict(islice(documents, most))
    is_whole = next(documents, None) is None
    return ListedSite(site, known, None if is_whole else max(known))


@dataclass(frozen=True, slots=True)
class CautiousLedger:
    """Writes records like a `Ledger`, but looks first whether they are held already.

    A write that is refused costs as much as one that is not, and a read a fifth of that. Nobody is
    told to make the page of an event anew, because every one is.
    """

    ledger: ItemStore

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        return self.ledger.get(item_key)

    def put(self, record: LedgerItem) -> bool:
        partition, sort = record.key
        if partition.kind is PartitionKind.EVENT and sort.startswith(REBUILD_REQUEST):
            return False
        held = self.get(record.key)
        if held is not None and held.revision >= record.revision:
            return False
        return self.ledger.put(record)
