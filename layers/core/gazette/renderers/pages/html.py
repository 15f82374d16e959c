"""Renders pages as HTML5; it knows no paths and no storage."""

from datetime import datetime
from functools import cache, partial
from pathlib import Path
from sys import getsizeof
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from gazette.models.branding.zones import in_zone
from gazette.models.byte_cache import IdentityCache
from gazette.models.frozen import rfc3339
from gazette.models.kinds import RevisionKind, default_withdrawal_note
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.list_pages import (
    CalendarPage,
    ChangesPage,
    ListedEvent,
    ListPage,
    SearchPage,
)
from gazette.models.views.page import (
    EventPage,
    Link,
    MovedPage,
    PageFrame,
    RevisionPage,
)
from gazette.projections.markup.body import body_html
from gazette.renderers.pages.diff_layout import is_short, newest_first, shown_changes
from gazette.renderers.pages.headings import nest_headings
from gazette.renderers.pages.languages import (
    label_language,
    language_attributes,
    link_language,
    name_language,
    text_language,
)
from gazette.renderers.pages.linked_data import news_article, news_site, withdrawn_article
from gazette.renderers.pages.links import other_formats
from gazette.renderers.pages.notices import notice_sentence
from gazette.renderers.pages.shown_text import (
    headline_size,
    host,
    iso_day,
    short_feeds,
    shown_day,
    shown_moment,
    source_time,
)
from gazette.renderers.pages.stories import home_stories, stories

_HERE = Path(__file__).parent

# CloudFront sends the same policy; in the page it also protects saved copies (SPEC H3).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' https:; "
    # Tools that judge a page fetch robots.txt from within it.
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)

# The only page with a script: one of ours, from a file.
SEARCH_SECURITY_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"

_HOW_TO_SUBSCRIBE = {
    "application/rss+xml": "subscribe.how.rss",
    "application/atom+xml": "subscribe.how.atom",
    "application/feed+json": "subscribe.how.json",
    "text/x-opml": "subscribe.how.opml",
}


def render_event(page: EventPage) -> bytes:
    """Render an event, or the notice that it was withdrawn and why (SPEC T5)."""
    name = "withdrawn" if page.revision.is_withdrawn else "event"
    differences = shown_changes(page.frame.texts, page.differences)
    return _render(
        name,
        page.frame,
        page=page,
        differences=differences,
        is_incomparable=page.is_incomparable,
        **_body(page),
    )


def render_revision(page: RevisionPage) -> bytes:
    """Render a superseded revision: its text, its changes and its fingerprint (SPEC V5)."""
    frame = page.event.frame
    return _render(
        "revision",
        frame,
        page=page.event,
        version=page,
        differences=shown_changes(frame.texts, page.differences),
        is_incomparable=page.is_incomparable,
        **_body(page.event),
    )


def render_moved(page: MovedPage) -> bytes:
    """Render the page at a former address of an event; the new one is canonical (SPEC V6)."""
    return _render("moved", page.frame, page=page)


def render_missing(frame: PageFrame) -> bytes:
    """Render the page for addresses without a document."""
    return _render("missing", frame)


def render_list(page: ListPage) -> bytes:
    return _render("list", page.frame, page=page, groups=stories(page))


def render_home(page: ListPage) -> bytes:
    """Render the first page of the site: a lead story, what is new, what was corrected."""
    described = news_site(page.frame)
    return _render("home", page.frame, page=page, stories=home_stories(page), linked_data=described)


def render_calendar(page: CalendarPage) -> bytes:
    return _render("calendar", page.frame, page=page)


def render_changes(page: ChangesPage) -> bytes:
    """Render what was updated or corrected, newest first, with each note and difference."""
    revisions = [
        (item, Markup(item.content_html or ""))  # noqa: S704 - made of escaped text
        for item in page.revisions
    ]
    return _render("changes", page.frame, page=page, revisions=revisions)


def render_search(page: SearchPage) -> bytes:
    """Render the page from which readers search; without its script it leads to all events."""
    policy = SEARCH_SECURITY_POLICY
    return _render("search", page.frame, page=page, content_security_policy=policy)


