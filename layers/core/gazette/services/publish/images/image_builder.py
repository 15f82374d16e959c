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
from gazette.ports import Ledger, SourceArchive, UnreadableVersionError
from gazette.services.publish.builder import Builder


class LoadedImage(NamedTuple):
    """The image's ledger item, its bytes unless it is deleted, and the events that show it.

    There are no bytes of an image that only erased revisions have shown (SPEC V10). ``unreadable``
    says why S3 does not give out the bytes any more.
    """

    item: LedgerItem
    snapshot: ImageSnapshot
    raw: bytes | None
    shown_by: tuple[Partition, ...]
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class ImageBuilder(Builder[LoadedImage]):
    """Builds what an ``IMAGE`` partition publishes, and requests rebuilds of its events.

    An image that stands on the site stays there, even if its version cannot be read any more. One
    that is not there fails, with the advice for its publisher.
    """

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
        uses = self.ledger.scan(task.partition, keys.USE)
        shown_by = tuple(use.key.sort.removeprefix(keys.USE) for use in uses)
        is_hidden = item.deleted or (not shown_by and self._is_erased(task.partition))
        loaded = LoadedImage(item, snapshot, None, tuple(map(keys.event_partition, shown_by)))
        if is_hidden:
            return loaded
        try:
            return loaded._replace(raw=self.source.read(snapshot.key, snapshot.version_id))
        except UnreadableVersionError as error:
            return loaded._replace(unreadable=str(error))

    def _is_erased(self, image: Partition) -> bool:
        """Return whether an image that no event shows now was shown by erased revisions alone."""
        if not self._has(image, keys.ERASED):
            return False
        return not self._has(image, keys.USED)

    def _has(self, image: Partition, prefix: str) -> bool:
        return any(not item.deleted for item in self.ledger.scan(image, prefix))

    def build(self, task: PublishTask, loaded: LoadedImage) -> BuildResult:
        documents = tuple(_documents(loaded))
        standing = _standing(loaded)
        kept = {document.path for document in documents} | standing.keys()
        # Which thumbnails it has is not known without its bytes.
        removals = () if standing else (path for path in self.paths(task) if path not in kept)
        return BuildResult(
            documents,
            removals=tuple(removals),
            standing=standing,
            follow_ups=tuple(
                LedgerItem(
                    keys.rebuild_request_key(event, str(task.partition)),
                    loaded.item.revision,
                    loaded.snapshot.version_id,
                )
                for event in loaded.shown_by
            ),
        )


def _standing(loaded: LoadedImage) -> dict[str, Exception]:
    if loaded.unreadable is None:
        return {}
    return {paths.image_path(loaded.snapshot.key): UnreadableVersionError(loaded.unreadable)}


def _documents(loaded: LoadedImage) -> Iterator[Document]:
    if loaded.raw is None:
        return
    from gazette.renderers import thumbnails  # noqa: PLC0415  # most batches hold no image

    snapshot = loaded.snapshot
    yield document(paths.image_path(snapshot.key), loaded.raw, snapshot.media_type)
    for size, body in thumbnails.render_thumbnails(loaded.raw):
        yield document(paths.thumbnail_path(snapshot.key, size.width), body, thumbnails.MEDIA_TYPE)
