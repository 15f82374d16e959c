"""Decides the kind of a revision (SPEC V1, V5)."""

from gazette.models.contract.document import EventDocument
from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger.snapshot import Origin, Snapshot


def kind_of(snapshot: Snapshot, document: EventDocument, origin: Origin) -> RevisionKind:
    """Return the kind of the revision that a document makes after a snapshot."""
    declared = RevisionKind(document.revision.kind) if document.revision else None
    if declared is RevisionKind.RETRACTION:
        return declared
    if snapshot.revision is None:
        return RevisionKind.PUBLICATION
    if origin is Origin.RESTORED:
        return RevisionKind.RESTORED
    return declared or RevisionKind.UPDATE


def is_compared_kind(kind: RevisionKind) -> bool:
    """Return whether the feeds of updates show what a revision of a kind changed."""
    return RULES[kind].in_updates and not RULES[kind].withdraws