def _render(name: str, frame: PageFrame, **values: object) -> bytes:
    template = _environment(frame.time_zone).get_template(f"{name}.html.j2")
    own = _own_words(frame.texts)
    return template.render(frame=frame, **own, **values).encode()


def _own_words(texts: Catalogue) -> dict[str, object]:
    """Return what templates and their macros write the site's own words with."""
    return {"texts": texts, "text": partial(_text_as_html, texts)}


def _body(page: EventPage) -> dict[str, object]:
    """Return the metadata, and the text, which a withdrawn event does not have (SPEC T5)."""
    if page.revision.is_withdrawn or page.document is None:
        return {"linked_data": withdrawn_article(page)}
    safe_html = body_html(page.document.body or "", page.frame.url, page.missing)
    body = Markup(nest_headings(safe_html))  # noqa: S704 - sanitised
    return {"body": body, "linked_data": news_article(page)}


@cache
def _environment(zone: str) -> Environment:
    """Return the templates of a site that shows times in a zone."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters.update(rfc3339=rfc3339, host=host, iso_day=partial(iso_day, zone=zone))
    environment.globals.update(
        content_security_policy=CONTENT_SECURITY_POLICY,
        default_withdrawal_note=partial(_withdrawal_note, zone),
        headline_size=headline_size,
        how_to_subscribe=_how_to_subscribe,
        is_short=is_short,
        label_language=label_language,
        link_language=link_language,
        name_language=name_language,
        listed_event=_listed_event,
        newest_first=newest_first,
        notice_sentence=notice_sentence,
        other_formats=other_formats,
        short_feeds=short_feeds,
        shown_day=partial(shown_day, zone=zone),
        shown_moment=partial(shown_moment, zone=zone),
        source_time=partial(source_time, zone=zone),
        text_language=text_language,
    )
    return environment


class _Setting(NamedTuple):
    """Where an event is listed: its heading's level, the language around it, the page's address.

    The address is left out where the event has no link to that page. ``texts`` are the page's.
    """

    level: int
    language: str
    texts: Catalogue
    is_brief: bool
    own: str
    zone: str


def _make_listed_event(event: ListedEvent, setting: _Setting) -> Markup:
    speech = language_attributes(event.language, setting.language)
    template = _environment(setting.zone).get_template("listed_event.html.j2")
    own = _own_words(setting.texts)
    html = template.render(event=event, speech=speech, **setting._asdict() | own)
    return Markup(html)  # noqa: S704 - the template escapes


def _memory(event: ListedEvent, html: Markup) -> int:
    """Estimate the bytes that a listed event takes in memory with its HTML."""
    return 2 * getsizeof(html) + 2 * getsizeof(event.summary) + 2_000


# Each new event makes lists that show the same events as before below it.
_LISTED: IdentityCache[ListedEvent, _Setting, Markup] = IdentityCache(_make_listed_event, _memory)


def _listed_event(event: ListedEvent, level: int, frame: PageFrame, *, is_brief: bool) -> Markup:
    """Return an event of a list as HTML; ``level`` is that of its heading."""
    links = {link.url for link in (*event.topics, event.category) if link}
    own = frame.url if frame.url in links and not is_brief else ""
    setting = _Setting(level, frame.language, frame.texts, is_brief, own, frame.time_zone)
    return _LISTED(event, setting)


def _withdrawal_note(zone: str, texts: Catalogue, kind: RevisionKind, at: datetime) -> str:
    return default_withdrawal_note(texts, kind, in_zone(at, zone))


def _text_as_html(texts: Catalogue, key: str, **values: object) -> Markup:
    """Return a text of the catalogue as HTML; values are escaped unless they are `Markup`."""
    return escape(texts.pattern(key, values.get("count"))).format(**texts.shown(values))


def _how_to_subscribe(feed: Link) -> str:
    return _HOW_TO_SUBSCRIBE.get((feed.media_type or "").partition(";")[0], "")
