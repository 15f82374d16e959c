"""Pages as JSON: keys in a fixed order, absolute addresses, null for absent values."""

from gazette.models.contract.document import EventDocument
from gazette.models.frozen import rfc3339
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import AttachmentRef
from gazette.models.views.list_pages import (
    CalendarPage,
    ListedEvent,
    ListPage,
)
from gazette.models.views.page import (
    EventPage,
    HistoryPage,
    Link,
    MovedPage,
    PageFrame,
    RecordPage,
)
from gazette.renderers.json.parts import (
    category_form,
    change_form,
    correction_form,
    erasure_form,
    format_urls,
    history_url,
    related_forms,
    revision_form,
    source_form,
    topic_forms,
    write_json,
)
from gazette.renderers.markdown.text import safe_body
from gazette.renderers.pages.diff_layout import newest_first


def render_event_json(page: EventPage) -> bytes:
    """Render an event; a withdrawn one has no text (SPEC T5), but its corrections (V12)."""
    entry = page.revision.entry
    document = None if page.revision.is_withdrawn else page.document
    return write_json(
        {
            "id": page.tag,
            "url": page.frame.url,
            "status": _status(page),
            "title": entry.title,
            "date": entry.date.isoformat(),
            "published": rfc3339(entry.published),
            "updated": rfc3339(entry.changed),
            "revision": _revision(page),
            **erasure_form(entry.erased),
            **_listing(page),
            "language": page.language,
            **(_content(page, document) if document else {}),
            "corrections": [correction_form(each) for each in page.corrections],
            "changes": [change_form(change) for change in newest_first(page.changes)],
            **({"related": related_forms(page)} if document else {}),
            "history": history_url(page.frame),
            "formats": format_urls(page.frame),
        }
    )


def render_record_json(page: RecordPage) -> bytes:
    """Render the record of a revision and the links back along its history (SPEC V5).

    ``sha256`` is the hash of the canonical form (RFC 8785) of ``record``. The record of an erased
    revision has no document, so the date of publication and the topics follow it.
    """
    return write_json(
        {
            "sha256": page.revision.entry.sha256,
            "record": page.record,
            **_erased(page),
            "links": {
                "self": page.url,
                "current": page.current_url,
                "history": page.history_url,
                "predecessor": page.predecessor_url,
            },
        }
    )


def render_history_json(page: HistoryPage) -> bytes:
    """Render the revisions, oldest first, each with the hash of the one before it.

    ``previous`` leads to the part before, and ``current`` from a full part to the newest one.
    """
    oldest_first = newest_first(page.revisions)[::-1]
    previous_hashes = (page.previous_sha256, *(revision.sha256 for revision in oldest_first))
    return write_json(
        {
            "id": page.tag,
            "event": page.event_id,
            "title": page.title,
            "url": page.url,
            **({"current": page.current_url} if page.current_url else {}),
            **({"previous": page.previous_url} if page.previous_url else {}),
            "revisions": [
                {**revision_form(revision), "previous_sha256": previous}
                for revision, previous in zip(oldest_first, previous_hashes, strict=False)
            ],
        }
    )


def render_moved_json(page: MovedPage) -> bytes:
    """Render the document at a former address of an event (SPEC V6)."""
    return write_json(
        {
            "id": page.tag,
            "url": page.target.url,
            "status": "moved",
            "title": page.frame.title,
            **({"last_version": page.last_version_url} if page.last_version_url else {}),
            "formats": format_urls(page.frame),
        }
    )


def render_list_json(page: ListPage) -> bytes:
    return write_json(_list(page))


def render_home_json(page: ListPage) -> bytes:
    """Render the home with the brand of the site: what differs from the defaults, if anything."""
    brand = page.brand.own_settings()
    return write_json(_list(page) | ({"brand": brand} if brand else {}))


def _list(page: ListPage) -> dict[str, object]:
    return {
        **_frame(page.frame),
        "count": page.count,
        "events": [_listed(event) for event in page.events],
    }


def render_calendar_json(page: CalendarPage) -> bytes:
    periods = [
        {"title": period.text, "url": period.url, **_counted(period)} for period in page.periods
    ]
    return write_json({**_frame(page.frame), **_counted(page), "periods": periods})


def _counted(counted: CalendarPage | Link) -> dict[str, object]:
    minimum = {"count_is_minimum": True} if counted.is_minimum else {}
    return {"count": counted.count, **minimum}


def _listing(page: EventPage | RecordPage) -> dict[str, object]:
    entry = page.revision.entry
    return {
        "topics": topic_forms(entry.topics, page.topics),
        "category": category_form(entry.category, page.category),
    }


def _erased(page: RecordPage) -> dict[str, object]:
    entry = page.revision.entry
    if entry.erased is None:
        return {}
    published = rfc3339(entry.published)
    authors = {"authors": [one.text for one in page.authors]} if page.authors else {}
    return {**erasure_form(entry.erased), "published": published, **_listing(page), **authors}


def _status(page: EventPage) -> str:
    if not page.revision.is_withdrawn:
        return "published"
    return "expired" if page.revision.entry.kind is RevisionKind.EXPIRED else "withdrawn"


def _content(page: EventPage, document: EventDocument) -> dict[str, object]:
    entry = page.revision.entry
    return {
        "byline": entry.byline_text,
        **({"authors": [_author(one) for one in page.authors]} if page.authors else {}),
        "summary": entry.summary,
        "body": _body(page, document),
        "sources": [source_form(source) for source in page.sources],
        "attachments": [_attachment(attachment) for attachment in page.attachments],
        "image": _image(page),
        "extra": document.model_extra or {},
    }


def _author(author: Link) -> dict[str, str]:
    return {"name": author.text, "url": author.url}


def _body(page: EventPage, document: EventDocument) -> str:
    """Return the text as it was written, unless it leads to an image that is not there."""
    body = document.body or ""
    return safe_body(body, page.frame.url, page.missing) if page.missing else body


def _attachment(attachment: AttachmentRef) -> dict[str, object]:
    return {
        "title": attachment.title,
        "url": attachment.url,
        "type": attachment.media_type,
        "length": attachment.length,
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
        "length": image.length,
        "thumbnails": [small._asdict() for small in image.thumbnails],
    }


def _frame(frame: PageFrame) -> dict[str, object]:
    return {
        "url": frame.url,
        "title": frame.title,
        "description": frame.description,
        "language": frame.language,
        "formats": format_urls(frame),
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
        "topics": topic_forms(entry.topics, event.topics),
        "category": category_form(entry.category, event.category),
        "summary": event.summary,
        "language": event.language,
    }
