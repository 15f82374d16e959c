"""Pages as JSON for programs: fixed order of keys, absolute addresses, null for what is absent."""

import json

from gazette.models.entry import SourceRef, TopicRef
from gazette.models.frozen import rfc3339
from gazette.models.page import (
    CalendarPage,
    EventPage,
    Link,
    ListedEvent,
    ListPage,
    MovedPage,
    PageFrame,
)
from gazette.renderers.links import format_of


def render_event_json(page: EventPage) -> bytes:
    """Render an event; of a withdrawn one only its name, its time and the reason (SPEC T5)."""
    entry = page.revision.entry
    content = {} if page.revision.is_withdrawn else _content(page)
    return _written(
        {
            "id": page.tag,
            "url": page.frame.url,
            "status": "withdrawn" if page.revision.is_withdrawn else "published",
            "title": entry.title,
            "date": entry.date.isoformat(),
            "published": rfc3339(entry.published),
            "updated": rfc3339(entry.updated),
            "revision": _revision(page),
            "topics": _topics(entry.topics, page.topics),
            "category": _category(entry.category, page.category),
            "language": page.language,
            **content,
            "formats": _formats(page.frame),
        }
    )


def render_moved_json(page: MovedPage) -> bytes:
    """Render what stays where an event was (SPEC V6)."""
    return _written(
        {
            "id": page.tag,
            "url": page.target.url,
            "status": "moved",
            "title": page.target.text,
            "formats": _formats(page.frame),
        }
    )


def render_list_json(page: ListPage) -> bytes:
    return _written(
        {
            **_frame(page.frame),
            "count": page.count,
            "events": [_listed(event) for event in page.events],
        }
    )


def render_calendar_json(page: CalendarPage) -> bytes:
    periods = [
        {"title": period.text, "url": period.url, "count": period.count} for period in page.periods
    ]
    return _written({**_frame(page.frame), "count": page.count, "periods": periods})


def _written(value: dict[str, object]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _content(page: EventPage) -> dict[str, object]:
    entry = page.revision.entry
    return {
        "byline": entry.byline,
        "summary": entry.summary,
        "body": page.body_markdown,
        "sources": [_source(source) for source in page.all_sources],
        "image": _image(page),
        "extra": page.document_json.get("extra", {}),
    }


def _revision(page: EventPage) -> dict[str, object]:
    entry = page.revision.entry
    return {
        "number": entry.number,
        "kind": entry.kind.value,
        "note": entry.note,
        "at": rfc3339(entry.at),
        "sha256": entry.sha256,
        "previous_sha256": page.revision.previous_sha256,
    }


def _topics(references: tuple[TopicRef, ...], links: tuple[Link, ...]) -> list[dict[str, object]]:
    return [_topic(*pair) for pair in zip(references, links, strict=True)]


def _topic(reference: TopicRef, link: Link) -> dict[str, object]:
    return {"slug": reference.slug, "label": link.text, "url": link.url}


def _category(reference: TopicRef | None, link: Link | None) -> dict[str, object] | None:
    return _topic(reference, link) if reference and link else None


def _source(source: SourceRef) -> dict[str, object]:
    return {
        "title": source.title,
        "url": source.url,
        "publisher": source.publisher,
        "published": source.published,
    }


def _image(page: EventPage) -> dict[str, object] | None:
    image = page.image
    if image is None:
        return None
    return {
        "url": image.url,
        "alt": image.alt,
        "credit": image.credit,
        "media_type": image.media_type,
        "width": image.width,
        "height": image.height,
    }


def _formats(frame: PageFrame) -> dict[str, object]:
    return {format_of(link): link.url for link in frame.formats}


def _frame(frame: PageFrame) -> dict[str, object]:
    return {
        "url": frame.url,
        "title": frame.title,
        "description": frame.description,
        "language": frame.language,
        "formats": _formats(frame),
        "feeds": [
            {"title": feed.text, "url": feed.url, "type": feed.media_type} for feed in frame.feeds
        ],
        "previous": _address(frame.previous),
        "next": _address(frame.next),
    }


def _address(link: Link | None) -> str | None:
    return link.url if link else None


def _listed(event: ListedEvent) -> dict[str, object]:
    entry = event.entry
    return {
        "id": event.tag,
        "url": event.url,
        "title": event.title,
        "date": event.date.isoformat(),
        "published": rfc3339(event.published),
        "updated": rfc3339(event.updated),
        "revision": {"number": entry.number, "kind": entry.kind.value},
        "topics": _topics(entry.topics, event.topics),
        "category": _category(entry.category, event.category),
        "summary": event.summary,
        "language": event.language,
    }
