"""One line of a sitemap."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """What Google News is told of a page; ``language`` is a code of ISO 639, zh-cn or zh-tw."""

    publication: str
    language: str
    published: datetime
    title: str


@dataclass(frozen=True, slots=True)
class SitemapUrl:
    """A page or a urlset: its address, its last significant change, the addresses of its images."""

    loc: str
    lastmod: datetime | None
    images: tuple[str, ...] = ()
    news: NewsArticle | None = None
