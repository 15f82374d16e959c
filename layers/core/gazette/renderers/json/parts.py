"""The objects that the JSON pages consist of."""

import json
import re

from gazette.models.frozen import rfc3339
from gazette.models.kinds import RULES
from gazette.models.ledger.entry import Erasure, SourceRef, TopicRef
from gazette.models.views.page import Correction, EventPage, Link, ListedRevision, PageFrame
from gazette.renderers.pages.links import format_of

# JSON allows these control characters, but an event id may hold any of them and terminals obey
# them.
_CONTROL = re.compile(r"[\x7f-\x9f]")


def revision_form(revision: ListedRevision) -> dict[str, object]:
    return {
        "number": revision.number,
        "kind": revision.kind.value,
        "label": RULES[revision.kind].label,
        "at": rfc3339(revision.at),
        "title": revision.title,
        "note": revision.note,
        "url": revision.url,
        "json": revision.record_url,
        "sha256": revision.sha256,
        **erasure_form(revision.erased),
    }


def erasure_form(erased: Erasure | None) -> dict[str, object]:
    """Return why and when a revision was erased; the field is absent for all others."""
    if erased is None:
        return {}
    facts = {"date": erased.on.isoformat(), "reason": erased.reason, "at": rfc3339(erased.at)}
    return {"erased": facts}


def change_form(revision: ListedRevision) -> dict[str, object]:
    return {**revision_form(revision), "current": revision.is_current}


def correction_form(correction: Correction) -> dict[str, object]:
    return {
        "number": correction.number,
        "at": rfc3339(correction.at),
        "note": correction.note,
        "difference": correction.difference_url,
    }


def related_forms(page: EventPage) -> list[dict[str, object]]:
    return [
        {
            "title": event.title,
            "url": event.url,
            "date": event.date.isoformat(),
            "context": [topic.text for topic in event.context],
        }
        for event in page.related
    ]


def history_url(frame: PageFrame) -> str | None:
    urls = (relation.url for relation in frame.relations if relation.rel == "version-history")
    return next(urls, None)


def topic_forms(
    references: tuple[TopicRef, ...], links: tuple[Link, ...]
) -> list[dict[str, object]]:
    return [_topic(*pair) for pair in zip(references, links, strict=True)]


def _topic(reference: TopicRef, link: Link) -> dict[str, object]:
    return {"slug": reference.slug, "label": link.text, "url": link.url}


def category_form(reference: TopicRef | None, link: Link | None) -> dict[str, object] | None:
    return _topic(reference, link) if reference and link else None


def source_form(source: SourceRef) -> dict[str, object]:
    return {
        "title": source.title,
        "url": source.url,
        "publisher": source.publisher,
        "published": source.published,
    }


def format_urls(frame: PageFrame) -> dict[str, object]:
    return {format_of(link): link.url for link in frame.formats}


def write_json(value: dict[str, object]) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    # A whole text is searched faster than translated, and hardly any has one.
    text = _CONTROL.sub(lambda control: f"\\u{ord(control[0]):04x}", text)
    return f"{text}\n".encode()
