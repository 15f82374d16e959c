"""The image desk: a picture of the source bucket appears on the site, byte by byte, and smaller."""

from collections.abc import Iterator
from dataclasses import dataclass

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.entry import ImageHead
from gazette.models.images import thumbnail_paths
from gazette.models.keys import Partition
from gazette.models.publication import Document, document
from gazette.models.record import Record
from gazette.ports import Ledger, SourceArchive


@dataclass(frozen=True, slots=True)
class ImageDesk:
    """Composes what an ``IMAGE`` partition publishes, and nudges the events that show the image."""

    ledger: Ledger
    source: SourceArchive

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        key = assignment.partition.name
        return (paths.image_path(key), *thumbnail_paths(key))

    def compose(self, assignment: Assignment) -> Edition:
        partition = assignment.partition
        record = self.ledger.get(keys.image_place(partition.name))
        if record is None:
            return Edition()
        head = ImageHead.model_validate_json(record.payload)
        documents = () if record.gone else tuple(self._documents(head))
        made = {document.path for document in documents}
        return Edition(
            documents,
            removals=tuple(path for path in self.paths(assignment) if path not in made),
            marks=tuple(self._nudges(partition, record.revision, head.version_id)),
        )

    def _documents(self, head: ImageHead) -> Iterator[Document]:
        from gazette.renderers import thumbnails  # noqa: PLC0415  # most batches hold no image

        raw = self.source.read(head.key, head.version_id)
        yield document(paths.image_path(head.key), raw, head.media_type)
        for size, body in thumbnails.render_thumbnails(raw):
            path = paths.thumbnail_path(head.key, size.width)
            yield document(path, body, thumbnails.MEDIA_TYPE)

    def _nudges(self, partition: Partition, revision: int, version_id: str) -> Iterator[Record]:
        for use in self.ledger.scan(partition, keys.USE):
            if not use.gone:
                event = keys.event_partition(use.place.sort.removeprefix(keys.USE))
                yield Record(keys.nudge_place(event, str(partition)), revision, version_id)
