"""Ingest of images: the newest version that can be shown is put on record, with its size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import keys
from gazette.models.edition import IngestReport, Quarantined
from gazette.models.entry import ImageHead
from gazette.models.images import MAX_IMAGE_BYTES, ImageFacts, check_image_key
from gazette.models.parsing import InvalidEventError, Problem
from gazette.models.record import Record
from gazette.ports import Ledger, ObjectVersion, SourceArchive
from gazette.projections import chronicle


class _Found(NamedTuple):
    """The newest good version, if any is new, and what is wrong with the newest of all."""

    good: Record | None
    error: InvalidEventError | None


@dataclass(frozen=True, slots=True)
class ImageIngestor:
    """Brings the record of an image to what the source bucket holds."""

    source: SourceArchive
    ledger: Ledger

    def ingest(self, key: str, report: IngestReport) -> None:
        """Record the newest version that is good; twice does no harm.

        A bad one is quarantined, and the one before it stays published. So the versions are tried
        from the newest backwards: it must not matter whether each was met when it came.
        """
        versions = self.source.versions(key)
        held = self.ledger.get(keys.image_place(key))
        recorded = held.revision if held else 0
        bad = self.ledger.get(keys.quarantine_place(key))
        waiting = bad.revision if bad and not bad.gone else 0
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
                return _Found(self._head(key, versions[number - 1], number), first_error)
            except InvalidEventError as error:
                first_error = first_error or error
        return _Found(None, first_error)

    def _head(self, key: str, version: ObjectVersion, number: int) -> Record:
        if version.is_delete_marker:
            head = ImageHead(key=key, version_id=version.version_id)
        else:
            facts = self._facts(key, version)
            head = ImageHead(key=key, version_id=version.version_id, **facts._asdict())
        place, gone = keys.image_place(key), version.is_delete_marker
        return Record(place, number, head.model_dump_json(), gone)

    def _facts(self, key: str, version: ObjectVersion) -> ImageFacts:
        check_image_key(key)
        if version.size > MAX_IMAGE_BYTES:
            raise InvalidEventError(
                Problem(
                    "image", f"is {version.size:,} bytes; at most {MAX_IMAGE_BYTES:,} are taken"
                )
            )
        from gazette.models import pixels  # noqa: PLC0415  # most batches hold no image

        return pixels.decode_image(self.source.read(key, version.version_id)).facts


def _in_order(
    key: str, versions: Sequence[ObjectVersion], found: _Found, *, heals: bool
) -> Iterator[Record]:
    """Yield what is to be written; after the record of the newest version a hint is stale."""
    newest, number = versions[-1], len(versions)
    if heals and not found.error:
        yield chronicle.healed_record(key, number)
    if found.good:
        yield found.good
    if found.error:
        yield chronicle.quarantine_record(
            key, number, found.error.problems, newest.version_id, newest.last_modified
        )
