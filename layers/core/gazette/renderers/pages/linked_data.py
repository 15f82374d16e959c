"""The JSON-LD blocks of pages, in the words of schema.org (SPEC S7).

An event is a NewsArticle, the home page a WebSite and its NewsMediaOrganization.
"""

from gazette.models.characters import shorten
from gazette.models.frozen import rfc3339
from gazette.models.ledger.entry import AttachmentRef, SourceRef
from gazette.models.product import HEADLINE_CHARACTERS
from gazette.models.views.page import Correction, EventPage, PageFrame
from gazette.projections.pages.event_pages import shown_title

_OF_THE_TEXT = {"image", "citation", "associatedMedia"}


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
        "associatedMedia": [_media_object(attachment) for attachment in page.attachments],
        "correction": [_correction(each) for each in page.corrections],
    }
    return {name: value for name, value in described.items() if value}


def withdrawn_article(page: EventPage) -> dict[str, object]:
    """Describe a withdrawn event: that it is withdrawn, and every correction it had (SPEC V12)."""
    entry = page.revision.entry
    kept = {name: value for name, value in news_article(page).items() if name not in _OF_THE_TEXT}
    return kept | {
        "headline": shorten(shown_title(page.frame.texts, entry), HEADLINE_CHARACTERS),
        "dateModified": rfc3339(entry.changed),
        "creativeWorkStatus": page.frame.texts(entry.label),
    }


def news_site(frame: PageFrame) -> dict[str, object]:
    """Describe the site and who publishes it; an icon stands in for a logo."""
    described: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": frame.site_title,
        "description": frame.description,
        "url": frame.site_url,
        "inLanguage": frame.language,
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": frame.site_title,
            "url": frame.site_url,
            "logo": frame.logo.url if frame.logo else frame.icon_url,
            "correctionsPolicy": frame.corrections_policy_url,
        },
    }
    return described | (_search(frame.search_url) if frame.search_url else {})


def _search(url: str) -> dict[str, object]:
    target = {"@type": "EntryPoint", "urlTemplate": f"{url}?q={{search_term_string}}"}
    action = {"@type": "SearchAction", "target": target}
    return {"potentialAction": action | {"query-input": "required name=search_term_string"}}


def _author(page: EventPage) -> object:
    urls = page.author_urls
    people = [
        {"@type": "Person", "name": name} | ({"url": urls[name]} if name in urls else {})
        for name in page.revision.entry.authors
    ]
    if len(people) > 1:
        return people
    return people[0] if people else _publisher(page)


def _publisher(page: EventPage) -> dict[str, object]:
    frame = page.frame
    publisher: dict[str, object] = {
        "@type": "Organization",
        "name": frame.site_title,
        "url": frame.site_url,
    }
    return publisher | ({"logo": frame.logo.url} if frame.logo else {})


def _citation(source: SourceRef) -> dict[str, object]:
    cited: dict[str, object] = {"@type": "CreativeWork", "name": source.title, "url": source.url}
    if source.publisher:
        cited["publisher"] = {"@type": "Organization", "name": source.publisher}
    if source.published:
        cited["datePublished"] = source.published
    return cited


def _media_object(attachment: AttachmentRef) -> dict[str, object]:
    described: dict[str, object] = {
        "@type": "MediaObject",
        "name": attachment.title,
        "contentUrl": attachment.url,
        "encodingFormat": attachment.media_type,
    }
    if attachment.length is not None:
        described["contentSize"] = f"{attachment.length} B"
    return described


def _correction(correction: Correction) -> dict[str, object]:
    return {
        "@type": "CorrectionComment",
        "text": correction.note,
        "datePublished": rfc3339(correction.at),
    }
