"""The news sitemap: events first published within the last two days (SPEC S4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.product import NEWS_AGE
from gazette.models.site import Site
from gazette.models.views.sitemap import NewsArticle, SitemapUrl

_HOURS = timedelta(hours=1)
# The code of ISO 639-2 for languages without a code of two or three letters.
_UNDETERMINED = "und"
_CODE_LETTERS = (2, 3)


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour: documents that depend on time change once an hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def hour_number(moment: datetime) -> int:
    """Return the number of the hour since 1970."""
    return int(hour_of(moment).timestamp() // _HOURS.total_seconds())


def oldest_news(now: datetime) -> str:
    """Return the smallest sort key of an entry that stays news until this hour ends."""
    return keys.entry_sort(hour_of(now) + _HOURS - NEWS_AGE, "")


def news_urls(site: Site, entries: Iterable[Entry]) -> list[SitemapUrl]:
    """List the news; without news list the home page, because no urlset may be empty."""
    news = [_news_url(site, entry) for entry in entries]
    return news or [SitemapUrl(site.url(f"{paths.HOME}.html"), None)]


def news_language(*tags: str | None) -> str:
    """Return the code of the first language that has one, in the form of Google's schema."""
    for tag in filter(None, tags):
        language, *subtags = tag.lower().split("-")
        if language == "zh":
            return "zh-tw" if {"tw", "hk", "mo", "hant"}.intersection(subtags) else "zh-cn"
        if len(language) in _CODE_LETTERS:
            return language
    return _UNDETERMINED


def _news_url(site: Site, entry: Entry) -> SitemapUrl:
    article = NewsArticle(
        publication=site.title,
        language=news_language(entry.language, site.language),
        published=entry.published,
        title=entry.title,
    )
    return SitemapUrl(site.url(f"{entry.base_path}.html"), entry.updated, news=article)
