"""The index of topics: the topics of one initial, and the index above all initials."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import InitialCounts
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.topics import outlines, topic_index
from gazette.services.publish.builder import ViewBuilder


class LoadedInitial(NamedTuple):
    """The topics of an initial as the ledger has them, and the counts to write."""

    items: list[LedgerItem]
    counted: Replacement


@dataclass(frozen=True, slots=True)
class InitialBuilder(ViewBuilder[LoadedInitial]):
    """Builds what an ``INITIAL`` partition publishes: the topics that begin with a character."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        initial = task.partition.name
        pages = self._page_paths(initial, self.ledger.scan(task.partition, keys.AGGREGATE))
        feeds = self.site.paths(ViewKind.FEED_LIST, paths.initial_feeds_path(initial))
        return (*pages, *feeds)

    def load(self, task: PublishTask) -> LoadedInitial:
        item_key = ItemKey(partitions.TOPICS, f"{keys.AGGREGATE}{task.partition.name}")
        seen = self.ledger.get(item_key)
        items = list(self.ledger.scan(task.partition, keys.AGGREGATE))
        payload = topic_index.initial_counts(items).model_dump_json()
        return LoadedInitial(items, Replacement(item_key, payload, seen))

    def build(self, task: PublishTask, loaded: LoadedInitial) -> BuildResult:
        site, initial, items = self.site, task.partition.name, loaded.items
        topics = topic_index.read_topics(items)
        pages = topic_index.initial_pages(site, initial, topics)
        feeds = outlines.initial_outlines(site, initial, topics)
        written = {path for base in pages for path in site.paths(ViewKind.CALENDAR, base)}
        return BuildResult(
            views=(
                *(View(ViewKind.CALENDAR, base, page=page) for base, page in pages.items()),
                View(ViewKind.FEED_LIST, paths.initial_feeds_path(initial), feeds=feeds),
            ),
            removals=tuple(
                path for path in self._page_paths(initial, items) if path not in written
            ),
            replacements=(loaded.counted,),
        )

    def _page_paths(self, initial: str, items: Iterable[LedgerItem]) -> tuple[str, ...]:
        """Return the paths of every page that the initial has or may have had."""
        slugs = (item.key.sort.removeprefix(keys.AGGREGATE) for item in items)
        base_paths = topic_index.page_paths(initial, slugs)
        return tuple(
            path for base in base_paths for path in self.site.paths(ViewKind.CALENDAR, base)
        )


@dataclass(frozen=True, slots=True)
class TopicsBuilder(ViewBuilder[dict[str, InitialCounts]]):
    """Builds what the ``TOPICS`` partition publishes: all initials, and the largest topics."""

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (
            *self.site.paths(ViewKind.CALENDAR, paths.TOPICS),
            *self.site.paths(ViewKind.CALENDAR, paths.LARGEST_TOPICS),
            *self.site.paths(ViewKind.FEED_LIST, paths.TOPIC_FEEDS),
        )

    def load(self, task: PublishTask) -> dict[str, InitialCounts]:
        return topic_index.read_initials(self.ledger.scan(task.partition, keys.AGGREGATE))

    def build(self, _task: PublishTask, initials: dict[str, InitialCounts]) -> BuildResult:
        site = self.site
        index = topic_index.topics_page(site, initials)
        largest = topic_index.largest_page(site, initials)
        feeds = outlines.largest_outlines(site, initials)
        return BuildResult(
            views=(
                View(ViewKind.CALENDAR, paths.TOPICS, page=index),
                View(ViewKind.CALENDAR, paths.LARGEST_TOPICS, page=largest),
                View(ViewKind.FEED_LIST, paths.TOPIC_FEEDS, feeds=feeds),
            )
        )
