"""The news sitemap: the events of the last two days (SPEC S4)."""

from dataclasses import dataclass
from itertools import islice, takewhile

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.product import NEWS_SITEMAP_ARTICLES
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import document
from gazette.ports import Clock, Ledger
from gazette.projections.calendar import news_sitemap
from gazette.projections.feeds.segments import live, read_entries
from gazette.renderers import sitemaps
from gazette.services.publish.builder import Builder


@dataclass(frozen=True, slots=True)
class NewsSitemapBuilder(Builder[tuple[Entry, ...]]):
    """Builds the news sitemap from the newest entries of the site and the current hour."""

    site: Site
    ledger: Ledger
    clock: Clock

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (paths.NEWS_SITEMAP,)

    def load(self, task: PublishTask) -> tuple[Entry, ...]:
        oldest = news_sitemap.oldest_news(self.clock())
        newest_first = self.ledger.newest(task.partition, keys.ENTRY)
        news = live(takewhile(lambda item: item.key.sort >= oldest, newest_first))
        return read_entries(islice(news, NEWS_SITEMAP_ARTICLES))

    def build(self, _task: PublishTask, entries: tuple[Entry, ...]) -> BuildResult:
        urls = news_sitemap.news_urls(self.site, entries)
        return BuildResult((document(paths.NEWS_SITEMAP, sitemaps.render_urlset(urls)),))
