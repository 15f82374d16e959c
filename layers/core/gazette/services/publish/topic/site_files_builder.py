"""Files that follow from the settings of the site alone: for language models, and the card."""

from dataclasses import dataclass

from gazette.models import paths
from gazette.models.formats import CARD_TYPE
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import document
from gazette.renderers.markdown.llms import render_llms
from gazette.services.publish.builder import Builder


@dataclass(frozen=True, slots=True)
class SiteFilesBuilder(Builder[Site]):
    """Builds them when the site is published first, and in each rebuild."""

    site: Site

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (paths.LLMS, paths.CARD)

    def load(self, _task: PublishTask) -> Site:
        return self.site

    def build(self, _task: PublishTask, loaded: Site) -> BuildResult:
        # Loads Pillow, which a function needs for images only.
        from gazette.renderers import cards  # noqa: PLC0415

        card = cards.site_card(loaded.title, loaded.brand.accent)
        return BuildResult(
            documents=(
                document(paths.LLMS, render_llms(loaded)),
                document(paths.CARD, card, CARD_TYPE),
            )
        )
