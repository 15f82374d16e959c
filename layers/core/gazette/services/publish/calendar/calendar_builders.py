"""The desks of the calendar: a day and its urlset, months, years, all with the sitemap index.

A period without events links to none beside it: nothing would tell it when they change. One that
never had any publishes nothing, whatever a hint says.
"""

from dataclasses import dataclass
from datetime import date

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.views.feed import Feed
from gazette.models.views.page import CalendarPage
from gazette.models.views.site_document import ATOM, Document, document, live_feed
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.calendar import periods as calendar
from gazette.projections.calendar import urlsets
from gazette.projections.calendar.periods import Neighbours
from gazette.projections.feeds import event_feeds
from gazette.projections.feeds.timelines import read_timeline
from gazette.projections.history.news_time import news_of
from gazette.projections.pages import lists
from gazette.renderers import sitemaps
from gazette.renderers.feeds import atom
from gazette.renderers.json import pages as json_pages
from gazette.renderers.markdown import pages as markdown
from gazette.renderers.pages import html
from gazette.services.publish.calendar.neighbours import neighbours


@dataclass(frozen=True, slots=True)
class DayBuilder:
    """Composes what a ``DAY`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        day = date.fromisoformat(task.partition.name)
        return (*paths.in_formats(paths.day_path(day), paths.FORMATS), paths.urlset_path(day))

    def compose(self, task: PublishTask) -> BuildResult:
        day = date.fromisoformat(task.partition.name)
        base_path = paths.day_path(day)
        records = list(self.ledger.scan(task.partition, keys.ENTRY))[::-1]
        if not records:
            return BuildResult()
        timeline = read_timeline(records)
        around = neighbours(self.ledger, task.partition) if timeline.entries else Neighbours()
        page = lists.day_page(self.site, day, timeline.entries, around)
        feed = event_feeds.make_feed(
            self.site,
            tag=self.site.tag("day", task.partition.name),
            title=f"{self.site.title}: {page.frame.title}",
            description=page.frame.description,
            base_path=base_path,
            home_path=base_path,
            timeline=timeline,
        )
        urlset = sitemaps.render_urlset(urlsets.day_urlset(self.site, day, timeline.entries))
        counts = calendar.day_count(timeline, records)
        return BuildResult(
            documents=(
                document(f"{base_path}.html", html.render_list(page)),
                document(f"{base_path}.md", markdown.render_list_markdown(page)),
                document(f"{base_path}.json", json_pages.render_list_json(page)),
                live_feed(f"{base_path}.xml", self._atom(base_path, feed), feed.hubs, ATOM),
                document(paths.urlset_path(day), urlset),
            ),
            follow_ups=(calendar.aggregate(task.partition, counts),),
            news=news_of((*timeline.entries, *timeline.deleted)),
        )

    def _atom(self, base_path: str, feed: Feed) -> bytes:
        return atom.render_atom(feed, self.site.url(f"{base_path}.xml"))


@dataclass(frozen=True, slots=True)
class MonthBuilder:
    """Composes what a ``MONTH`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return paths.in_formats(
            paths.month_path(*_year_and_month(task.partition)), paths.CALENDAR_FORMATS
        )

    def compose(self, task: PublishTask) -> BuildResult:
        days = list(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not days:
            return BuildResult()
        month = calendar.month_counts(days)
        around = neighbours(self.ledger, task.partition) if month.days else Neighbours()
        page = calendar.month_page(self.site, task.partition.name, month, around)
        documents = calendar_documents(paths.month_path(*_year_and_month(task.partition)), page)
        return BuildResult(
            documents=documents, follow_ups=(calendar.aggregate(task.partition, month),)
        )


@dataclass(frozen=True, slots=True)
class YearBuilder:
    """Composes what a ``YEAR`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return paths.in_formats(paths.year_path(int(task.partition.name)), paths.CALENDAR_FORMATS)

    def compose(self, task: PublishTask) -> BuildResult:
        months = calendar.period_counts(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not months:
            return BuildResult()
        year = calendar.merged(months.values())
        around = neighbours(self.ledger, task.partition) if year.days else Neighbours()
        page = calendar.year_page(self.site, task.partition.name, months, around)
        documents = calendar_documents(paths.year_path(int(task.partition.name)), page)
        return BuildResult(
            documents=documents, follow_ups=(calendar.aggregate(task.partition, year),)
        )


@dataclass(frozen=True, slots=True)
class CalendarBuilder:
    """Composes what ``CALENDAR`` publishes: the page of all years and the sitemap index."""

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (*paths.in_formats(paths.NEWS, paths.CALENDAR_FORMATS), paths.SITEMAP)

    def compose(self, task: PublishTask) -> BuildResult:
        years = calendar.period_counts(self.ledger.scan(task.partition, keys.AGGREGATE))
        if not years:
            return BuildResult()
        page = calendar.calendar_page(self.site, years)
        index = sitemaps.render_sitemap_index(urlsets.sitemap_index(self.site, years.values()))
        # The site's home says how many events there are.
        counted = calendar.merged(years.values()).revisions
        return BuildResult(
            (*calendar_documents(paths.NEWS, page), document(paths.SITEMAP, index)),
            follow_ups=(
                LedgerItem(keys.rebuild_request_key(keys.SITE, "CALENDAR"), counted, "{}"),
            ),
        )


def calendar_documents(base_path: str, page: CalendarPage) -> tuple[Document, ...]:
    """Write a page of periods in its formats."""
    return (
        document(f"{base_path}.html", html.render_calendar(page)),
        document(f"{base_path}.md", markdown.render_calendar_markdown(page)),
        document(f"{base_path}.json", json_pages.render_calendar_json(page)),
    )


def _year_and_month(partition: Partition) -> tuple[int, int]:
    return int(partition.name[:4]), int(partition.name[5:])
