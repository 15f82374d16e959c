"""One line of a sitemap."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SitemapUrl:
    """A page or a urlset: its address, its last significant change, the addresses of its images."""

    loc: str
    lastmod: datetime | None
    images: tuple[str, ...] = ()
