"""Reads what the publisher wants erased of an event: the newest erasure document that is valid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gazette.models.contract.erasure import ErasureDocument, parse_erasure
from gazette.models.contract.identity import erasure_key
from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.ports import SourceArchive, UnreadableVersionError
from gazette.projections.erasures.erasures import StoredErasure
from gazette.services.source.document_store import DocumentStore

# No version is that old: of a document that is not there at all.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SeenErasure:
    """What S3 shows of an erasure document.

    ``identity`` names its newest version, empty without one. ``stored`` is in force: the newest
    version, or an earlier one while the newest is invalid. ``problems`` are those of the newest.
    """

    identity: str = ""
    version_id: str = ""
    at: datetime = _NEVER
    stored: StoredErasure | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class ErasureReader:
    """Reads the erasure document of one event in one run of ingest, which lists its versions once.

    An invalid version leaves the one before it in force: what is erased does not come back by a
    mistake. A delete marker undoes all of them. A valid version is kept in the ledger, and read
    there when S3 does not give it out any more. ``known`` is the identity of the one seen last.
    """

    source: SourceArchive
    store: DocumentStore
    event_id: str
    known: str = ""
    _listed: list[ObjectVersion] | None = None
    _read: dict[str, ErasureDocument | InvalidEventError] = field(default_factory=dict)
    _unsaved: dict[str, ErasureDocument] = field(default_factory=dict)

    def read(self) -> SeenErasure:
        """Return what S3 shows now."""
        return self._seen(self._versions())

    def keep(self) -> None:
        """Store what was read from S3 for the first time."""
        for identity, document in self._unsaved.items():
            self.store.put_erasure(self.event_id, identity, document)

    def stored_before(self, at: datetime) -> StoredErasure | None:
        """Return the erasure that was in force at a time, None without one."""
        return self._stored_until(int(at.timestamp()) - 1)

    def since(self, at: datetime) -> Iterator[tuple[datetime, StoredErasure | None]]:
        """Yield the erasure that is in force at a time, and what later versions make of it."""
        later = {one.last_modified for one in self._versions() if one.last_modified > at}
        for moment in (at, *sorted(later)):
            yield moment, self._stored_until(int(moment.timestamp()))

    def _stored_until(self, seconds: int) -> StoredErasure | None:
        return self._seen([one for one in self._versions() if one.seconds <= seconds]).stored

    def _versions(self) -> list[ObjectVersion]:
        if self._listed is None:
            self._listed = list(self.source.versions(erasure_key(self.event_id)))
        return self._listed

    def _seen(self, versions: Sequence[ObjectVersion]) -> SeenErasure:
        if not versions:
            return SeenErasure()
        newest = versions[0]
        problems: list[tuple[Problem, ...]] = []
        stored: StoredErasure | None = None
        for version in versions:
            if version.is_delete_marker:
                break
            found = self._document(version)
            if isinstance(found, InvalidEventError):
                problems.append(found.problems)
                kept = self.store.get_erasure(self.event_id, version.identity)
            else:
                kept = found
            if kept:
                stored = StoredErasure(kept, version.last_modified)
                break
        first = problems[0] if problems else ()
        return SeenErasure(newest.identity, newest.version_id, newest.last_modified, stored, first)

    def _document(self, version: ObjectVersion) -> ErasureDocument | InvalidEventError:
        """Return a version as S3 gives it out, or why it is not valid; read it once."""
        identity = version.identity
        if identity not in self._read:
            try:
                document = parse_erasure(self._body(version))
            except InvalidEventError as error:
                self._read[identity] = error
            else:
                self._read[identity] = document
                if identity != self.known:
                    self._unsaved[identity] = document
        return self._read[identity]

    def _body(self, version: ObjectVersion) -> bytes:
        if version.size > MAX_DOCUMENT_BYTES:
            reason = f"is {version.size:,} bytes; at most {MAX_DOCUMENT_BYTES:,} are taken"
            raise InvalidEventError(Problem("document", reason))
        try:
            return self.source.read(erasure_key(self.event_id), version.version_id)
        except UnreadableVersionError as error:
            raise InvalidEventError(Problem("document", str(error))) from error
