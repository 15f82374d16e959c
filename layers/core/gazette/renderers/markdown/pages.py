"""Renders pages as CommonMark that is easy to read without a renderer."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from gazette.models.branding.zones import in_zone, zoned_rfc3339
from gazette.models.kinds import RevisionKind, default_withdrawal_note
from gazette.models.ledger.entry import SourceRef
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.list_pages import (
    CalendarPage,
    ListedEvent,
    ListPage,
)
from gazette.models.views.page import (
    EventPage,
    Link,
    MovedPage,
    PageFrame,
    RevisionPage,
)
from gazette.renderers.markdown.revisions import (
    changes,
    corrections,
    difference,
    fingerprint,
    notice,
    related,
)
from gazette.renderers.markdown.text import link, plain, quoted, safe_body
from gazette.renderers.pages.links import markdown_address, other_formats

# Corrections are listed, whatever came later.
_NOTES_SHOWN_ELSEWHERE = {RevisionKind.MINOR, RevisionKind.CORRECTION}


def render_event_markdown(page: EventPage) -> bytes:
    """Render an event, or the notice that it was withdrawn and why (SPEC T5)."""
    return _join((_formats(page.frame), *_parts(page), *difference(page), *_history(page)))


def render_revision_markdown(page: RevisionPage) -> bytes:
    """Render one revision of an event: its text, its changes and its fingerprint (SPEC V5)."""
    event = page.event
    return _join(
        (
            _formats(event.frame),
            notice(page),
            *_parts(event),
            *difference(page),
            *_history(event),
            fingerprint(page),
        )
    )


def render_moved_markdown(page: MovedPage) -> bytes:
    text = page.frame.texts
    return _join(
        (
            _formats(page.frame),
            f"# {text('moved.heading')}",
            text("moved.target", target=_page_link(page.target, page.frame)),
            _last_version(page),
        )
    )


def render_list_markdown(page: ListPage) -> bytes:
    return _join(_list(page))


def render_calendar_markdown(page: CalendarPage) -> bytes:
    frame, text = page.frame, page.frame.texts
    periods = (
        f"- {_page_link(period, frame)}{_size(frame.texts, period)}" for period in page.periods
    )
    return _join(
        (
            _formats(frame),
            f"# {plain(frame.title)}",
            text(f"count.{page.unit}{page.suffix}", count=page.count),
            "\n".join(periods),
            _neighbours(frame),
            _subscribe(frame),
        )
    )


def _join(blocks: Iterable[str]) -> bytes:
    return ("\n\n".join(block for block in blocks if block) + "\n").encode()


def _parts(page: EventPage) -> Iterator[str]:
    return _withdrawn(page) if page.revision.is_withdrawn else _event(page)


def _history(page: EventPage) -> Iterator[str]:
    yield changes(page)
    if not page.revision.is_withdrawn:
        yield related(page)


def _event(page: EventPage) -> Iterator[str]:
    entry, text = page.revision.entry, page.frame.texts
    yield f"### {_page_link(page.day, page.frame)}"
    if page.topics:
        yield f"##### {link(page.topics[0].text, page.topics[0].url)}"
    yield f"# {plain(entry.title)}"
    yield _times(page)
    yield corrections(page)
    if entry.note and entry.kind not in _NOTES_SHOWN_ELSEWHERE:
        yield quoted(text(entry.kind.label), entry.note)
    yield _image(page)
    body = page.document.body if page.document else None
    yield plain(page.lead)
    yield safe_body(body or "", page.frame.url, page.missing)
    yield _topics_and_category(page)
    yield _attachments(page)
    yield _sources(page)


def _withdrawn(page: EventPage) -> Iterator[str]:
    entry, text = page.revision.entry, page.frame.texts
    yield f"### {_page_link(page.day, page.frame)}"
    label = text(entry.label)
    yield f"# {label}"
    yield f"**{plain(entry.title)}**"
    if entry.note:
        yield quoted(label, entry.note)
    else:
        yield default_withdrawal_note(text, entry.kind, in_zone(entry.at, page.frame.time_zone))
    yield f"_{_withdrawn_times(page)}_"
    yield corrections(page)


def _withdrawn_times(page: EventPage) -> str:
    entry, text, zone = page.revision.entry, page.frame.texts, page.frame.time_zone
    published = zoned_rfc3339(entry.published, zone)
    if not page.revision.withdraws:
        return text("event.published", time=published)
    label, ended = text(entry.named_kind.label_inside), zoned_rfc3339(entry.at, zone)
    return text("event.published_then_ended", published=published, kind=label, ended=ended)


def _list(page: ListPage) -> Iterator[str]:
    frame, text = page.frame, page.frame.texts
    yield _formats(frame)
    yield f"# {plain(frame.title)}"
    if frame.description != frame.title:
        yield plain(frame.description)
    if page.count is not None:
        yield text("count.event", count=page.count)
    if not page.events:
        yield text("list.empty")
    for day, events in groupby(page.events, lambda event: event.date):
        if page.by_date:
            yield f"### {day.isoformat()}"
        yield "\n".join(_item(position, event, frame) for position, event in enumerate(events, 1))
    yield _neighbours(frame)
    yield _subscribe(frame)


def _formats(frame: PageFrame) -> str:
    text = frame.texts
    links = "  ".join(link(other.text, other.url) for other in other_formats(frame, "md"))
    return f"{text('page.formats')}: {links}" if links else ""


def _page_link(page: Link, frame: PageFrame) -> str:
    return link(page.text, markdown_address(page.url, frame))


def _last_version(page: MovedPage) -> str:
    if page.last_version_url is None:
        return ""
    return _page_link(
        Link(page.frame.texts("moved.last_version"), page.last_version_url), page.frame
    )


def _times(page: EventPage) -> str:
    entry, text, zone = page.revision.entry, page.frame.texts, page.frame.time_zone
    published = zoned_rfc3339(entry.published, zone)
    urls = page.author_urls
    names = (link(name, urls[name]) if name in urls else plain(name) for name in entry.authors)
    if byline := text.joined(names):
        times = text("event.published_by", byline=byline, time=published)
    else:
        times = text("event.published", time=published)
    if entry.updated != entry.published:
        updated = zoned_rfc3339(entry.updated, zone)
        times = text("event.published_then_updated", published=times, time=updated)
    return f"_{times}_"


def _image(page: EventPage) -> str:
    if page.image is None:
        return ""
    credit = f"\n_{plain(page.image.credit)}_" if page.image.credit else ""
    return f"!{link(page.image.alt, page.image.url)}{credit}"


def _topics_and_category(page: EventPage) -> str:
    lines, text = [], page.frame.texts
    if page.topics:
        topics = text.joined(link(topic.text, topic.url) for topic in page.topics)
        lines.append(f"{text('event.topics')}: {topics}")
    if page.category:
        lines.append(f"{text('event.category')}: {link(page.category.text, page.category.url)}")
    return "\n\n".join(lines)


def _attachments(page: EventPage) -> str:
    lines = [f"- {link(attachment.title, attachment.url)}" for attachment in page.attachments]
    listed, text = "\n".join(lines), page.frame.texts
    return f"### {text('event.attachments')}:\n\n{listed}" if listed else ""


def _sources(page: EventPage) -> str:
    text = page.frame.texts
    lines = [_source(text, source) for source in page.sources]
    if page.image:
        lines.append(link(text("event.cover_image"), page.image.url))
    listed = "\n".join(f"{position}. {line}" for position, line in enumerate(lines, 1))
    return f"### {text('event.sources')}:\n\n{listed}" if listed else ""


def _source(text: Catalogue, source: SourceRef) -> str:
    details = [plain(detail) for detail in (source.publisher, source.published) if detail]
    return text.joined([link(source.title, source.url), *details])


def _item(position: int, event: ListedEvent, frame: PageFrame) -> str:
    text = frame.texts
    line = f"{position}. {link(event.title, markdown_address(event.url, frame))}"
    if event.entry.kind is RevisionKind.CORRECTION:
        at = zoned_rfc3339(event.entry.at, frame.time_zone)
        line += f" _{text('event.corrected', time=at)}_"
    if event.topics:
        topics = text.joined(plain(topic.text) for topic in event.topics)
        line += f" _{text('event.topics')}: {topics}_"
    if event.summary and event.summary != event.title:
        line += f"\n   {plain(event.summary)}"
    return line


def _size(text: Catalogue, period: Link) -> str:
    if period.count is None:
        return ""
    count = text.number(period.count)
    return f" ({text('count.number.minimum', count=count) if period.is_minimum else count})"


def _neighbours(frame: PageFrame) -> str:
    text = frame.texts
    links = ((text("page.previous"), frame.previous), (text("page.next"), frame.next))
    return "  ".join(f"{label}: {_page_link(page, frame)}" for label, page in links if page)


def _subscribe(frame: PageFrame) -> str:
    text = frame.texts
    feeds = "\n".join(f"- {link(feed.text, feed.url)}" for feed in frame.feeds)
    return f"### {text('subscribe.heading')}:\n\n{feeds}" if feeds else ""
