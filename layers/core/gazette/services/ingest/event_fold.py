"""Applies the versions of one event in their order, and collects what has to be written.

`gazette.projections.history` decides what follows from a version. Nothing is written here but
claims of paths, which are create-only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gazette.models.contract.canonical import document_form, sha256_of
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.frozen import to_utc_seconds
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import (
    OF_NEW_VERSIONS,
    HeldVersion,
    KnownVersion,
    Origin,
    Revision,
    Snapshot,
)
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import UnreadableEventError
from gazette.projections.history import event_history
from gazette.projections.history.entries import preferred_path
from gazette.projections.history.event_history import Transition
from gazette.projections.history.known_versions import is_served, ready_to_adopt, with_known
from gazette.projections.history.occurrences import Occurrence, in_its_time, occurrence_of
from gazette.projections.items.held_images import hidden_image_items
from gazette.services.ingest.claims import Claims
from gazette.services.ingest.embargo import Embargo
from gazette.services.ingest.reading import VersionReader


@dataclass(slots=True)
class EventFold:
    """The state of an event while its versions are applied.

    ``read`` are the orders that the recorded revisions had when an erasure first read them: what it
    writes again follows from all of them. ``documents`` are the identities whose documents must be
    kept before the items are written, ``erased_documents`` those that must be removed.
    ``was_erased`` says whether a revision was erased before a time. ``erasure_error`` says why an
    erasure document is invalid, ``erasure_notice`` what a valid one waits for; None is as before.
    """

    snapshot: Snapshot
    reader: VersionReader
    claims: Claims
    embargo: Embargo
    was_erased: Callable[["EventFold", Revision, datetime], bool]
    items: dict[ItemKey, LedgerItem] = field(default_factory=dict)
    read: dict[ItemKey, int] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    recorded: list[tuple[int, RevisionKind]] = field(default_factory=list)
    quarantined: list[InvalidEventError] = field(default_factory=list)
    erased_documents: list[str] = field(default_factory=list)
    erasure_error: InvalidEventError | None = None
    erasure_notice: str | None = None

    def adopt(
        self,
        revisions: Mapping[int, Revision],
        recorded: Iterable[Revision],
        newest_first: Sequence[ObjectVersion],
    ) -> None:
        """Apply revisions that another run wrote without reaching its snapshot.

        Their numbers are given, so they belong to the history, even if S3 has removed the versions.
        """
        self.snapshot = ready_to_adopt(self.snapshot, revisions.values(), recorded, newest_first)
        while (revision := revisions.get(self.snapshot.number + 1)) is not None:
            occurrence = occurrence_of(revision)
            if occurrence.origin in OF_NEW_VERSIONS:
                seconds = int(occurrence.stored_at.timestamp())
                self.snapshot = with_known(
                    self.snapshot, [KnownVersion(occurrence.identity, seconds)]
                )
            self.update(served=occurrence.identity, held=None)
            self.repeat(revision)

    def repeat(self, revision: Revision) -> None:
        """Apply a recorded revision again; it keeps its number, its time and its path.

        Raises:
            InvalidEventError: its document cannot be read any more.
        """
        occurrence = occurrence_of(revision)
        if revision.entry.erased:
            self._add(event_history.apply_recorded(self.snapshot, revision))
        elif revision.content_sha256 is None:
            self._withdraw(occurrence)
        else:
            document = self.reader.read_recorded(revision)
            self._apply_document(occurrence, document, revision.entry.base_path)

    def take(self, version: ObjectVersion) -> None:
        """Apply a version that was not handled before.

        First apply what became due before it.
        """
        self.let_time_pass(version.last_modified)
        known = KnownVersion(version.identity, version.seconds)
        self.snapshot = with_known(self.snapshot, [known])
        self._serve(version, Origin.UPLOAD, version.last_modified)

    def settle(self, newest_first: Sequence[ObjectVersion], now: datetime) -> None:
        """Bring the event to what S3 shows as current, and to the time ``now``."""
        if not newest_first:
            if self.snapshot.served:
                self.update(served="", held=None)
                self._withdraw(Occurrence(Origin.REMOVED, "", "", now))
        elif not is_served(self.snapshot, newest_first):
            self._serve(newest_first[0], Origin.RESTORED, now)
        elif self.snapshot.quarantined is not None:
            self._try_again(newest_first[0], now)
        self.let_time_pass(now)

    def let_time_pass(self, now: datetime) -> None:
        """Release a held version, and withdraw an expired event, if that is due."""
        held = self.snapshot.held
        end = self.embargo.end(self.snapshot, held, now) if held else None
        if held is not None and end is not None:
            self._release(held, end)
        expires = self.snapshot.expires
        if self.snapshot.is_live and expires is not None and expires <= now:
            self._withdraw(Occurrence(Origin.EXPIRED, self.snapshot.served, "", expires))

    def hold_again(self, held: HeldVersion) -> HeldVersion:
        """Hold a version as this derivation does.

        Raises:
            InvalidEventError: its document cannot be read any more.
        """
        occurrence = Occurrence(Origin.UPLOAD, held.identity, held.version_id, held.stored_at)
        document = self.reader.read_again(occurrence)
        self.write(hidden_image_items(self.snapshot.event_id, document))
        again = {"content_sha256": _held_version(occurrence, document).content_sha256}
        return held.model_copy(update=again)

    def _release(self, held: HeldVersion, at: datetime) -> None:
        self.update(held=None)
        occurrence = Occurrence(Origin.UPLOAD, held.identity, held.version_id, at)
        try:
            self._publish(occurrence, self.reader.read_again(occurrence))
        except InvalidEventError as error:
            self._quarantine(occurrence, error)

    def _serve(self, version: ObjectVersion, origin: Origin, at: datetime) -> None:
        """Show a version that is new, or that S3 shows again."""
        self.update(served=version.identity, held=None)
        if version.is_delete_marker:
            marker = (version.identity, version.version_id, at)
            self._withdraw(Occurrence(Origin.DELETE_MARKER, *marker))
            return
        occurrence = Occurrence(origin, version.identity, version.version_id, at)
        try:
            self._show(occurrence, self._read(version, occurrence), version)
        except InvalidEventError as error:
            self._quarantine(occurrence, error)

    def _read(self, version: ObjectVersion, occurrence: Occurrence) -> EventDocument:
        if version.size > MAX_DOCUMENT_BYTES:
            reason = f"is {version.size:,} bytes; at most {MAX_DOCUMENT_BYTES:,} are taken"
            raise InvalidEventError(Problem("document", reason))
        if occurrence.origin is Origin.UPLOAD:
            return self.reader.read_new(occurrence)
        return self.reader.read_again(occurrence)

    def _quarantine(self, occurrence: Occurrence, error: InvalidEventError) -> None:
        self.quarantined.append(error)
        self._add(event_history.apply_quarantined(self.snapshot, occurrence, error.problems))
        self.update(is_unreadable=isinstance(error, UnreadableEventError))

    def _try_again(self, current: ObjectVersion, now: datetime) -> None:
        """Publish a quarantined version that can be read now, or that the contract now allows.

        Otherwise it stays in quarantine with the reasons that were found first. A version that can
        be read now, and breaks the contract, gets the reasons for that.
        """
        at = current.last_modified
        occurrence = Occurrence(Origin.UPLOAD, current.identity, current.version_id, at)
        try:
            document = self._read(current, occurrence)
            self._show(self._released(occurrence, document, now), document, current)
        except InvalidEventError as error:
            if self.snapshot.waits_for_access and not isinstance(error, UnreadableEventError):
                self._quarantine(occurrence, error)

    def _released(
        self, occurrence: Occurrence, document: EventDocument, now: datetime
    ) -> Occurrence:
        """Return an occurrence as it is after the embargo of its document, if that is over."""
        if not self._is_embargoed(document, occurrence.stored_at):
            return occurrence
        held = _held_version(occurrence, document)
        end = self.embargo.end(self.snapshot, held, now)
        return occurrence._replace(stored_at=end) if end else occurrence

    def _show(
        self, occurrence: Occurrence, document: EventDocument, version: ObjectVersion
    ) -> None:
        """Publish a version, or hold it.

        Raises:
            InvalidEventError: another event has its guid or an alias of it; nothing was applied.
        """
        occurrence = in_its_time(self.snapshot, occurrence, document, version.last_modified)
        held = _held_version(occurrence, document)
        at = occurrence.stored_at
        if self._is_embargoed(document, version.last_modified) and (
            self.embargo.end(self.snapshot, held, at) is None
        ):
            self._hold(held, document)
        else:
            self._publish(occurrence, document)

    def _is_embargoed(self, document: EventDocument, at: datetime) -> bool:
        """Return whether an embargo applies; it belongs to the first publication only."""
        is_ahead = document.published is not None and document.published > at
        return self.snapshot.first_published is None and is_ahead

    def _hold(self, held: HeldVersion, document: EventDocument) -> None:
        self.documents.append(held.identity)
        self.write(hidden_image_items(self.snapshot.event_id, document))
        self._add(event_history.apply_without_revision(self.snapshot))
        self.update(held=held)

    def _publish(self, occurrence: Occurrence, document: EventDocument) -> None:
        stored_at = to_utc_seconds(occurrence.stored_at)
        if document.expires is not None and document.expires <= stored_at:
            self._withdraw(occurrence._replace(origin=Origin.EXPIRED))
        elif self._is_shown(occurrence, document):
            self._add(event_history.apply_without_revision(self.snapshot))
        else:
            self.claims.claim_names(self.snapshot, document)
            base_path = self.claims.claim_path(self.snapshot, preferred_path(document))
            self._apply_document(occurrence, document, base_path)

    def _is_shown(self, occurrence: Occurrence, document: EventDocument) -> bool:
        """Return whether the event shows these bytes already, so that they make no revision (V13).

        Uploaded after an erasure of them, they show the event again. A version that S3 shows again
        does not: it was erased itself.
        """
        newest = self.snapshot.revision
        if newest is None or not event_history.is_same_content(newest, document):
            return False
        is_new = occurrence.identity != newest.identity and occurrence.origin is Origin.UPLOAD
        return not (is_new and self.was_erased(self, newest, occurrence.stored_at))

    def _apply_document(
        self, occurrence: Occurrence, document: EventDocument, base_path: str
    ) -> None:
        self.documents.append(occurrence.identity)
        last, before = self.snapshot.revision, None
        if last and event_history.is_compared(self.snapshot, document, occurrence.origin):
            before = self.reader.read_before(last)
        self._add(
            event_history.apply_revision(self.snapshot, occurrence, document, base_path, before)
        )

    def _withdraw(self, occurrence: Occurrence) -> None:
        self._add(event_history.apply_withdrawal(self.snapshot, occurrence))

    def write(self, items: Iterable[LedgerItem]) -> None:
        """Keep the last write to each item, in the order of the last writes.

        So the items of a revision come before the time lines that link to it.
        """
        for item in items:
            self.items.pop(item.key, None)
            self.items[item.key] = item

    def _add(self, transition: Transition) -> None:
        before, self.snapshot = self.snapshot.number, transition.snapshot
        self.write(transition.items)
        if self.snapshot.revision is not None and self.snapshot.number > before:
            self.recorded.append((self.snapshot.number, self.snapshot.revision.entry.kind))

    def update(self, **fields: object) -> None:
        self.snapshot = self.snapshot.model_copy(update=fields)


def _held_version(occurrence: Occurrence, document: EventDocument) -> HeldVersion:
    return HeldVersion(
        identity=occurrence.identity,
        version_id=occurrence.version_id,
        stored_at=occurrence.stored_at,
        release=to_utc_seconds(document.published or occurrence.stored_at),
        content_sha256=sha256_of(document_form(document)),
    )
