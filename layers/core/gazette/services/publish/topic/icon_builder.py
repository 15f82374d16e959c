"""The icon at the address where programs look for it that read no page."""

from dataclasses import dataclass

from gazette.models import paths
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import document
from gazette.renderers.pages import html
from gazette.services.publish.builder import Builder


@dataclass(frozen=True, slots=True)
class IconBuilder(Builder[bytes]):
    """Builds `/favicon.ico`, which only a new release changes."""

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (paths.FAVICON,)

    def load(self, _task: PublishTask) -> bytes:
        return html.favicon()

    def build(self, _task: PublishTask, loaded: bytes) -> BuildResult:
        return BuildResult(documents=(document(paths.FAVICON, loaded),))
