"""The indexes of categories and of authors."""

from dataclasses import dataclass, replace

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger.item import LedgerItem
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.topics import outlines
from gazette.projections.topics.plain_index import PlainIndex, plain_page_paths, plain_pages
from gazette.projections.topics.topic_index import read_topics
from gazette.services.publish.builder import ViewBuilder


@dataclass(frozen=True, slots=True)
class PlainIndexBuilder(ViewBuilder[list[LedgerItem]]):
    """Builds the pages of all categories, or authors, that the ``TOPICS`` partition counts."""

    site: Site
    ledger: Ledger
    index: PlainIndex

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.pages(self.load(task))

    def load(self, task: PublishTask) -> list[LedgerItem]:
        return list(self.ledger.scan(task.partition, self.index.prefix))

    def build(self, _task: PublishTask, loaded: list[LedgerItem]) -> BuildResult:
        pages = plain_pages(self.site, self.index, read_topics(loaded))
        written = {path for base in pages for path in self.site.paths(ViewKind.CALENDAR, base)}
        return BuildResult(
            views=tuple(View(ViewKind.CALENDAR, base, page=page) for base, page in pages.items()),
            removals=tuple(path for path in self.pages(loaded) if path not in written),
        )

    def pages(self, items: list[LedgerItem]) -> tuple[str, ...]:
        """Return the paths of every page that the index has or may have had."""
        bases = plain_page_paths(self.index, items)
        return tuple(path for base in bases for path in self.site.paths(ViewKind.CALENDAR, base))


@dataclass(frozen=True, slots=True)
class AuthorsBuilder(PlainIndexBuilder):
    """Builds the pages of all authors, and the list of their feeds."""

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        feeds = self.site.paths(ViewKind.FEED_LIST, paths.AUTHOR_FEEDS)
        return (*PlainIndexBuilder.paths(self, task), *feeds)

    def build(self, task: PublishTask, loaded: list[LedgerItem]) -> BuildResult:
        result = PlainIndexBuilder.build(self, task, loaded)
        feeds = outlines.author_outlines(self.site, read_topics(loaded))
        view = View(ViewKind.FEED_LIST, paths.AUTHOR_FEEDS, feeds=feeds)
        return replace(result, views=(*result.views, view))
