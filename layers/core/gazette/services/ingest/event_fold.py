"""Takes the versions of one event in their order, and collects what has to be written.

S3 is asked what is true, and the clock what time it is; `gazette.projections.history` decides what
follows. Nothing is written here but claims of paths, which are create-only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.frozen import to_utc_seconds
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import HeldVersion, Origin, Revision, Snapshot
from gazette.models.object_version import ObjectVersion
from gazette.projections.history import event_history
from gazette.projections.history.entries import preferred_path
from gazette.projections.history.event_history import Occurrence, Transition
from gazette.projections.history.known_versions import with_known

# Reads the document of a version: kept by Gazette, or from S3.
ReadDocument = Callable[[Occurrence], EventDocument]
# Claims a path for an event, near the one it prefers.
ClaimPath = Callable[[Snapshot, str], str]


@dataclass(slots=True)
class EventFold:
    """The state of an event while its versions are taken.

    ``orphans`` are revisions, by number, that a run wrote which did not reach its snapshot. Their
    numbers are given, so they are part of the history. ``documents`` are to be kept, by identity.
    """

    snapshot: Snapshot
    orphans: Mapping[int, Revision]
    read: ReadDocument
    claim: ClaimPath
    items: dict[ItemKey, LedgerItem] = field(default_factory=dict)
    documents: dict[str, EventDocument] = field(default_factory=dict)
    recorded: list[tuple[int, RevisionKind]] = field(default_factory=list)
    quarantined: list[InvalidEventError] = field(default_factory=list)

    def take(self, version: ObjectVersion) -> None:
        """Take a version that is new."""
        self.let_time_pass(version.last_modified)
        self.snapshot = self.snapshot.model_copy(update={"held": None})
        self.snapshot = with_known(self.snapshot, [version])
        self._serve(version, Origin.UPLOAD, version.last_modified)

    def settle(self, newest_first: Sequence[ObjectVersion], now: datetime) -> None:
        """Bring the event to what S3 shows as current, and to what time it is."""
        self._apply_orphans(until=None)
        current = newest_first[0] if newest_first else None
        if current is None and self.snapshot.served:
            self.snapshot = self.snapshot.model_copy(update={"served": "", "held": None})
            self._withdraw(Occurrence(Origin.REMOVED, "", "", now))
        elif current is not None and current.identity != self.snapshot.served:
            self.snapshot = self.snapshot.model_copy(update={"held": None})
            self._serve(current, Origin.RESTORED, now)
        self.let_time_pass(now)

    def let_time_pass(self, moment: datetime) -> None:
        """Release a held version, and withdraw an expired event, if that is due by a moment."""
        held = self.snapshot.held
        if held is not None and held.release <= moment:
            self.snapshot = self.snapshot.model_copy(update={"held": None})
            occurrence = Occurrence(
                Origin.UPLOAD, held.identity, held.version_id, held.release
            )
            self._apply_document(occurrence, self.read(occurrence))
        expires = self.snapshot.expires
        if self.snapshot.is_live and expires is not None and expires <= moment:
            self._withdraw(Occurrence(Origin.EXPIRED, self.snapshot.served, "", expires))

    def _serve(self, version: ObjectVersion, origin: Origin, at: datetime) -> None:
        """Show a version, which is new or which S3 shows again."""
        self.snapshot = self.snapshot.model_copy(update={"served": version.identity})
        if version.is_delete_marker:
            marker = Occurrence(Origin.DELETE_MARKER, version.identity, version.version_id, at)
            self._withdraw(marker)
            return
        occurrence = Occurrence(origin, version.identity, version.version_id, at)
        try:
            document = self.read(occurrence)
        except InvalidEventError as error:
            self.quarantined.append(error)
            self._add(event_history.apply_quarantined(self.snapshot, occurrence, error.problems))
            return
        self.documents[version.identity] = document
        if self._is_held(document, at):
            release = to_utc_seconds(document.published or at)
            held = HeldVersion(
                identity=version.identity, version_id=version.version_id, stored_at=at, release=release
            )
            self._add(event_history.apply_known(self.snapshot))
            self.snapshot = self.snapshot.model_copy(update={"held": held})
        else:
            self._apply_document(occurrence, document)

    def _is_held(self, document: EventDocument, at: datetime) -> bool:
        """Return whether an embargo applies; only the first publication can be held."""
        is_ahead = document.published is not None and document.published > at
        return self.snapshot.first_published is None and is_ahead

    def _apply_document(self, occurrence: Occurrence, document: EventDocument) -> None:
        if event_history.is_same_content(self.snapshot, document):
            self._add(event_history.apply_known(self.snapshot))
            return
        occurrence = self._apply_orphans(until=occurrence) or occurrence
        before = self._document_before(document, occurrence)
        base_path = self.claim(self.snapshot, preferred_path(document))
        self._add(
            event_history.apply_revision(self.snapshot, occurrence, document, base_path, before)
        )

    def _withdraw(self, occurrence: Occurrence) -> None:
        if self.snapshot.is_live:
            occurrence = self._apply_orphans(until=occurrence) or occurrence
        self._add(event_history.apply_withdrawal(self.snapshot, occurrence))

    def _document_before(
        self, document: EventDocument, occurrence: Occurrence
    ) -> EventDocument | None:
        revision = self.snapshot.revision
        if revision is None or not event_history.is_compared(
            self.snapshot, document, occurrence.origin
        ):
            return None
        kept = self.documents.get(revision.identity)
        return kept or self.read(event_history.occurrence_of(revision))

    def _apply_orphans(self, until: Occurrence | None) -> Occurrence | None:
        """Apply orphaned revisions up to the one that an occurrence made, which is returned.

        The orphan of a change without a time of its own says when it was first noticed.
        """
        while (orphan := self.orphans.get(self.snapshot.number + 1)) is not None:
            found = event_history.occurrence_of(orphan)
            if until is not None and found[:2] == until[:2]:
                return found
            self._apply_orphan(orphan, found)
        return None

    def _apply_orphan(self, orphan: Revision, occurrence: Occurrence) -> None:
        if orphan.content_sha256 is None:
            self._add(event_history.apply_withdrawal(self.snapshot, occurrence))
            return
        document = self.read(occurrence)
        before = self._document_before(document, occurrence)
        base_path = orphan.entry.base_path
        self._add(
            event_history.apply_revision(self.snapshot, occurrence, document, base_path, before)
        )

    def _add(self, transition: Transition) -> None:
        """Keep of several revisions at once what the last one leaves in each item."""
        before = self.snapshot.number
        # What a withdrawal ends can be due no more.
        self.snapshot = transition.snapshot
        for item in transition.items:
            self.items.pop(item.key, None)
            self.items[item.key] = item
        if self.snapshot.revision is not None and self.snapshot.number > before:
            self.recorded.append((self.snapshot.number, self.snapshot.revision.entry.kind))

    def reasons(self) -> Iterator[str]:
        return map(str, self.quarantined)

    @property
    def key(self) -> str:
        return event_key(self.snapshot.event_id)
