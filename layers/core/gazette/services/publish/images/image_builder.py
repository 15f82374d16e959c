"""An image of the source bucket on the site, byte for byte, with its thumbnails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.images.image_rules import thumbnail_paths
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.ledger.snapshot import ImageSnapshot
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import Document, document
from gazette.ports import Ledger, SourceArchive
from gazette.services.publish.builder import Builder


class LoadedImage(NamedTuple):
    """The image's ledger item, its bytes unless it is deleted, and the events that show it."""

    item: LedgerItem
    snapshot: ImageSnapshot
    raw: bytes | None
    shown_by: tuple[Partition, ...]


@dataclass(frozen=True, slots=True)
class ImageBuilder(Builder[LoadedImage]):
    """Builds what an ``IMAGE`` partition publishes, and requests rebuilds of its events."""

    ledger: Ledger
    source: SourceArchive

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        key = task.partition.name
        return (paths.image_path(key), *thumbnail_paths(key))

    def load(self, task: PublishTask) -> LoadedImage | None:
        item = self.ledger.get(keys.image_key(task.partition.name))
        if item is None:
            return None
        snapshot = ImageSnapshot.model_validate_json(item.payload)
        raw = None if item.deleted else self.source.read(snapshot.key, snapshot.version_id)
        uses = self.ledger.scan(task.partition, keys.USE)
        shown_by = (use.key.sort.removeprefix(keys.USE) for use in uses if not use.deleted)
        return LoadedImage(item, snapshot, raw, tuple(map(keys.event_partition, shown_by)))

    def build(self, task: PublishTask, loaded: LoadedImage) -> BuildResult:
        documents = tuple(_documents(loaded))
        written = {document.path for document in documents}
        return BuildResult(
            documents,
            removals=tuple(path for path in self.paths(task) if path not in written),
            follow_ups=tuple(
                LedgerItem(
                    keys.rebuild_request_key(event, str(task.partition)),
                    loaded.item.revision,
                    loaded.snapshot.version_id,
                )
                for event in loaded.shown_by
            ),
        )


def _documents(loaded: LoadedImage) -> Iterator[Document]:
    if loaded.raw is None:
        return
    from gazette.renderers import thumbnails  # noqa: PLC0415  # most batches hold no image

    snapshot = loaded.snapshot
    yield document(paths.image_path(snapshot.key), loaded.raw, snapshot.media_type)
    for size, body in thumbnails.render_thumbnails(loaded.raw):
        yield document(paths.thumbnail_path(snapshot.key, size.width), body, thumbnails.MEDIA_TYPE)
