"""The file for language models, which follows from the settings of the site alone."""

from dataclasses import dataclass

from gazette.models import paths
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import document
from gazette.renderers.markdown.llms import render_llms
from gazette.services.publish.builder import Builder


@dataclass(frozen=True, slots=True)
class LlmsBuilder(Builder[Site]):
    """Builds `/llms.txt`, when the site is published first and in each rebuild."""

    site: Site

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (paths.LLMS,)

    def load(self, _task: PublishTask) -> Site:
        return self.site

    def build(self, _task: PublishTask, loaded: Site) -> BuildResult:
        return BuildResult(documents=(document(paths.LLMS, render_llms(loaded)),))
