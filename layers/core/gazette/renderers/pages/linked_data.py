"""An event as a NewsArticle of schema.org, for the JSON-LD block of its page (SPEC S7)."""

from gazette.models.frozen import rfc3339
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import Entry, SourceRef
from gazette.models.product import HEADLINE_CHARACTERS
from gazette.models.text import shorten
from gazette.models.views.page import EventPage


def news_article(page: EventPage) -> dict[str, object]:
    """Describe the newest revision; absent fields are left out."""
    entry = page.revision.entry
    described: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": page.tag,
        "headline": shorten(entry.title, HEADLINE_CHARACTERS),
        "description": page.frame.description,
        "url": page.frame.url,
        "mainEntityOfPage": page.frame.url,
        "inLanguage": page.language,
        "datePublished": rfc3339(entry.published),
        "dateModified": rfc3339(entry.updated),
        "author": _author(page),
        "publisher": _publisher(page),
        "image": page.image.url if page.image else None,
        "articleSection": page.category.text if page.category else None,
        "keywords": [topic.text for topic in page.topics],
        "citation": [_citation(source) for source in page.sources],
        "correction": _correction(entry),
    }
    return {name: value for name, value in described.items() if value}


def _author(page: EventPage) -> dict[str, object]:
    byline = page.revision.entry.byline
    return {"@type": "Person", "name": byline} if byline else _publisher(page)


def _publisher(page: EventPage) -> dict[str, object]:
    frame = page.frame
    return {"@type": "Organization", "name": frame.site_title, "url": frame.site_url}


def _citation(source: SourceRef) -> dict[str, object]:
    cited: dict[str, object] = {"@type": "CreativeWork", "name": source.title, "url": source.url}
    if source.publisher:
        cited["publisher"] = {"@type": "Organization", "name": source.publisher}
    if source.published:
        cited["datePublished"] = source.published
    return cited


def _correction(entry: Entry) -> dict[str, object] | None:
    if entry.kind is not RevisionKind.CORRECTION:
        return None
    return {
        "@type": "CorrectionComment",
        "text": entry.note,
        "datePublished": rfc3339(entry.at),
    }
