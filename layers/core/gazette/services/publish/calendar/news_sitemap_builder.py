"""The news desk: the sitemap of what is new (SPEC S4)."""

from dataclasses import dataclass
from itertools import islice, takewhile

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.product import NEWS_SITEMAP_ARTICLES
from gazette.models.site import Site
from gazette.models.views.site_document import document
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Clock, Ledger
from gazette.projections.calendar import news_sitemap
from gazette.projections.feeds.segments import live, read_entries
from gazette.renderers import sitemaps


@dataclass(frozen=True, slots=True)
class NewsSitemapBuilder:
    """Composes the news sitemap from the newest entries of the site, and the hour it is."""

    site: Site
    ledger: Ledger
    clock: Clock

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (paths.NEWS_SITEMAP,)

    def compose(self, task: PublishTask) -> BuildResult:
        oldest = news_sitemap.oldest_news(self.clock())
        newest_first = self.ledger.newest(task.partition, keys.ENTRY)
        records = live(takewhile(lambda record: record.key.sort >= oldest, newest_first))
        urls = news_sitemap.news_urls(
            self.site, read_entries(islice(records, NEWS_SITEMAP_ARTICLES))
        )
        return BuildResult((document(paths.NEWS_SITEMAP, sitemaps.render_urlset(urls)),))
