"""Makes the entry of an event from the publisher's document."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from gazette.models import paths
from gazette.models.characters import cut_to_bytes, one_line
from gazette.models.contract.document import Attachment, EventDocument, Image, Source
from gazette.models.frozen import rfc3339
from gazette.models.identifiers.media_types import media_type_of
from gazette.models.identifiers.slugs import author_slug, title_slug, topic_slug
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import AttachmentRef, Entry, ImageRef, SourceRef, TopicRef
from gazette.models.limits import (
    MAX_ENTRY_ATTACHMENTS_BYTES,
    MAX_ENTRY_BODY_BYTES,
    MAX_ENTRY_LABELS_BYTES,
    MAX_ENTRY_SOURCES_BYTES,
)
from gazette.projections.history.linked_images import attached_images, leads_to_images
from gazette.projections.markup.body import body_html, first_paragraph

Ref = TypeVar("Ref", AttachmentRef, SourceRef)


def preferred_path(document: EventDocument) -> str:
    """Return the base path that an event gets if no other event has it."""
    return paths.event_path(document.date, title_slug(document.slug or document.title))


class Facts(NamedTuple):
    """The fields of `Entry` that do not come from the document."""

    event_id: str
    number: int
    kind: RevisionKind
    at: datetime
    published: datetime
    updated: datetime
    news_at: datetime | None
    base_path: str
    first_path: str
    predecessor_path: str | None
    sha256: str
    guid: str | None = None


def make_entry(document: EventDocument, facts: Facts) -> Entry:
    """Make the entry of a revision; a body that is too long is left out."""
    body = document.body or ""
    is_short = len(body.encode()) <= MAX_ENTRY_BODY_BYTES
    return Entry(
        **facts._asdict(),
        note=document.revision.note if document.revision else None,
        title=document.title,
        date=document.date,
        topics=topic_refs(document.topics),
        category=category_ref(document.category),
        translations=tuple(dict.fromkeys(document.translations)),
        summary=one_line(document.summary) if document.summary else _derived_summary(body),
        body=body if is_short and body else None,
        has_full_text=is_short,
        language=document.language,
        byline="\n".join(document.bylines) or None,
        author_slugs=tuple(dict.fromkeys(map(author_slug, document.bylines))),
        sources=entry_sources(document.sources),
        attachments=entry_attachments(document.attachments),
        image=image_ref(document.image) if document.image else None,
        leads_to_images=bool(attached_images(document))
        or (is_short and leads_to_images(document, facts.base_path)),
    )


def topic_refs(labels: Sequence[str]) -> tuple[TopicRef, ...]:
    """Return the topics of an event. Very long labels are cut, so that an item can hold them all.

    Only those of an event with many of them: one label is never cut.
    """
    most = MAX_ENTRY_LABELS_BYTES // max(len(labels), 1)
    return tuple(
        TopicRef(slug=topic_slug(label), label=cut_to_bytes(label, most)) for label in labels
    )


def entry_sources(sources: Sequence[Source]) -> tuple[SourceRef, ...]:
    """Return all sources, or the first ones where all would not fit into an item of the ledger."""
    return _that_fit(map(source_ref, sources), MAX_ENTRY_SOURCES_BYTES)


def entry_attachments(attachments: Sequence[Attachment]) -> tuple[AttachmentRef, ...]:
    """Return all attachments, or the first ones where all would not fit."""
    return _that_fit(map(attachment_ref, attachments), MAX_ENTRY_ATTACHMENTS_BYTES)


def attachment_ref(attachment: Attachment) -> AttachmentRef:
    """Return an attachment with its media type, or with the one that its address suggests.

    Of an image of the source bucket only the file itself says how long it is.
    """
    path = paths.image_path(attachment.key) if attachment.key else None
    url = attachment.url or ""
    return AttachmentRef(
        title=attachment.title,
        path=path,
        url=url,
        media_type=attachment.type or media_type_of(path or url),
        length=None if path else attachment.length,
    )


def _that_fit(refs: Iterable[Ref], most: int) -> tuple[Ref, ...]:
    found, left = [], most
    for ref in refs:
        left -= len(ref.model_dump_json().encode())
        if left < 0:
            break
        found.append(ref)
    return tuple(found)


def category_ref(label: str | None) -> TopicRef | None:
    return TopicRef(slug=topic_slug(label), label=label) if label else None


def source_ref(source: Source) -> SourceRef:
    """Return a source with its title, or with its host if it has none."""
    return SourceRef(
        title=source.title or urlsplit(source.url).netloc.removeprefix("www."),
        url=source.url,
        publisher=source.publisher,
        published=_iso(source.published),
    )


def image_ref(image: Image) -> ImageRef:
    return ImageRef(
        path=paths.image_path(image.key) if image.key else None,
        url=image.url,
        alt=image.alt,
        credit=image.credit,
    )


def _iso(moment: date | None) -> str | None:
    if isinstance(moment, datetime):
        return rfc3339(moment)
    return moment.isoformat() if moment else None


def _derived_summary(body: str) -> str:
    # The base address does not matter: the summary has no links.
    return first_paragraph(body_html(body, "https://localhost")) if body else ""
