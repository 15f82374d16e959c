"""The index of categories."""

from dataclasses import dataclass

from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.topics.category_index import category_page_paths, category_pages
from gazette.projections.topics.topic_index import read_topics
from gazette.services.publish.builder import ViewBuilder


@dataclass(frozen=True, slots=True)
class CategoriesBuilder(ViewBuilder[list[LedgerItem]]):
    """Builds the pages of all categories, from what the ``TOPICS`` partition counts of them."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self._paths(self.load(task))

    def load(self, task: PublishTask) -> list[LedgerItem]:
        return list(self.ledger.scan(task.partition, keys.CATEGORY))

    def build(self, _task: PublishTask, loaded: list[LedgerItem]) -> BuildResult:
        pages = category_pages(self.site, read_topics(loaded))
        written = {path for base in pages for path in self.site.paths(ViewKind.CALENDAR, base)}
        return BuildResult(
            views=tuple(View(ViewKind.CALENDAR, base, page=page) for base, page in pages.items()),
            removals=tuple(path for path in self._paths(loaded) if path not in written),
        )

    def _paths(self, items: list[LedgerItem]) -> tuple[str, ...]:
        """Return the paths of every page that the index has or may have had."""
        bases = category_page_paths(items)
        return tuple(path for base in bases for path in self.site.paths(ViewKind.CALENDAR, base))
