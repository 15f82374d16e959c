"""Remarks about fields of a published document that are probably not what was meant.

The document is published, and is no failure. The publisher finds the remarks next to failures,
until a later version corrects them. Only an event with remarks has an item.
"""

from collections.abc import Iterable, Iterator

from gazette.models.contract.document import EventDocument
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import PublishedRemarks, Revision, Snapshot
from gazette.models.limits import MAX_REPORTED_PROBLEMS
from gazette.models.problems.problems import Problem
from gazette.models.problems.remedies import mistaken
from gazette.projections.history.linked_images import BASE_OF_INGEST
from gazette.projections.items.item_order import item_order
from gazette.projections.markup.lost_links import lost_in


def remarks_on(document: EventDocument, base_path: str) -> tuple[Problem, ...]:
    """Return the remarks about a document that was accepted."""
    lost = lost_in(document.body or "", f"{BASE_OF_INGEST}/{base_path}.html")
    remarks = (*mistaken(document.model_extra or {}), *lost)
    return remarks[:MAX_REPORTED_PROBLEMS]


def remark_items(
    before: Snapshot, number: int, remarks: tuple[Problem, ...]
) -> Iterator[LedgerItem]:
    """Return the item of the remarks about a revision, or its deletion if it needs none."""
    if remarks or before.has_remarks:
        found = PublishedRemarks(event_id=before.event_id, number=number, remarks=remarks)
        item_key = keys.remark_key(before.event_id)
        payload = found.model_dump_json()
        yield LedgerItem(item_key, item_order(number), payload, deleted=not remarks)


def read_remarks(items: Iterable[LedgerItem]) -> Iterator[PublishedRemarks]:
    """Yield the remarks that items of the ledger hold."""
    for item in items:
        if not item.deleted:
            yield PublishedRemarks.model_validate_json(item.payload)


def remark_items_again(
    snapshot: Snapshot, newest: Revision, restored: EventDocument | None
) -> Iterator[LedgerItem]:
    """Return the item after an erasure: remarks go with the words, and come back with them."""
    if newest.entry.erased:
        return remark_items(snapshot, newest.number, ())
    remarks = remarks_on(restored, newest.entry.base_path) if restored else ()
    return remark_items(Snapshot(event_id=snapshot.event_id), newest.number, remarks)
