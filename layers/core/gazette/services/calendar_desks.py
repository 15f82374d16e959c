"""The desks of the calendar: a day and its urlset, months, years, all with the sitemap index."""

from dataclasses import dataclass
from datetime import date

from gazette.models import keys, paths
from gazette.models.edition import Edition
from gazette.models.keys import Partition
from gazette.models.page import CalendarPage
from gazette.models.publication import ATOM, Document, document
from gazette.models.rollup import DayFigures, PeriodFigures
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import calendar, feeds, lists, urlsets
from gazette.projections.timelines import read_timeline
from gazette.renderers import atom, html, json_pages, markdown, sitemaps


@dataclass(frozen=True, slots=True)
class DayDesk:
    """Composes what a ``DAY`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, partition: Partition) -> tuple[str, ...]:
        day = date.fromisoformat(partition.name)
        return (*paths.in_formats(paths.day_stem(day), paths.FORMATS), paths.urlset_path(day))

    def compose(self, partition: Partition) -> Edition:
        day, stem = (
            date.fromisoformat(partition.name),
            paths.day_stem(date.fromisoformat(partition.name)),
        )
        timeline = read_timeline(list(self.ledger.scan(partition, keys.ENTRY))[::-1])
        page = lists.day_page(self.site, day, timeline.entries)
        feed = feeds.make_feed(
            self.site,
            tag=self.site.tag("day", partition.name),
            title=f"{self.site.title}: {page.frame.title}",
            description=page.frame.description,
            stem=stem,
            home_stem=stem,
            timeline=timeline,
        )
        urlset = sitemaps.render_urlset(urlsets.day_urlset(self.site, day, timeline.entries))
        figures = DayFigures(
            count=len(timeline.entries), updated=timeline.updated if timeline.entries else None
        )
        return Edition(
            documents=(
                document(f"{stem}.html", html.render_list(page)),
                document(f"{stem}.md", markdown.render_list_markdown(page)),
                document(f"{stem}.json", json_pages.render_list_json(page)),
                document(f"{stem}.xml", atom.render_atom(feed, self.site.url(f"{stem}.xml")), ATOM),
                document(paths.urlset_path(day), urlset),
            ),
            rollup=calendar.rollup(partition, figures),
        )


@dataclass(frozen=True, slots=True)
class MonthDesk:
    """Composes what a ``MONTH`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, partition: Partition) -> tuple[str, ...]:
        return paths.in_formats(
            paths.month_stem(*_year_and_month(partition)), paths.CALENDAR_FORMATS
        )

    def compose(self, partition: Partition) -> Edition:
        month = calendar.month_figures(self.ledger.scan(partition, keys.ROLLUP))
        page = calendar.month_page(self.site, partition.name, month)
        documents = _calendar_documents(paths.month_stem(*_year_and_month(partition)), page)
        return Edition(documents=documents, rollup=calendar.rollup(partition, month))


@dataclass(frozen=True, slots=True)
class YearDesk:
    """Composes what a ``YEAR`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, partition: Partition) -> tuple[str, ...]:
        return paths.in_formats(paths.year_stem(int(partition.name)), paths.CALENDAR_FORMATS)

    def compose(self, partition: Partition) -> Edition:
        months = calendar.period_figures(self.ledger.scan(partition, keys.ROLLUP))
        page = calendar.year_page(self.site, partition.name, months)
        documents = _calendar_documents(paths.year_stem(int(partition.name)), page)
        year = PeriodFigures(days=calendar.all_days(months.values()))
        return Edition(documents=documents, rollup=calendar.rollup(partition, year))


@dataclass(frozen=True, slots=True)
class CalendarDesk:
    """Composes what ``CALENDAR`` publishes: the page of all years and the sitemap index."""

    site: Site
    ledger: Ledger

    def paths(self, partition: Partition) -> tuple[str, ...]:  # noqa: ARG002  # there is one
        return (*paths.in_formats(paths.NEWS, paths.CALENDAR_FORMATS), paths.SITEMAP)

    def compose(self, partition: Partition) -> Edition:
        years = calendar.period_figures(self.ledger.scan(partition, keys.ROLLUP))
        page = calendar.calendar_page(self.site, years)
        index = sitemaps.render_sitemap_index(urlsets.sitemap_index(self.site, years.values()))
        return Edition((*_calendar_documents(paths.NEWS, page), document(paths.SITEMAP, index)))


def _calendar_documents(stem: str, page: CalendarPage) -> tuple[Document, ...]:
    return (
        document(f"{stem}.html", html.render_calendar(page)),
        document(f"{stem}.md", markdown.render_calendar_markdown(page)),
        document(f"{stem}.json", json_pages.render_calendar_json(page)),
    )


def _year_and_month(partition: Partition) -> tuple[int, int]:
    return int(partition.name[:4]), int(partition.name[5:])
