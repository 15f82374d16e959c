"""What the news sitemap lists: events first published within two days (SPEC S4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.product import NEWS_AGE
from gazette.models.site import Site
from gazette.models.views.sitemap import NewsArticle, SitemapUrl

_HOURS = timedelta(hours=1)
# What stands for a language without a code of two or three letters (ISO 639-2).
_UNDETERMINED = "und"
_CODE_LETTERS = (2, 3)


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of an hour: documents change with it, and not from second to second."""
    return moment.replace(minute=0, second=0, microsecond=0)


def hour_number(moment: datetime) -> int:
    """Number hours, so that a later one has the greater number."""
    return int(hour_of(moment).timestamp() // _HOURS.total_seconds())


def oldest_news(now: datetime) -> str:
    """Return the least sort key of an entry that is news for the whole of this hour."""
    return keys.entry_sort(hour_of(now) + _HOURS - NEWS_AGE, "")


def news_urls(site: Site, entries: Iterable[Entry]) -> list[SitemapUrl]:
    """List the news, or the home page alone where there are none: no urlset may be empty."""
    news = [_news_url(site, entry) for entry in entries]
    return news or [SitemapUrl(site.url(f"{paths.HOME}.html"), None)]


def news_language(*tags: str | None) -> str:
    """Return the first of these languages that has a code, as Google's schema wants it."""
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
