"""Feeds of events, and the items of these feeds, without a format."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from html import escape

from gazette import __version__
from gazette.models import paths
from gazette.models.branding.static_files import file_path
from gazette.models.byte_cache import IdentityCache
from gazette.models.contract.document import EventDocument
from gazette.models.kinds import default_withdrawal_note
from gazette.models.ledger.entry import (
    AttachmentRef,
    Entry,
    ImageRef,
    RevisionEntry,
    SourceRef,
    TopicRef,
)
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.views.feed import (
    Enclosure,
    Feed,
    FeedImage,
    FeedItem,
    FeedLink,
    FeedTopic,
    SmallImage,
)
from gazette.models.views.page import NO_CONTEXT, PageContext
from gazette.projections.erasures.erased_words import with_erased_words
from gazette.projections.feeds.entry_content import content_html, summary_html
from gazette.projections.feeds.feed_links import alternate_links, history_url, version_links
from gazette.projections.history.entries import attachment_ref, source_ref
from gazette.projections.markup.body import plain_text
from gazette.projections.pages.event_image import with_known_image
from gazette.projections.pages.text_images import shown_attachments

GENERATOR = "Gazette"


def make_feed(  # noqa: PLR0913  # every caller names its feed itself
    site: Site,
    *,
    tag: str,
    title: str,
    description: str,
    base_path: str,
    home_path: str,
    updated: datetime,
    items: tuple[FeedItem, ...],
) -> Feed:
    """Make a feed of these items; ``base_path`` is its path without extension."""
    return Feed(
        icon_url=site.url(file_path(site.brand.icon)) if site.brand.icon else None,
        id=tag,
        title=title,
        description=description,
        home_url=site.url(f"{home_path}.html"),
        address=site.url(base_path),
        language=site.speaks or site.language,
        author=site.author,
        updated=updated,
        generator=GENERATOR,
        generator_version=__version__,
        generator_url=site.url(f"{paths.HOME}.html"),
        about_url=site.url(paths.CONTRACT_SCHEMA),
        hubs=site.hubs,
        items=items,
    )


# Every topic of an event shows the same item, in every batch until the next revision.
_ITEMS: IdentityCache[Entry, Site, FeedItem] = IdentityCache(
    lambda entry, site: feed_item(site, entry), lambda _, item: item.memory
)


def feed_items(site: Site, entries: Iterable[Entry]) -> tuple[FeedItem, ...]:
    """Make the items of live events, or return those made before."""
    return tuple(_ITEMS(entry, site) for entry in entries)


def feed_item(site: Site, entry: Entry, page_path: str | None = None) -> FeedItem:
    """Make the item of a live event, with the full text if the entry has it.

    Links within the page lead to ``page_path``, or to the page of the event.
    """
    site = site.in_language(entry.language)
    url = site.url(f"{page_path or entry.base_path}.html")
    entry = _with_addresses(site, with_known_image(entry))
    image = feed_image(site, entry.image) if entry.image else None
    html = content_html(site, entry, image, url) if entry.has_full_text else None
    summary = summary_html(site.texts, entry, url)
    return FeedItem(
        id=site.event_tag(entry.event_id, entry.guid),
        guid=entry.guid,
        url=url,
        title=entry.title,
        summary=entry.summary or entry.title,
        published=entry.published,
        updated=entry.updated,
        revision=entry.number,
        kind=entry.kind,
        sha256=entry.sha256,
        content_html=html,
        content_text=plain_text(html or summary),
        summary_html=summary,
        note=entry.note,
        language=entry.language,
        author=next(iter(entry.authors), site.author),
        coauthors=entry.authors[1:],
        topics=feed_topics(site, entry),
        sources=tuple(_source_link(source) for source in entry.sources),
        enclosures=tuple(map(_enclosure, entry.attachments)),
        links=(*alternate_links(site, entry), *version_links(site, entry)),
        image=image,
        history_url=history_url(site, entry),
        text_bytes=len((entry.body or "").encode()),
    )


def _with_addresses(site: Site, entry: Entry) -> Entry:
    attached = shown_attachments(site, entry.attachments, entry)
    return entry.model_copy(update={"attachments": attached}) if entry.attachments else entry


def page_item(
    site: Site,
    revision: Revision,
    document: EventDocument | None,
    context: PageContext = NO_CONTEXT,
    page_path: str | None = None,
) -> FeedItem:
    """Make the item of an event's own page, with the full text and related events.

    ``page_path`` as in `feed_item`.
    """
    if document is None:
        item = withdrawn_item(site, revision.entry)
        return replace(item, previous_sha256=revision.previous_sha256)
    # The entry of a time line may leave out a long text and long sources.
    whole = {
        "body": document.body,
        "has_full_text": True,
        "sources": tuple(map(source_ref, document.sources)),
        "attachments": tuple(map(attachment_ref, document.attachments)),
    }
    item = feed_item(site, revision.entry.model_copy(update=whole), page_path)
    related = (
        FeedLink("related", event.url, "text/html", event.title) for event in context.related
    )
    links = (*item.links, *context.translations, *related)
    return replace(item, links=links, previous_sha256=revision.previous_sha256)


def revision_item(site: Site, revision: Revision, document: EventDocument | None) -> FeedItem:
    """Make the item of a superseded revision, with its own id, address and text.

    Its links within the page lead to its own page, which stays as it is.
    """
    entry = revision.entry
    base_path = paths.revision_path(entry.base_path, entry.number)
    item = page_item(site, revision, document, page_path=base_path)
    alternates = item.links and alternate_links(
        site, entry.model_copy(update={"base_path": base_path})
    )
    return replace(
        item,
        id=site.tag("revision", str(entry.number), entry.event_id),
        guid=None,
        url=site.url(f"{base_path}.html"),
        links=(*alternates, *version_links(site, entry, is_superseded=True)),
    )


def withdrawn_item(site: Site, entry: Entry) -> FeedItem:
    """Make the item of a withdrawn event: the same id, and the reason as text (SPEC T4)."""
    texts = site.in_language(entry.language).texts
    entry = with_erased_words(texts, entry)
    note = entry.note or default_withdrawal_note(texts, entry.kind, entry.at)
    return replace(
        note_item(site, entry, note, site.url(f"{entry.base_path}.html")),
        id=site.event_tag(entry.event_id, entry.guid),
        guid=entry.guid,
        published=entry.published,
        updated=entry.changed,
    )


def left_item(site: Site, left: Entry) -> FeedItem:
    """Make the item of an address that an event has left, with the id that the event keeps.

    ``left`` is the revision with which it left; `gazette.projections.pages.event_pages.left_page`.
    """
    texts = site.in_language(left.language).texts
    target = site.url(f"{left.first_path}.html")
    notice = texts("moved.description", url=target)
    return replace(
        note_item(site, left, notice, target),
        id=site.event_tag(left.event_id, left.guid),
        guid=left.guid,
        title=texts("moved.heading"),
        published=left.published,
        updated=max(left.at, left.published),
        note=None,
        language=None,
        author=site.author,
        links=version_links(site, left),
    )


def note_item(site: Site, entry: RevisionEntry, note: str, url: str) -> FeedItem:
    """Make the item of a revision, with a note as its text."""
    texts = site.in_language(entry.language).texts
    return FeedItem(
        id=site.tag("revision", str(entry.number), entry.event_id),
        url=url,
        title=texts("kind.title", kind=texts(entry.label), title=entry.title),
        summary=note,
        published=entry.at,
        updated=entry.at,
        revision=entry.number,
        kind=entry.kind,
        sha256=entry.sha256,
        content_html=f"<p>{escape(note)}</p>",
        content_text=note,
        note=entry.note,
        language=entry.language,
        author=next(iter(entry.authors), site.author),
        coauthors=entry.authors[1:],
    )


def feed_image(site: Site, image: ImageRef) -> FeedImage:
    return FeedImage(
        url=site.url(image.path) if image.path else image.url or "",
        alt=image.alt,
        credit=image.credit,
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        length=image.length,
        thumbnails=tuple(
            SmallImage(site.url(small.path), small.width, small.height)
            for small in image.thumbnails
        ),
    )


def feed_topics(site: Site, entry: RevisionEntry) -> tuple[FeedTopic, ...]:
    """Return the topics and the category of an event."""
    topics = [_feed_topic(site, topic, "topics") for topic in entry.topics]
    categories = [_feed_topic(site, entry.category, "categories")] if entry.category else []
    return (*topics, *categories)


def _feed_topic(site: Site, topic: TopicRef, folder: str) -> FeedTopic:
    return FeedTopic(topic.slug, topic.label, site.url(f"{folder}/"))


def _enclosure(attachment: AttachmentRef) -> Enclosure:
    return Enclosure(attachment.url, attachment.media_type, attachment.title, attachment.length)


def _source_link(source: SourceRef) -> FeedLink:
    return FeedLink("via", source.url, title=source.title)
