"""The desks of the calendar: a day and its urlset, months, years, all with the sitemap index.

A period without events links to none beside it: nothing would tell it when they change. One that
never had any publishes nothing, whatever a hint says.
"""

from dataclasses import dataclass
from datetime import date

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.feed import Feed
from gazette.models.keys import Partition
from gazette.models.page import CalendarPage
from gazette.models.publication import ATOM, Document, document, live_feed
from gazette.models.record import Record
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import calendar, feeds, lists, urlsets
from gazette.projections.announcements import news_of
from gazette.projections.calendar import Beside
from gazette.projections.timelines import read_timeline
from gazette.renderers import atom, html, json_pages, markdown, sitemaps
from gazette.services.periods import beside


@dataclass(frozen=True, slots=True)
class DayDesk:
    """Composes what a ``DAY`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        day = date.fromisoformat(assignment.partition.name)
        return (*paths.in_formats(paths.day_stem(day), paths.FORMATS), paths.urlset_path(day))

    def compose(self, assignment: Assignment) -> Edition:
        day = date.fromisoformat(assignment.partition.name)
        stem = paths.day_stem(day)
        records = list(self.ledger.scan(assignment.partition, keys.ENTRY))[::-1]
        if not records:
            return Edition()
        timeline = read_timeline(records)
        around = beside(self.ledger, assignment.partition) if timeline.entries else Beside()
        page = lists.day_page(self.site, day, timeline.entries, around)
        feed = feeds.make_feed(
            self.site,
            tag=self.site.tag("day", assignment.partition.name),
            title=f"{self.site.title}: {page.frame.title}",
            description=page.frame.description,
            stem=stem,
            home_stem=stem,
            timeline=timeline,
        )
        urlset = sitemaps.render_urlset(urlsets.day_urlset(self.site, day, timeline.entries))
        figures = calendar.day_figures(timeline, records)
        return Edition(
            documents=(
                document(f"{stem}.html", html.render_list(page)),
                document(f"{stem}.md", markdown.render_list_markdown(page)),
                document(f"{stem}.json", json_pages.render_list_json(page)),
                live_feed(f"{stem}.xml", self._atom(stem, feed), feed.hubs, ATOM),
                document(paths.urlset_path(day), urlset),
            ),
            marks=(calendar.rollup(assignment.partition, figures),),
            news=news_of((*timeline.entries, *timeline.departed)),
        )

    def _atom(self, stem: str, feed: Feed) -> bytes:
        return atom.render_atom(feed, self.site.url(f"{stem}.xml"))


@dataclass(frozen=True, slots=True)
class MonthDesk:
    """Composes what a ``MONTH`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        return paths.in_formats(
            paths.month_stem(*_year_and_month(assignment.partition)), paths.CALENDAR_FORMATS
        )

    def compose(self, assignment: Assignment) -> Edition:
        days = list(self.ledger.scan(assignment.partition, keys.ROLLUP))
        if not days:
            return Edition()
        month = calendar.month_figures(days)
        around = beside(self.ledger, assignment.partition) if month.days else Beside()
        page = calendar.month_page(self.site, assignment.partition.name, month, around)
        documents = calendar_documents(
            paths.month_stem(*_year_and_month(assignment.partition)), page
        )
        return Edition(documents=documents, marks=(calendar.rollup(assignment.partition, month),))


@dataclass(frozen=True, slots=True)
class YearDesk:
    """Composes what a ``YEAR`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        return paths.in_formats(
            paths.year_stem(int(assignment.partition.name)), paths.CALENDAR_FORMATS
        )

    def compose(self, assignment: Assignment) -> Edition:
        months = calendar.period_figures(self.ledger.scan(assignment.partition, keys.ROLLUP))
        if not months:
            return Edition()
        year = calendar.merged(months.values())
        around = beside(self.ledger, assignment.partition) if year.days else Beside()
        page = calendar.year_page(self.site, assignment.partition.name, months, around)
        documents = calendar_documents(paths.year_stem(int(assignment.partition.name)), page)
        return Edition(documents=documents, marks=(calendar.rollup(assignment.partition, year),))


@dataclass(frozen=True, slots=True)
class CalendarDesk:
    """Composes what ``CALENDAR`` publishes: the page of all years and the sitemap index."""

    site: Site
    ledger: Ledger

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return (*paths.in_formats(paths.NEWS, paths.CALENDAR_FORMATS), paths.SITEMAP)

    def compose(self, assignment: Assignment) -> Edition:
        years = calendar.period_figures(self.ledger.scan(assignment.partition, keys.ROLLUP))
        if not years:
            return Edition()
        page = calendar.calendar_page(self.site, years)
        index = sitemaps.render_sitemap_index(urlsets.sitemap_index(self.site, years.values()))
        # The site's home says how many events there are.
        counted = calendar.merged(years.values()).revisions
        return Edition(
            (*calendar_documents(paths.NEWS, page), document(paths.SITEMAP, index)),
            marks=(Record(keys.nudge_place(keys.SITE, "CALENDAR"), counted, "{}"),),
        )


def calendar_documents(stem: str, page: CalendarPage) -> tuple[Document, ...]:
    """Write a page of periods in its formats."""
    return (
        document(f"{stem}.html", html.render_calendar(page)),
        document(f"{stem}.md", markdown.render_calendar_markdown(page)),
        document(f"{stem}.json", json_pages.render_calendar_json(page)),
    )


def _year_and_month(partition: Partition) -> tuple[int, int]:
    return int(partition.name[:4]), int(partition.name[5:])
