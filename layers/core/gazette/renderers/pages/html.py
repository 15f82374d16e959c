"""Renders pages as HTML5 without script; it knows no paths and no storage."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from sys import getsizeof

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from gazette.models.byte_cache import IdentityCache
from gazette.models.frozen import rfc3339
from gazette.models.identifiers.languages import direction
from gazette.models.kinds import RULES, default_withdrawal_note
from gazette.models.texts import long_date, pattern, text
from gazette.models.views.page import (
    CalendarPage,
    ChangesPage,
    EventPage,
    Link,
    ListedEvent,
    ListPage,
    MovedPage,
    PageFrame,
    RevisionPage,
)
from gazette.projections.markup.body import body_html
from gazette.renderers.pages.diff_layout import newest_first, shown_changes
from gazette.renderers.pages.headings import nest_headings
from gazette.renderers.pages.linked_data import news_article, withdrawn_article
from gazette.renderers.pages.links import other_formats
from gazette.renderers.pages.notices import notice_sentence

_HERE = Path(__file__).parent

# CloudFront sends the same policy; in the page it also protects saved copies (SPEC H3).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https:; "
    # Tools that judge a page fetch robots.txt from within it.
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)

_HOW_TO_SUBSCRIBE = {
    "application/rss+xml": text("subscribe.how.rss"),
    "application/atom+xml": text("subscribe.how.atom"),
    "application/feed+json": text("subscribe.how.json"),
    "text/x-opml": text("subscribe.how.opml"),
}


def render_event(page: EventPage) -> bytes:
    """Render an event, or the notice that it was withdrawn and why (SPEC T5)."""
    name = "withdrawn" if page.revision.is_withdrawn else "event"
    differences = shown_changes(page.differences)
    return _render(name, page.frame, page=page, differences=differences, **_body(page))


def render_revision(page: RevisionPage) -> bytes:
    """Render one revision of an event: its text, its changes and its fingerprint (SPEC V5).

    The current revision has the text of the event's page, so that page is its canonical address.
    """
    frame = page.event.frame
    return _render(
        "revision",
        frame,
        page=page.event,
        version=page,
        canonical=page.current.url if page.is_current else frame.url,
        differences=shown_changes(page.differences),
        **_body(page.event),
    )


def render_moved(page: MovedPage) -> bytes:
    """Render the page at a former address of an event; the new one is canonical (SPEC V6)."""
    return _render("moved", page.frame, page=page)


def render_missing(frame: PageFrame) -> bytes:
    """Render the page for addresses without a document."""
    return _render("missing", frame)


def render_list(page: ListPage) -> bytes:
    return _render("list", page.frame, page=page, groups=_groups(page))


def render_calendar(page: CalendarPage) -> bytes:
    return _render("calendar", page.frame, page=page)


def render_changes(page: ChangesPage) -> bytes:
    """Render what was updated or corrected, newest first, with each note and difference."""
    revisions = [
        (item, Markup(item.content_html or ""))  # noqa: S704 - made of escaped text
        for item in page.revisions
    ]
    return _render("changes", page.frame, page=page, revisions=revisions)


@cache
def stylesheet() -> bytes:
    """Return the stylesheet that all pages share."""
    return (_HERE / "assets" / "gazette.css").read_bytes()


@cache
def icon() -> bytes:
    """Return the icon of all pages. Without one, browsers ask for a file that is not there."""
    return (_HERE / "assets" / "icon.svg").read_bytes()


@cache
def favicon() -> bytes:
    """Return the same icon for those who ask for `/favicon.ico` without reading a page."""
    return (_HERE / "assets" / "favicon.ico").read_bytes()


def _render(name: str, frame: PageFrame, **values: object) -> bytes:
    template = _environment().get_template(f"{name}.html.j2")
    return template.render(frame=frame, **values).encode()


def _body(page: EventPage) -> dict[str, object]:
    """Return the metadata, and the text, which a withdrawn event does not have (SPEC T5)."""
    if page.revision.is_withdrawn or page.document is None:
        return {"linked_data": withdrawn_article(page)}
    safe_html = body_html(page.document.body or "", page.frame.url, page.missing)
    body = Markup(nest_headings(safe_html))  # noqa: S704 - sanitised
    return {"body": body, "linked_data": news_article(page)}


@cache
def _environment() -> Environment:
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
    environment.filters.update(rfc3339=rfc3339, day=long_date, moment=_moment)
    environment.globals.update(
        content_security_policy=CONTENT_SECURITY_POLICY,
        default_withdrawal_note=default_withdrawal_note,
        how_to_subscribe=_how_to_subscribe,
        label_language=_label_language,
        listed_event=_listed_event,
        newest_first=newest_first,
        notice_sentence=notice_sentence,
        other_formats=other_formats,
        rules=RULES,
        text_language=_text_language,
        text=_text_as_html,
    )
    return environment


def _groups(page: ListPage) -> Sequence[tuple[date | None, Sequence[ListedEvent]]]:
    """Group adjacent events of one date; the order stays."""
    if not page.by_date:
        return [(None, page.events)] if page.events else []
    return [(day, list(group)) for day, group in groupby(page.events, lambda event: event.date)]


def _make_listed_event(event: ListedEvent, setting: tuple[int, str]) -> Markup:
    level, language = setting
    speech = _language_attributes(event.language, language)
    template = _environment().get_template("listed_event.html.j2")
    html = template.render(event=event, level=level, speech=speech)
    return Markup(html)  # noqa: S704 - the template escapes


def _memory(event: ListedEvent, html: Markup) -> int:
    """Estimate the bytes that a listed event takes in memory with its HTML."""
    return 2 * getsizeof(html) + 2 * getsizeof(event.summary) + 2_000


# Each new event makes lists that show the same events as before below it.
_LISTED: IdentityCache[ListedEvent, tuple[int, str], Markup] = IdentityCache(
    _make_listed_event, _memory
)


def _listed_event(event: ListedEvent, level: int, frame: PageFrame) -> Markup:
    """Return an event of a list as HTML; ``level`` is that of its heading."""
    return _LISTED(event, (level, frame.language))


def _moment(moment: datetime) -> str:
    return text("date.moment", date=long_date(moment), time=f"{moment:%H:%M}")


def _text_as_html(key: str, **values: object) -> Markup:
    """Return a text of the catalogue as HTML; values are escaped unless they are `Markup`."""
    return escape(pattern(key, values.get("count"))).format(**values)


def _text_language(language: str, frame: PageFrame) -> Markup:
    """Return the attributes of an element in another language than the page."""
    return _language_attributes(language, frame.language)


def _language_attributes(language: str, around: str) -> Markup:
    if language == around:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))


def _label_language(frame: PageFrame) -> Markup:
    """Return the language attribute of the texts of the catalogue, which is English (WCAG 3.1.2).

    They keep the direction of the page, so a heading is on the same side as its list.
    """
    return Markup() if frame.language.split("-")[0] == "en" else Markup(' lang="en"')


def _how_to_subscribe(feed: Link) -> str:
    return _HOW_TO_SUBSCRIBE.get((feed.media_type or "").partition(";")[0], "")
