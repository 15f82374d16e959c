"""Ingests images and other files: records the newest version that can be shown, and its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.branding.static_files import (
    check_static,
    check_static_key,
    check_static_size,
    claimant_key,
    file_claim,
    static_media_type,
    static_path,
)
from gazette.models.contract.identity import is_static_key
from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.images.image_rules import ImageFacts, check_image_key
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.ledger.snapshot import DERIVATION, ImageSnapshot, QuarantinedVersion
from gazette.models.limits import MAX_IMAGE_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import UnreadableEventError
from gazette.models.routes import route_of
from gazette.models.tasks.reports import IngestReport, Quarantined
from gazette.ports import ConflictError, Ledger, SourceArchive, UnreadableVersionError
from gazette.projections.items import state_items
from gazette.projections.items.item_order import item_order
from gazette.services.pauses import NO_PAUSES, Pauses


class _Found(NamedTuple):
    """The newest good version, if any, and the problem of the newest version.

    ``is_unreadable`` says that S3 did not give out a version that is newer than the good one.
    """

    good: ImageSnapshot | None
    error: InvalidEventError | None
    is_unreadable: bool


@dataclass(frozen=True, slots=True)
class FileIngestor:
    """Updates the snapshot of an image, or of a file below `static/`, from the source bucket."""

    source: SourceArchive
    ledger: Ledger
    pauses: Pauses = NO_PAUSES

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record the newest good version; a repeat changes nothing.

        A version that cannot be shown is quarantined and the one before it stays published.
        Versions are tried from the newest back, so the result does not depend on when each was
        noticed.

        Raises:
            ConflictError: another run was faster at every attempt. Try later.
        """
        self.pauses.attempt(lambda _: self._ingest(key, report), report)

    def _ingest(self, key: str, report: IngestReport) -> None:
        """Record until a look at S3 finds nothing new, as ingest of events does."""
        is_new = self._record(key, report)
        report.stale += not is_new
        while is_new:
            is_new = self._record(key, report)

    def _record(self, key: str, report: IngestReport) -> bool:
        """Record what S3 has now; return whether anything was new."""
        stored = self.ledger.get(keys.image_key(key))
        last = ImageSnapshot.model_validate_json(stored.payload) if stored else None
        versions = self.source.versions(key)
        is_unreadable = last is not None and last.is_unreadable
        is_recorded = is_file_recorded(last, versions)
        if is_recorded and not is_unreadable and self._is_quarantine_right(key, versions, last):
            return False
        taken = last.taken + 1 if last else 1
        found = self._find(key, versions, last)
        shown = _shown(key, versions, found, taken)
        is_same = last is not None and shown == last.model_copy(update={"taken": taken})
        # What could not be read still cannot.
        if is_same and self._is_quarantine_right(key, versions, last):
            return False
        is_quarantined = last is not None and last.is_quarantined
        problem = found.error
        if problem is not None or is_quarantined or is_same:
            self._record_problem(key, versions, problem, taken)
        if shown.is_there != (last is not None and last.is_there):
            shown = shown.model_copy(update={"since": taken})
        order = item_order(taken)
        item = LedgerItem(keys.image_key(key), order, shown.model_dump_json(), not shown.is_there)
        if not self.ledger.replace(item, stored.revision if stored else 0):
            reason = f"another run wrote the snapshot of {key}"
            raise ConflictError(reason)
        report.images += shown.identity != (last.identity if last else "")
        if found.error:
            report.quarantined.append(Quarantined(key, str(found.error)))
        return True

    def _is_quarantine_right(
        self, key: str, versions: Sequence[ObjectVersion], last: ImageSnapshot | None
    ) -> bool:
        """Return whether the quarantine holds what the snapshot says of the newest version.

        A run writes to it before the snapshot. One that was overtaken then has left there what no
        snapshot says.
        """
        stored = self.ledger.get(keys.quarantine_key(key))
        held = QuarantinedVersion.model_validate_json(stored.payload) if stored else None
        is_bad = bool(versions) and last is not None and last.is_quarantined
        return (held and held.version_id) == (versions[0].version_id if is_bad else None)

    def _find(
        self, key: str, versions: Sequence[ObjectVersion], last: ImageSnapshot | None
    ) -> _Found:
        errors: list[InvalidEventError] = []
        good = None
        for version in versions:
            if last and _is_version(last, version):
                good = last.model_copy(update={"identity": version.identity})
                break
            try:
                good = self._snapshot(key, version)
                break
            except InvalidEventError as error:
                errors.append(error)
        is_unreadable = any(isinstance(error, UnreadableEventError) for error in errors)
        return _Found(good, errors[0] if errors else None, is_unreadable)

    def _snapshot(self, key: str, version: ObjectVersion) -> ImageSnapshot:
        snapshot = ImageSnapshot(key=key, version_id=version.version_id, identity=version.identity)
        if version.is_delete_marker:
            return snapshot
        return snapshot.model_copy(update=self._facts(key, version)._asdict())

    def _facts(self, key: str, version: ObjectVersion) -> ImageFacts:
        if is_static_key(key):
            return self._static_facts(key, version)
        check_image_key(key)
        if version.size > MAX_IMAGE_BYTES:
            most = f"at most {MAX_IMAGE_BYTES:,} are taken: make it smaller"
            raise InvalidEventError(Problem("image", f"is {version.size:,} bytes; {most}"))
        from gazette.models.images import image_decoding  # noqa: PLC0415  # most batches hold no image

        return image_decoding.decode_image(self._read(key, version, "image")).facts

    def _static_facts(self, key: str, version: ObjectVersion) -> ImageFacts:
        check_static_key(key)
        check_static_size(version.size)
        check_static(key, self._read(key, version, "file"))
        self._claim(key)
        return ImageFacts(static_media_type(key), 0, 0, is_animated=False, length=version.size)

    def _claim(self, key: str) -> None:
        """Claim a path that an event may have as an alias: who comes first keeps it for ever."""
        route = route_of(static_path(key))
        if route.kind is not PartitionKind.PATH:
            return
        claimant = self.ledger.claim(route.name, file_claim(key))
        if claimant != file_claim(key):
            reason = f"belongs to {claimant_key(claimant)} already; choose another name"
            raise InvalidEventError(Problem("key", reason))

    def _read(self, key: str, version: ObjectVersion, field: str) -> bytes:
        try:
            return self.source.read(key, version.version_id)
        except UnreadableVersionError as error:
            raise UnreadableEventError(Problem(field, str(error))) from error

    def _record_problem(
        self,
        key: str,
        versions: Sequence[ObjectVersion],
        error: InvalidEventError | None,
        taken: int,
    ) -> None:
        """Quarantine the newest version, or take the key out of quarantine."""
        if error is not None:
            newest = versions[0]
            quarantined = QuarantinedVersion(
                key=key,
                number=taken,
                version_id=newest.version_id,
                at=newest.last_modified,
                problems=error.problems,
            )
            self.ledger.put(state_items.quarantine_item(quarantined, item_order(taken)))
        else:
            self.ledger.put(state_items.unquarantine_item(key, item_order(taken)))


def _shown(key: str, versions: Sequence[ObjectVersion], found: _Found, taken: int) -> ImageSnapshot:
    """Return the snapshot of what is shown from now on."""
    return (found.good or ImageSnapshot(key=key, version_id="")).model_copy(
        update={
            "taken": taken,
            "derivation": DERIVATION,
            "served": versions[0].identity if versions else "",
            "is_quarantined": found.error is not None,
            "is_unreadable": found.is_unreadable,
        }
    )


def is_file_recorded(last: ImageSnapshot | None, versions: Sequence[ObjectVersion]) -> bool:
    """Return whether a snapshot of this derivation reflects the versions that S3 has."""
    if last is not None and last.derivation < DERIVATION:
        return False
    if not versions:
        return last is None or not (last.served or last.media_type)
    return last is not None and last.served == versions[0].identity


def _is_version(snapshot: ImageSnapshot, version: ObjectVersion) -> bool:
    """Return whether a snapshot shows a version, as this derivation reads it."""
    if snapshot.derivation < DERIVATION:
        return False
    return snapshot.identity == version.identity
