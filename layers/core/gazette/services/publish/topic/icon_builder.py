"""The icon at the address where programs look for it that read no page."""

from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.limits import MAX_ICON_BYTES
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import document
from gazette.renderers.pages import brand_files
from gazette.services.publish.builder import Builder
from gazette.services.publish.images.file_builder import FileBuilder

# Not every program that asks for this address can draw it.
_DRAWING = ".svg"


class LoadedIcon(NamedTuple):
    """The bytes of the icon; without a type it has that of the path."""

    body: bytes
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class IconBuilder(Builder[LoadedIcon]):
    """Builds `/favicon.ico`: the icon of the settings if it is there, else the included one."""

    site: Site
    images: FileBuilder

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (paths.FAVICON,)

    def load(self, _task: PublishTask) -> LoadedIcon:
        return self._own() or LoadedIcon(brand_files.favicon(self.site.brand))

    def _own(self) -> LoadedIcon | None:
        key = self.site.brand.icon
        if not key or key.lower().endswith(_DRAWING):
            return None
        image = self.images.load(PublishTask(TaskKind.IMAGE, Partition(PartitionKind.IMAGE, key)))
        if image is None or image.raw is None or len(image.raw) > MAX_ICON_BYTES:
            return None
        return LoadedIcon(image.raw, image.snapshot.media_type)

    def build(self, _task: PublishTask, loaded: LoadedIcon) -> BuildResult:
        return BuildResult(documents=(document(paths.FAVICON, *loaded),))
