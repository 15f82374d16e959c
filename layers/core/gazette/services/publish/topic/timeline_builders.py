"""The page and the feeds of a topic, category or author, and those of the whole site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract.schema import contract_schema
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.list_pages import ListPage
from gazette.models.views.site_document import NEVER, Document, document
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.calendar import periods
from gazette.projections.calendar.urlsets import sitemap_paths
from gazette.projections.feeds.update_feeds import with_changes_feeds
from gazette.projections.history.news_time import news_of
from gazette.projections.pages import timeline_pages
from gazette.projections.pages.frames import make_frame
from gazette.projections.pages.home_page import with_home_parts
from gazette.projections.topics import topic_counts
from gazette.renderers import sitemaps
from gazette.renderers.pages import brand_files
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.topic.loaded_timeline import (
    LoadedTimeline,
    TimelineReader,
    subscription_feed,
    timeline_page,
    timeline_paths,
    timeline_views,
)

_INDEXES = keys.indexes_request_key()


class LoadedTopic(NamedTuple):
    """The time line of a topic, the ledger items that count its months, and its count."""

    timeline: LoadedTimeline
    months: list[LedgerItem]
    counted: Replacement


class LoadedSite(NamedTuple):
    """The time line of the site, the paths of the sitemaps, and whether the indexes are requested.

    Every page links to the index of topics, so it must exist before the first topic does.
    """

    timeline: LoadedTimeline
    sitemaps: list[str]
    has_requested: bool


@dataclass(frozen=True, slots=True)
class TopicBuilder(ViewBuilder[LoadedTopic]):
    """Builds what a ``TOPIC``, ``CATEGORY`` or ``AUTHOR`` partition publishes."""

    site: Site
    ledger: Ledger
    timelines: TimelineReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return timeline_paths(self.site, task.partition)

    def load(self, task: PublishTask) -> LoadedTopic | None:
        partition = task.partition
        item_key = topic_counts.count_key(partition)
        seen = self.ledger.get(item_key)
        timeline = self.timelines.load(task)
        if timeline is None:
            return None
        months = list(self.ledger.scan(partition, keys.MONTHS))
        topic = timeline_pages.topic_of(partition, timeline.timeline.known)
        payload = topic_counts.topic_count(topic, months).model_dump_json()
        count = Replacement(item_key, payload, seen)
        return LoadedTopic(timeline, months, count)

    def build(self, task: PublishTask, loaded: LoadedTopic) -> BuildResult:
        site, partition, timeline = self.site, task.partition, loaded.timeline.timeline
        topic = timeline_pages.topic_of(partition, timeline.known)
        page = timeline_pages.with_topic_counts(
            site,
            timeline_page(site, partition, loaded.timeline),
            topic,
            timeline,
            topic_counts.read_months(loaded.months),
        )
        return BuildResult(
            views=timeline_views(
                partition, page, subscription_feed(site, partition, loaded.timeline)
            ),
            replacements=(*loaded.timeline.notes, loaded.counted),
            news=news_of(loaded.timeline.shown),
        )


@dataclass(frozen=True, slots=True)
class SiteBuilder(ViewBuilder[LoadedSite]):
    """Builds what ``SITE`` publishes: the home, the feeds, and the files that show no event."""

    site: Site
    ledger: Ledger
    timelines: TimelineReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        missing = self.site.paths(ViewKind.MISSING, paths.NOT_FOUND)
        files = (paths.ROBOTS, paths.STYLESHEET, paths.ICON, paths.CONTRACT_SCHEMA)
        key = (self.site.index_now_path,) if self.site.index_now_key else ()
        return (*timeline_paths(self.site, task.partition), *missing, *files, *key)

    def load(self, task: PublishTask) -> LoadedSite | None:
        timeline = self.timelines.load(task)
        if timeline is None:
            return None  # the calendar may ask for a rebuild before the first entry is written
        years = periods.period_counts(self.ledger.scan(partitions.CALENDAR, keys.AGGREGATE))
        has_requested = self.ledger.get(_INDEXES) is not None
        return LoadedSite(timeline, sitemap_paths(years.values()), has_requested)

    def build(self, task: PublishTask, loaded: LoadedSite) -> BuildResult:
        partition, timeline = task.partition, loaded.timeline
        page = self._home(partition, loaded)
        feed = subscription_feed(self.site, partition, timeline)
        shown = (*timeline.timeline.entries, *timeline.notices.withdrawn)
        return BuildResult(
            views=(*timeline_views(partition, page, feed), self._missing()),
            documents=tuple(self._files(loaded.sitemaps)),
            follow_ups=() if loaded.has_requested else (LedgerItem(_INDEXES, 1, "{}"),),
            replacements=timeline.notes,
            stored_at=max((entry.at for entry in shown), default=None),
            news=news_of(timeline.shown),
        )

    def _home(self, partition: Partition, loaded: LoadedSite) -> ListPage:
        timeline = loaded.timeline
        page = timeline_pages.timeline_page(
            self.site, partition, timeline.timeline, timeline.closed
        )
        page = with_home_parts(
            self.site, page, timeline.timeline.entries, timeline.notices.corrected
        )
        return with_changes_feeds(self.site, partition, page)

    def _missing(self) -> View:
        frame = make_frame(
            self.site,
            paths.NOT_FOUND,
            ViewKind.MISSING,
            title=self.site.texts("missing.title"),
            description="",
            indexed=False,
        )
        page = replace(frame, formats=())
        return View(ViewKind.MISSING, paths.NOT_FOUND, page=page, cache_control=NEVER)

    def _files(self, maps: Iterable[str]) -> Iterator[Document]:
        yield document(paths.STYLESHEET, brand_files.stylesheet(self.site.brand, self.site.texts))
        yield document(paths.ICON, brand_files.icon(self.site.brand))
        urls = [self.site.url(path) for path in (*maps, paths.NEWS_SITEMAP)]
        yield document(paths.ROBOTS, sitemaps.render_robots(urls, self.site.brand))
        if self.site.index_now_key:
            yield document(self.site.index_now_path, self.site.index_now_key.encode())
        yield document(paths.CONTRACT_SCHEMA, contract_schema(self.site.url(paths.CONTRACT_SCHEMA)))
