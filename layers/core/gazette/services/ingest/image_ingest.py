"""Ingests images: records the newest valid version and its size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.images.image_rules import (
    ImageFacts,
    check_image_key,
)
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import ImageSnapshot
from gazette.models.limits import MAX_IMAGE_BYTES
from gazette.models.tasks.reports import IngestReport, Quarantined
from gazette.ports import Ledger, ObjectVersion, SourceArchive
from gazette.projections.history import event_history


class _Found(NamedTuple):
    """The newest valid version, if it is new, and the problem of the newest version."""

    good: LedgerItem | None
    error: InvalidEventError | None


@dataclass(frozen=True, slots=True)
class ImageIngestor:
    """Updates the snapshot of an image from the source bucket."""

    source: SourceArchive
    ledger: Ledger

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record the newest valid version; a repeat changes nothing.

        An invalid version is quarantined and the one before it stays published. Versions are tried
        from the newest back, so the result does not depend on when each was noticed.
        """
        versions = self.source.versions(key)
        held = self.ledger.get(keys.image_key(key))
        recorded = held.revision if held else 0
        bad = self.ledger.get(keys.quarantine_key(key))
        waiting = bad.revision if bad and not bad.deleted else 0
        if len(versions) <= max(recorded, waiting):
            report.stale += 1
            return
        found = self._find(key, versions, recorded)
        for record in _in_order(key, versions, found, heals=waiting > 0):
            self.ledger.put(record)
        report.images += found.good is not None
        if found.error:
            report.quarantined.append(Quarantined(key, str(found.error)))

    def _find(self, key: str, versions: Sequence[ObjectVersion], recorded: int) -> _Found:
        first_error = None
        for number in range(len(versions), recorded, -1):
            try:
                return _Found(self._snapshot(key, versions[number - 1], number), first_error)
            except InvalidEventError as error:
                first_error = first_error or error
        return _Found(None, first_error)

    def _snapshot(self, key: str, version: ObjectVersion, number: int) -> LedgerItem:
        if version.is_delete_marker:
            snapshot = ImageSnapshot(key=key, version_id=version.version_id)
        else:
            facts = self._facts(key, version)
            snapshot = ImageSnapshot(key=key, version_id=version.version_id, **facts._asdict())
        item_key, deleted = keys.image_key(key), version.is_delete_marker
        return LedgerItem(item_key, number, snapshot.model_dump_json(), deleted)

    def _facts(self, key: str, version: ObjectVersion) -> ImageFacts:
        check_image_key(key)
        if version.size > MAX_IMAGE_BYTES:
            raise InvalidEventError(
                Problem(
                    "image", f"is {version.size:,} bytes; at most {MAX_IMAGE_BYTES:,} are taken"
                )
            )
        from gazette.models.images import image_decoding  # noqa: PLC0415  # most batches hold no image

        return image_decoding.decode_image(self.source.read(key, version.version_id)).facts


def _in_order(
    key: str, versions: Sequence[ObjectVersion], found: _Found, *, heals: bool
) -> Iterator[LedgerItem]:
    """Yield the items to write, last the one that marks the newest version as ingested."""
    newest, number = versions[-1], len(versions)
    if heals and not found.error:
        yield event_history.unquarantine_record(key, number)
    if found.good:
        yield found.good
    if found.error:
        yield event_history.quarantine_record(
            key, number, found.error.problems, newest.version_id, newest.last_modified
        )
