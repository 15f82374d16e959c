"""Days with their urlsets, months, years, and all years with the sitemap index.

A period without events has no links to its neighbours, because no rebuild request would reach it
when they change. A period that never had events publishes nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import PeriodCounts
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import document
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.calendar import periods, urlsets
from gazette.projections.calendar.periods import Neighbours
from gazette.projections.feeds import event_feeds
from gazette.projections.feeds.timelines import Timeline, read_timeline
from gazette.projections.history.news_time import news_of
from gazette.projections.pages import lists
from gazette.renderers import sitemaps
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.calendar.neighbours import neighbours, read_aggregate


class LoadedDay(NamedTuple):
    """The time line of a day, the neighbouring days, and the count to write."""

    timeline: Timeline
    neighbours: Neighbours
    counted: Replacement


class LoadedPeriod(NamedTuple):
    """A month, or a year by its months: the counts below it, its neighbours, what to write."""

    below: dict[str, PeriodCounts]
    counts: PeriodCounts
    neighbours: Neighbours
    counted: Replacement


@dataclass(frozen=True, slots=True)
class DayBuilder(ViewBuilder[LoadedDay]):
    """Builds what a ``DAY`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        day = _day(task)
        return (*self.site.paths(ViewKind.DAY, paths.day_path(day)), paths.urlset_path(day))

    def load(self, task: PublishTask) -> LoadedDay | None:
        item_key, seen = read_aggregate(self.ledger, task.partition)
        timeline = self._timeline(task.partition)
        if not timeline.known:
            return None
        near = neighbours(self.ledger, task.partition) if timeline.entries else Neighbours()
        payload = periods.day_count(timeline).model_dump_json()
        return LoadedDay(timeline, near, Replacement(item_key, payload, seen))

    def _timeline(self, day: Partition) -> Timeline:
        newest_first = list(self.ledger.scan(day, keys.ENTRY))[::-1]
        last_deleted = self.ledger.get(keys.last_deleted_key(day))
        return read_timeline(newest_first, last_deleted=last_deleted)

    def build(self, task: PublishTask, loaded: LoadedDay) -> BuildResult:
        site, day, timeline = self.site, _day(task), loaded.timeline
        base_path = paths.day_path(day)
        page = lists.day_page(site, day, timeline.entries, loaded.neighbours)
        feed = event_feeds.make_feed(
            site,
            tag=site.tag("day", task.partition.name),
            title=f"{site.title}: {page.frame.title}",
            description=page.frame.description,
            base_path=base_path,
            home_path=base_path,
            updated=timeline.updated,
            items=event_feeds.feed_items(site, timeline.entries),
        )
        urlset = sitemaps.render_urlset(urlsets.day_urlset(site, day, timeline.entries))
        return BuildResult(
            views=(View(ViewKind.DAY, base_path, page=page, feed=feed),),
            documents=(document(paths.urlset_path(day), urlset),),
            replacements=(loaded.counted,),
            news=news_of(timeline.known),
        )


@dataclass(frozen=True, slots=True)
class MonthBuilder(ViewBuilder[LoadedPeriod]):
    """Builds what a ``MONTH`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.site.paths(ViewKind.CALENDAR, _month_path(task.partition))

    def load(self, task: PublishTask) -> LoadedPeriod | None:
        item_key, seen = read_aggregate(self.ledger, task.partition)
        days = list(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not days:
            return None
        month = periods.month_counts(days)
        near = _neighbours_if_any(self.ledger, task.partition, month)
        counted = Replacement(item_key, month.model_dump_json(), seen)
        return LoadedPeriod({}, month, near, counted)

    def build(self, task: PublishTask, loaded: LoadedPeriod) -> BuildResult:
        name, month = task.partition.name, loaded.counts
        page = periods.month_page(self.site, name, month, loaded.neighbours)
        return BuildResult(
            views=(View(ViewKind.CALENDAR, _month_path(task.partition), page=page),),
            replacements=(loaded.counted,),
        )


@dataclass(frozen=True, slots=True)
class YearBuilder(ViewBuilder[LoadedPeriod]):
    """Builds what a ``YEAR`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.site.paths(ViewKind.CALENDAR, _year_path(task.partition))

    def load(self, task: PublishTask) -> LoadedPeriod | None:
        item_key, seen = read_aggregate(self.ledger, task.partition)
        months = periods.period_counts(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not months:
            return None
        year = periods.merged(months.values())
        near = _neighbours_if_any(self.ledger, task.partition, year)
        counted = Replacement(item_key, year.model_dump_json(), seen)
        return LoadedPeriod(months, year, near, counted)

    def build(self, task: PublishTask, loaded: LoadedPeriod) -> BuildResult:
        name = task.partition.name
        page = periods.year_page(self.site, name, loaded.below, loaded.neighbours)
        return BuildResult(
            views=(View(ViewKind.CALENDAR, _year_path(task.partition), page=page),),
            replacements=(loaded.counted,),
        )


class LoadedCalendar(NamedTuple):
    """The counts of all years, and the sum of their revisions: it grows with every change."""

    years: dict[str, PeriodCounts]
    revisions: int


@dataclass(frozen=True, slots=True)
class CalendarBuilder(ViewBuilder[LoadedCalendar]):
    """Builds what ``CALENDAR`` publishes: the page of all years and the sitemap index."""

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (*self.site.paths(ViewKind.CALENDAR, paths.NEWS), paths.SITEMAP)

    def load(self, task: PublishTask) -> LoadedCalendar | None:
        items = list(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not items:
            return None
        return LoadedCalendar(periods.period_counts(items), sum(item.revision for item in items))

    def build(self, _task: PublishTask, loaded: LoadedCalendar) -> BuildResult:
        years = loaded.years
        page = periods.calendar_page(self.site, years)
        index = sitemaps.render_sitemap_index(urlsets.sitemap_index(self.site, years.values()))
        # The home page shows the number of all events.
        home = keys.rebuild_request_key(keys.SITE, "CALENDAR")
        return BuildResult(
            views=(View(ViewKind.CALENDAR, paths.NEWS, page=page),),
            documents=(document(paths.SITEMAP, index),),
            follow_ups=(LedgerItem(home, loaded.revisions, "{}"),),
        )


def _neighbours_if_any(ledger: Ledger, partition: Partition, counts: PeriodCounts) -> Neighbours:
    return neighbours(ledger, partition) if counts.days else Neighbours()


def _day(task: PublishTask) -> date:
    return date.fromisoformat(task.partition.name)


def _month_path(partition: Partition) -> str:
    return paths.month_path(int(partition.name[:4]), int(partition.name[5:]))


def _year_path(partition: Partition) -> str:
    return paths.year_path(int(partition.name))
