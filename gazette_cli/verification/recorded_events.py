"""Puts an event of a published site into a ledger again, from the records of its revisions.

A record is protected by its hash. All that documents show of a revision follows from it, as it did
when the revision was published. The time of the upload is not in it, where the publisher dated the
revision himself: that orders the notifications of hubs, and no document.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from gazette.models.contract.document import EventDocument
from gazette.models.contract.guids import guid_of
from gazette.models.contract.stored_document import read_recorded
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import Origin, Snapshot
from gazette.ports import Ledger
from gazette.projections.history import event_history
from gazette.projections.history.event_history import Transition
from gazette.projections.history.occurrences import Occurrence
from gazette.projections.items import state_items
from gazette.services.source.document_store import DocumentStore
from gazette_cli.verification.erased_revisions import placeholder, placeholder_path
from gazette_cli.verification.hash_chain import History, Json
from gazette_cli.verification.published_site import UNREADABLE

_ORIGINS = {RevisionKind.RESTORED: Origin.RESTORED, RevisionKind.EXPIRED: Origin.EXPIRED}


class RecordedRevision(NamedTuple):
    """A revision as its JSON form says, and the base path that its address has.

    An erased one has another document and path, which are erased in turn (`erased_revisions`).
    """

    number: int
    kind: RevisionKind
    at: datetime
    document: EventDocument | None
    base_path: str
    sha256: str
    is_erased: bool

    @property
    def occurrence(self) -> Occurrence:
        origin = _ORIGINS.get(self.kind, Origin.UPLOAD)
        if self.document is None and origin is not Origin.EXPIRED:
            origin = Origin.DELETE_MARKER
        # It became public when an embargo ended, which may be later than its date.
        published = self.document.published if self.document and self.number == 1 else None
        stored_at = max(self.at, published or self.at)
        return Occurrence(origin, self.identity, "", stored_at, self.number)

    @property
    def identity(self) -> str:
        return f"r{self.number}"


class DifferentRecordError(ValueError):
    """This release would not make the revision from its record."""

    def __init__(self, number: int) -> None:
        super().__init__("does not follow from its record")
        self.number = number


def recorded_revisions(history: History, base_url: str) -> list[RecordedRevision]:
    """Read the revisions of an event; ``base_url`` is the address of the site.

    Raises:
        DifferentRecordError: a record is not in a form that this release knows.
    """
    guid = guid_of(history.tag, history.event)
    found: list[RecordedRevision] = []
    for form in history.revisions:
        try:
            found.append(_recorded(form, f"{base_url}/", guid))
        except UNREADABLE as error:
            raise DifferentRecordError(form["record"]["number"]) from error
    return found


def _recorded(form: Json, start: str, guid: str | None) -> RecordedRevision:
    record, is_erased = form["record"], "erased" in form
    base_path = unquote(form["links"]["self"].removeprefix(start)).rpartition(".r")[0]
    document = read_recorded(record["document"]) if "document" in record else None
    return RecordedRevision(
        record["number"],
        RevisionKind(record["kind"]),
        datetime.fromisoformat(record["at"]),
        placeholder(form, base_path, guid) if is_erased else document,
        placeholder_path(form, base_path) if is_erased else base_path,
        form["sha256"],
        is_erased,
    )


def record_event(ledger: Ledger, event_id: str, revisions: Sequence[RecordedRevision]) -> None:
    """Write all items of an event.

    Raises:
        DifferentRecordError: a revision does not follow from its record.
    """
    snapshot, items = Snapshot(event_id=event_id), dict[ItemKey, LedgerItem]()
    before: EventDocument | None = None
    store = DocumentStore(ledger)
    for revision in revisions:
        transition = _transition(snapshot, revision, before)
        if revision.is_erased:
            transition = _erased_transition(snapshot, revision, transition)
        snapshot, before = transition.snapshot, revision.document
        _keep_last(items, transition.items)
        if snapshot.revision is None or snapshot.revision.entry.sha256 != revision.sha256:
            raise DifferentRecordError(revision.number)
        ledger.claim(revision.base_path, event_id)
        if revision.document:
            store.put(event_id, revision.identity, revision.document)
    for item in (*items.values(), state_items.snapshot_item(state_items.as_stored(snapshot))):
        ledger.put(item)


def _transition(
    snapshot: Snapshot, revision: RecordedRevision, before: EventDocument | None
) -> Transition:
    occurrence, document = revision.occurrence, revision.document
    if document is None:
        return event_history.apply_withdrawal(snapshot, occurrence)
    is_compared = event_history.is_compared(snapshot, document, occurrence.origin)
    return event_history.apply_revision(
        snapshot, occurrence, document, revision.base_path, before if is_compared else None
    )


def _erased_transition(
    before: Snapshot, erased: RecordedRevision, transition: Transition
) -> Transition:
    """Return a transition with the hash that the document had before it was erased.

    A retraction that had no document may have the time of the revision before it.
    """
    if transition.snapshot.revision and transition.snapshot.revision.entry.at != erased.at:
        transition = event_history.apply_withdrawal(
            before, erased.occurrence._replace(origin=Origin.DELETE_MARKER)
        )
    return _with_hash(transition, erased.sha256)


def _with_hash(transition: Transition, sha256: str) -> Transition:
    snapshot, revision = transition.snapshot, transition.snapshot.revision
    if revision is None:
        return transition
    computed = revision.entry.sha256
    items = (
        item._replace(payload=item.payload.replace(computed, sha256)) for item in transition.items
    )
    changed = snapshot.model_dump_json().replace(computed, sha256)
    return Transition(Snapshot.model_validate_json(changed), tuple(items))


def _keep_last(items: dict[ItemKey, LedgerItem], written: Iterable[LedgerItem]) -> None:
    """Keep the last write to each item, in the order of the last writes."""
    for item in written:
        items.pop(item.key, None)
        items[item.key] = item
