"""The news desk: the sitemap of what is new (SPEC S4)."""

from dataclasses import dataclass
from itertools import islice, takewhile

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.publication import document
from gazette.models.site import Site
from gazette.ports import Clock, Ledger
from gazette.projections import news
from gazette.projections.segments import live, read_entries
from gazette.renderers import sitemaps


@dataclass(frozen=True, slots=True)
class NewsDesk:
    """Composes the news sitemap from the newest entries of the site, and the hour it is."""

    site: Site
    ledger: Ledger
    clock: Clock

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return (paths.NEWS_SITEMAP,)

    def compose(self, assignment: Assignment) -> Edition:
        oldest = news.oldest_news(self.clock())
        newest_first = self.ledger.newest(assignment.partition, keys.ENTRY)
        records = live(takewhile(lambda record: record.place.sort >= oldest, newest_first))
        urls = news.news_urls(self.site, read_entries(islice(records, news.MAX_NEWS)))
        return Edition((document(paths.NEWS_SITEMAP, sitemaps.render_urlset(urls)),))
