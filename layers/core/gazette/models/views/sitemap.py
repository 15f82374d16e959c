"""One line of a sitemap."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """A page for Google News; ``language`` is an ISO 639 code, zh-cn or zh-tw."""

    publication: str
    language: str
    published: datetime
    title: str


@dataclass(frozen=True, slots=True)
class SitemapUrl:
    """A page or a urlset: its address, last significant change and the addresses of its images."""

    loc: str
    lastmod: datetime | None
    images: tuple[str, ...] = ()
    news: NewsArticle | None = None
