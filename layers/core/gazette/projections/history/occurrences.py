"""What happened to the object of an event, and what names the event brought along.

`gazette.projections.history.event_history` applies it.
"""

from datetime import datetime
from typing import NamedTuple

from gazette.models.contract.aliases import alias_path
from gazette.models.contract.document import EventDocument
from gazette.models.ledger.snapshot import Origin, Revision, Snapshot


class Names(NamedTuple):
    """What an event had elsewhere: its guid, and the base paths of its aliases."""

    guid: str | None = None
    aliases: tuple[str, ...] = ()


class Occurrence(NamedTuple):
    """Something that happened to an object: what, to which version, and when S3 stored it.

    ``number`` and ``names`` are those of the revision which recorded it; 0 takes the next number,
    and None the names that the document has.
    """

    origin: Origin
    identity: str
    version_id: str
    stored_at: datetime
    number: int = 0
    names: Names | None = None

    def number_after(self, snapshot: Snapshot) -> int:
        """Return the number of the revision that this makes. Release 0.1.0 left numbers out."""
        return self.number or snapshot.number + 1


def occurrence_of(revision: Revision) -> Occurrence:
    """Return what led to a recorded revision, so that it can be applied again."""
    stored_at = revision.stored_at or revision.entry.at
    version = (revision.origin, revision.identity, revision.version_id, stored_at)
    # A release before this one did not know them, and published them as unknown fields.
    return Occurrence(*version, revision.number, Names(revision.entry.guid, revision.aliases))


def names_of(document: EventDocument) -> Names:
    """Return what an event had elsewhere, as its document says."""
    return Names(document.guid, tuple(map(alias_path, document.aliases)))


def in_its_time(
    snapshot: Snapshot, occurrence: Occurrence, document: EventDocument, uploaded: datetime
) -> Occurrence:
    """Return an occurrence at its upload, if S3 shows the version again only after it expired.

    An event of which nothing was shown is so published and withdrawn when each was due. A fresh
    publication does the same: it cannot know what hid the version meanwhile.
    """
    is_late = document.expires is not None and document.expires <= occurrence.stored_at
    if occurrence.origin is Origin.RESTORED and is_late and snapshot.revision is None:
        return occurrence._replace(origin=Origin.UPLOAD, stored_at=uploaded)
    return occurrence
