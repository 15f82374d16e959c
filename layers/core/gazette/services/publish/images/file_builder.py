"""An image on the site, byte for byte, with its thumbnails; and a file of the publisher."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.branding.static_files import (
    file_claim,
    file_path,
    static_path,
    why_no_static_key,
)
from gazette.models.contract.identity import is_static_key
from gazette.models.images.image_rules import thumbnail_paths
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.ledger.snapshot import ImageSnapshot
from gazette.models.routes import route_of
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import IMAGE_REQUEST, PublishTask
from gazette.models.views.site_document import Document, document
from gazette.ports import Ledger, SourceArchive, UnreadableVersionError
from gazette.projections.items.item_order import item_order
from gazette.services.publish.builder import Builder
from gazette.services.publish.event.revisions import names_image


class LoadedImage(NamedTuple):
    """The image's ledger item, its bytes unless it is deleted, and the events that show it.

    There are no bytes of an image that only erased or held versions name (SPEC V10, V11).
    ``unreadable`` says why S3 does not give out the bytes any more. ``shown_before_by`` are events
    of which only superseded revisions or texts may show it.
    """

    item: LedgerItem
    snapshot: ImageSnapshot
    raw: bytes | None
    shown_by: tuple[Partition, ...]
    shown_before_by: tuple[Partition, ...]
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class FileBuilder(Builder[LoadedImage]):
    """Builds what an ``IMAGE`` partition publishes, and requests rebuilds of its events.

    The key of the partition is that of an image, or of a file below `static/`, which has no
    thumbnails and no events. One that stands on the site stays there, even if its version cannot be
    read any more. One that is not there fails, with the advice for its publisher.
    """

    site: Site
    ledger: Ledger
    source: SourceArchive

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        key = task.partition.name
        if is_static_key(key):
            return (static_path(key),) if self._owns(key) else ()
        return (paths.image_path(key), *thumbnail_paths(key))

    def _owns(self, key: str) -> bool:
        """Return whether a file has its path: something else may be at that of a refused one."""
        if why_no_static_key(key) or static_path(key) == self.site.index_now_path:
            return False
        route = route_of(static_path(key))
        if route.kind is not PartitionKind.PATH:
            return True
        claim = self.ledger.get(keys.claim_key(route.name))
        return claim is not None and claim.payload == file_claim(key)

    def load(self, task: PublishTask) -> LoadedImage | None:
        item = self.ledger.get(keys.image_key(task.partition.name))
        if item is None or not self.paths(task):
            return None
        snapshot = ImageSnapshot.model_validate_json(item.payload)
        shown_by = self._events(task.partition, keys.USE)
        before = tuple(
            event for event in self._events(task.partition, keys.USED) if event not in shown_by
        )
        is_hidden = item.deleted or self._is_hidden(task.partition, (*shown_by, *before))
        loaded = LoadedImage(item, snapshot, None, shown_by, before)
        if is_hidden:
            return loaded
        try:
            return loaded._replace(raw=self.source.read(snapshot.key, snapshot.version_id))
        except UnreadableVersionError as error:
            return loaded._replace(unreadable=str(error))

    def _events(self, image: Partition, prefix: str) -> tuple[Partition, ...]:
        return tuple(
            partitions.event_partition(item.key.sort.removeprefix(prefix))
            for item in self.ledger.scan(image, prefix)
            if not item.deleted
        )

    def _is_hidden(self, image: Partition, used_by: Iterable[Partition]) -> bool:
        """Return whether only erased or held versions name an image, and no revision does.

        Ingest records what uses an image before it takes the number of a revision. A run that
        loses that number leaves such a record of a version that was never public.
        """
        items = self.ledger.scan(image, keys.ERASED)
        if all(item.deleted for item in items):
            return False
        return not any(names_image(self.ledger, event, image.name) for event in used_by)

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
            follow_ups=(
                *_requests(task, loaded),
                *_presence_requests(task, loaded),
                *self._icon_requests(task, loaded),
            ),
        )

    def _icon_requests(self, task: PublishTask, loaded: LoadedImage) -> Iterator[LedgerItem]:
        """Request the copy of the icon at the address where programs look for it."""
        if task.partition.name == self.site.brand.icon:
            key = keys.rebuild_request_key(partitions.TOPICS, str(task.partition))
            yield LedgerItem(key, loaded.item.revision, loaded.snapshot.version_id)


def _requests(task: PublishTask, loaded: LoadedImage) -> Iterator[LedgerItem]:
    """Request rebuilds of the pages that show the image with its size, or have it attached."""
    for event in (*loaded.shown_by, *loaded.shown_before_by):
        key = keys.rebuild_request_key(event, str(task.partition))
        yield LedgerItem(key, loaded.item.revision, loaded.snapshot.version_id)


def _presence_requests(task: PublishTask, loaded: LoadedImage) -> Iterator[LedgerItem]:
    """Request rebuilds of all revisions that name the image, each time that it came or went."""
    name = hashlib.sha256(task.partition.name.encode()).hexdigest()
    for event in (*loaded.shown_by, *loaded.shown_before_by):
        key = ItemKey(event, IMAGE_REQUEST + name)
        yield LedgerItem(key, item_order(loaded.snapshot.since), "{}")


def _standing(loaded: LoadedImage) -> dict[str, Exception]:
    if loaded.unreadable is None:
        return {}
    return {file_path(loaded.snapshot.key): UnreadableVersionError(loaded.unreadable)}


def _documents(loaded: LoadedImage) -> Iterator[Document]:
    if loaded.raw is None:
        return
    snapshot = loaded.snapshot
    yield document(file_path(snapshot.key), loaded.raw, snapshot.media_type)
    if is_static_key(snapshot.key):
        return
    from gazette.renderers import thumbnails  # noqa: PLC0415  # most batches hold no image

    for width, body in thumbnails.render_thumbnails(loaded.raw):
        yield document(paths.thumbnail_path(snapshot.key, width), body, thumbnails.MEDIA_TYPE)
