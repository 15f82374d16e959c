"""The image desk: a picture of the source bucket appears on the site, byte by byte, and smaller."""

from collections.abc import Iterator
from dataclasses import dataclass

from gazette.models import paths
from gazette.models.images.image_rules import thumbnail_paths
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.ledger.snapshot import ImageSnapshot
from gazette.models.views.site_document import Document, document
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger, SourceArchive


@dataclass(frozen=True, slots=True)
class ImageBuilder:
    """Composes what an ``IMAGE`` partition publishes, and nudges the events that show the image."""

    ledger: Ledger
    source: SourceArchive

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        key = task.partition.name
        return (paths.image_path(key), *thumbnail_paths(key))

    def compose(self, task: PublishTask) -> BuildResult:
        partition = task.partition
        record = self.ledger.get(keys.image_key(partition.name))
        if record is None:
            return BuildResult()
        snapshot = ImageSnapshot.model_validate_json(record.payload)
        documents = () if record.deleted else tuple(self._documents(snapshot))
        made = {document.path for document in documents}
        return BuildResult(
            documents,
            removals=tuple(path for path in self.paths(task) if path not in made),
            follow_ups=tuple(
                self._rebuild_requests(partition, record.revision, snapshot.version_id)
            ),
        )

    def _documents(self, snapshot: ImageSnapshot) -> Iterator[Document]:
        from gazette.renderers import thumbnails  # noqa: PLC0415  # most batches hold no image

        raw = self.source.read(snapshot.key, snapshot.version_id)
        yield document(paths.image_path(snapshot.key), raw, snapshot.media_type)
        for size, body in thumbnails.render_thumbnails(raw):
            path = paths.thumbnail_path(snapshot.key, size.width)
            yield document(path, body, thumbnails.MEDIA_TYPE)

    def _rebuild_requests(
        self, partition: Partition, revision: int, version_id: str
    ) -> Iterator[LedgerItem]:
        for use in self.ledger.scan(partition, keys.USE):
            if not use.deleted:
                event = keys.event_partition(use.key.sort.removeprefix(keys.USE))
                yield LedgerItem(
                    keys.rebuild_request_key(event, str(partition)), revision, version_id
                )
