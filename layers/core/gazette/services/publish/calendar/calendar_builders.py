"""Days with their urlsets, months, years, and all years with the sitemap index.

A period without events has no links to its neighbours, because no rebuild request would reach it
when they change. A period that never had events publishes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import PeriodCounts
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.list_pages import ListPage
from gazette.models.views.site_document import document
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.calendar import periods, urlsets
from gazette.projections.calendar.day_parts import DayPart, day_parts
from gazette.projections.calendar.periods import Neighbours
from gazette.projections.feeds import event_feeds
from gazette.projections.feeds.timelines import Timeline, read_timeline
from gazette.projections.history.news_time import news_of
from gazette.projections.items.tombstones import read_withdrawn, with_deletions
from gazette.projections.pages import lists
from gazette.renderers.sitemaps import render_sitemap_index, render_urlset
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.calendar.neighbours import counted, neighbours, read_aggregate
from gazette.services.publish.images.event_images import with_images
from gazette.services.publish.topic.named_timelines import published_timeline


class LoadedDay(NamedTuple):
    """The time line of a day, the days next to it, its count, and what was withdrawn from it.

    There may be one withdrawal more than the document shows.
    """

    timeline: Timeline
    neighbours: Neighbours
    counted: Replacement
    withdrawn: tuple[Entry, ...]


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
        return self._paths(_day(task), (None,))

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        day, timeline = _day(task), self._read(task.partition)
        names = (part.name for part in day_parts(timeline.entries))
        urlsets_of_day = urlsets.urlset_paths(day, len(timeline.entries))
        return tuple(dict.fromkeys((*self._paths(day, names), *urlsets_of_day)))

    def load(self, task: PublishTask) -> LoadedDay | None:
        item_key, seen = read_aggregate(self.ledger, task.partition)
        timeline = published_timeline(self.ledger, task, self._read(task.partition))
        if timeline is None:
            return None
        entries = with_images(self.ledger, task.partition, timeline.entries)
        timeline = replace(timeline, entries=entries)
        near = neighbours(self.ledger, task.partition) if timeline.entries else Neighbours()
        count = counted(item_key, periods.day_count(timeline), seen)
        withdrawn = self._withdrawn(task.partition) if timeline.last_deleted else ()
        return LoadedDay(timeline, near, count, withdrawn)

    def _withdrawn(self, day: Partition) -> tuple[Entry, ...]:
        """Return what was withdrawn from a day; one that no event ever left needs no read."""
        left = islice(self.ledger.newest(day, keys.LEFT_ENTRY), TOMBSTONES_SHOWN + 1)
        return read_withdrawn(left)

    def _read(self, day: Partition) -> Timeline:
        newest_first = list(self.ledger.scan(day, keys.ENTRY))[::-1]
        return read_timeline(newest_first, last_deleted=self.ledger.get(keys.last_deleted_key(day)))

    def build(self, task: PublishTask, loaded: LoadedDay) -> BuildResult:
        site, day, timeline = self.site, _day(task), loaded.timeline
        parts = day_parts(timeline.entries)
        pages = lists.day_pages(site, day, parts, loaded.neighbours)
        maps = urlsets.day_urlsets(site, day, timeline.entries)
        # A day that lost an event may have had more parts. Only the site knows them: to remember
        # all former cuts would make every event of the day pay for a mass withdrawal.
        has_further = len(parts) > 1 or len(maps) > 1 or timeline.last_deleted is not None
        return BuildResult(
            views=tuple(self._views(day, parts, pages, loaded)),
            documents=tuple(document(path, render_urlset(urls)) for path, urls in maps.items()),
            further_prefixes=paths.day_prefixes(day) if has_further else (),
            replacements=(loaded.counted,),
            news=news_of((*timeline.known, *loaded.withdrawn)),
        )

    def _views(
        self, day: date, parts: Sequence[DayPart], pages: Sequence[ListPage], loaded: LoadedDay
    ) -> Iterator[View]:
        bases = [paths.day_path(day, part.name) for part in parts]
        has_more = len(loaded.withdrawn) > TOMBSTONES_SHOWN
        further = self.site.url(paths.withdrawn_path(day)) if has_more else None
        urls = [None, *map(self.site.url, bases), further]
        for position, (part, page) in enumerate(zip(parts, pages, strict=True)):
            feed = event_feeds.make_feed(
                self.site,
                tag=self.site.tag("day", day.isoformat()),
                title=f"{self.site.title}: {page.frame.title}",
                description=page.frame.description,
                base_path=bases[position],
                home_path=bases[position],
                # Where nothing is left, the newest change is what left the day.
                updated=Timeline(part.entries, loaded.timeline.last_deleted).updated,
                items=event_feeds.feed_items(self.site, part.entries),
            )
            # The newest part is the document of the day: it has what was withdrawn (SPEC T2). The
            # oldest leads on to the older withdrawals.
            withdrawn = () if position else loaded.withdrawn[:TOMBSTONES_SHOWN]
            feed = with_deletions(self.site, feed, withdrawn)
            linked = replace(feed, next=urls[position], previous=urls[position + 2])
            yield View(ViewKind.DAY, bases[position], page=page, feed=linked)

    def _paths(self, day: date, names: Iterable[str | None]) -> tuple[str, ...]:
        """Return the paths of some parts of a day, and of its urlset."""
        bases = (paths.day_path(day, name) for name in names)
        pages = (path for base in bases for path in self.site.paths(ViewKind.DAY, base))
        return (*pages, paths.urlset_path(day))


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
        return LoadedPeriod({}, month, near, counted(item_key, periods.coarse_month(month), seen))

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
        return LoadedPeriod(months, year, near, counted(item_key, year, seen))

    def build(self, task: PublishTask, loaded: LoadedPeriod) -> BuildResult:
        name = task.partition.name
        page = periods.year_page(self.site, name, loaded.below, loaded.neighbours)
        return BuildResult(
            views=(View(ViewKind.CALENDAR, _year_path(task.partition), page=page),),
            replacements=(loaded.counted,),
        )


_ROBOTS_REQUEST = keys.rebuild_request_key(partitions.SITE, "SITEMAPS")


class LoadedCalendar(NamedTuple):
    """The counts of all years, and the sum of their revisions: it grows with every change.

    ``has_requested`` says whether there ever were several sitemap indexes.
    """

    years: dict[str, PeriodCounts]
    revisions: int
    has_requested: bool


@dataclass(frozen=True, slots=True)
class CalendarBuilder(ViewBuilder[LoadedCalendar]):
    """Builds what ``CALENDAR`` publishes: the page of all years and the sitemap index.

    As soon as there are several indexes, it requests the robots.txt that names them.
    """

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (*self.site.paths(ViewKind.CALENDAR, paths.NEWS), paths.SITEMAP)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        loaded = self.load(task)
        _, *further = urlsets.sitemap_paths(loaded.years.values() if loaded else ())
        return (*self.paths(task), *further)

    def load(self, task: PublishTask) -> LoadedCalendar | None:
        items = list(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not items:
            return None
        years, revisions = periods.period_counts(items), sum(item.revision for item in items)
        has_requested = self.ledger.get(_ROBOTS_REQUEST) is not None
        return LoadedCalendar(years, revisions, has_requested)

    def build(self, _task: PublishTask, loaded: LoadedCalendar) -> BuildResult:
        years = loaded.years
        page = periods.calendar_page(self.site, years)
        indexes = urlsets.sitemap_indexes(self.site, years.values())
        is_wanted = len(indexes) > 1 or loaded.has_requested
        request = LedgerItem(_ROBOTS_REQUEST, loaded.revisions, "{}")
        return BuildResult(
            views=(View(ViewKind.CALENDAR, paths.NEWS, page=page),),
            documents=tuple(
                document(path, render_sitemap_index(urls)) for path, urls in indexes.items()
            ),
            further_paths=tuple(indexes)[1:],
            follow_ups=(request,) if is_wanted else (),
        )


def _neighbours_if_any(ledger: Ledger, partition: Partition, counts: PeriodCounts) -> Neighbours:
    return neighbours(ledger, partition) if counts.days else Neighbours()


def _day(task: PublishTask) -> date:
    return date.fromisoformat(task.partition.name)


def _month_path(partition: Partition) -> str:
    return paths.month_path(int(partition.name[:4]), int(partition.name[5:]))


def _year_path(partition: Partition) -> str:
    return paths.year_path(int(partition.name))
