"""Cuts the pages of a scan of the ledger between partitions, so that most are seen as a whole."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.ports import LedgerPage


class ScanStep(NamedTuple):
    """Keys of the ledger with their revisions; ``last`` is the key to go on from, if any.

    A step has all items of its partitions, except those of ``cut``.
    """

    revisions: dict[ItemKey, int]
    last: ItemKey | None
    undated: tuple[LedgerItem, ...]
    cut: frozenset[Partition]

    def partition_revisions(self) -> dict[Partition, dict[str, int]]:
        """Return the revisions by sort key of each partition that is seen as a whole."""
        found: dict[Partition, dict[str, int]] = {}
        for item_key, revision in self.revisions.items():
            if item_key.partition not in self.cut:
                found.setdefault(item_key.partition, {})[item_key.sort] = revision
        return found


def scan_steps(pages: Iterable[LedgerPage], after: ItemKey | None) -> Iterator[ScanStep]:
    """Yield the steps of a scan that goes on after a key.

    The last partition of a page is kept for the next step. One that fills a page is cut: its items
    must not wait until the run has no time left for them.
    """
    kept: dict[ItemKey, int] = {}
    cut = {after.partition} if after else set()
    for page in pages:
        found = kept | dict(zip(page.item_keys, page.revisions, strict=True))
        if page.last is None:
            yield ScanStep(found, None, page.undated, frozenset(cut))
            return
        newest = page.last.partition
        kept = {key: revision for key, revision in found.items() if key.partition == newest}
        if len(kept) == len(found):
            cut.add(newest)
            kept, last = {}, page.last
        else:
            found = {key: found[key] for key in found if key not in kept}
            last = list(found)[-1]
        yield ScanStep(found, last, page.undated, frozenset(cut))
