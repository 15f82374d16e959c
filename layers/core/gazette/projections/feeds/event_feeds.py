"""Feeds of events, and the items of these feeds, without a format."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape

from gazette import __version__
from gazette.models import paths
from gazette.models.byte_cache import IdentityCache
from gazette.models.contract.document import EventDocument
from gazette.models.formats import ViewKind
from gazette.models.kinds import default_withdrawal_note
from gazette.models.ledger.entry import Entry, ImageRef, RevisionEntry, SourceRef, TopicRef
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.texts import text
from gazette.models.views.feed import Feed, FeedImage, FeedItem, FeedLink, FeedTopic, SmallImage
from gazette.models.views.page import NO_CONTEXT, PageContext
from gazette.projections.history.entries import source_ref
from gazette.projections.markup.body import body_html, plain_text

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
        id=tag,
        title=title,
        description=description,
        home_url=site.url(f"{home_path}.html"),
        address=site.url(base_path),
        language=site.language,
        author=site.author,
        updated=updated,
        generator=GENERATOR,
        generator_version=__version__,
        generator_url=site.url(f"{paths.HOME}.html"),
        about_url=site.url(paths.CONTRACT_SCHEMA),
        max_age=site.max_age,
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


def feed_item(site: Site, entry: Entry) -> FeedItem:
    """Make the item of a live event, with the full text if the entry has it."""
    url = site.url(f"{entry.base_path}.html")
    html = content_html(entry, url)
    return FeedItem(
        id=site.event_tag(entry.event_id),
        url=url,
        title=entry.title,
        summary=entry.summary or entry.title,
        published=entry.published,
        updated=entry.updated,
        revision=entry.number,
        kind=entry.kind,
        sha256=entry.sha256,
        content_html=html,
        content_text=plain_text(html) if html else entry.summary,
        note=entry.note,
        language=entry.language,
        author=entry.byline or site.author,
        topics=feed_topics(site, entry),
        sources=tuple(_source_link(source) for source in entry.sources),
        links=(*_alternates(site, entry), *version_links(site, entry)),
        image=feed_image(site, entry.image) if entry.image else None,
        history_url=site.url(paths.history_path(entry.first_path)),
    )


def page_item(
    site: Site,
    revision: Revision,
    document: EventDocument | None,
    context: PageContext = NO_CONTEXT,
) -> FeedItem:
    """Make the item of an event's own page, with the full text and related events."""
    if document is None:
        return withdrawn_item(site, revision.entry)
    # The entry of a time line may leave out a long text and long sources.
    whole = {
        "body": document.body,
        "has_full_text": True,
        "sources": tuple(map(source_ref, document.sources)),
    }
    item = feed_item(site, revision.entry.model_copy(update=whole))
    related = (
        FeedLink("related", event.url, "text/html", event.title) for event in context.related
    )
    return replace(item, links=(*item.links, *context.translations, *related))


def revision_item(site: Site, revision: Revision, document: EventDocument | None) -> FeedItem:
    """Make the item of one revision, with its own id, its own address and its own text."""
    entry = revision.entry
    base_path = paths.revision_path(entry.base_path, entry.number)
    item = page_item(site, revision, document)
    alternates = item.links and _alternates(site, entry.model_copy(update={"base_path": base_path}))
    return replace(
        item,
        id=site.tag("revision", str(entry.number), entry.event_id),
        url=site.url(f"{base_path}.html"),
        links=(*alternates, *version_links(site, entry)),
    )


def withdrawn_item(site: Site, entry: Entry) -> FeedItem:
    """Make the item of a withdrawn event: the same id, and the reason as text (SPEC T4)."""
    return replace(
        note_item(site, entry, entry.note or default_withdrawal_note(entry.kind, entry.at)),
        id=site.event_tag(entry.event_id),
        url=site.url(f"{entry.base_path}.html"),
        published=entry.published,
        updated=entry.changed,
    )


def left_item(site: Site, left: Entry) -> FeedItem:
    """Make the item of an address that an event has left, with the id that the event keeps.

    ``left`` is the revision with which it left; `gazette.projections.pages.event_pages.left_page`.
    """
    target = site.url(f"{left.first_path}.html")
    notice = text("moved.description", url=target)
    return replace(
        note_item(site, left, notice),
        id=site.event_tag(left.event_id),
        url=target,
        title=text("moved.heading"),
        published=left.published,
        updated=max(left.at, left.published),
        note=None,
        language=None,
        author=site.author,
        links=version_links(site, left),
    )


def note_item(site: Site, entry: RevisionEntry, note: str) -> FeedItem:
    """Make the item of a revision at its permanent address, with a note as its text."""
    return FeedItem(
        id=site.tag("revision", str(entry.number), entry.event_id),
        url=site.url(f"{paths.revision_path(entry.base_path, entry.number)}.html"),
        title=text("kind.title", kind=entry.label, title=entry.title),
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
        author=entry.byline or site.author,
    )


def content_html(entry: Entry, url: str) -> str | None:
    """Return the full text as safe HTML, or None if the entry does not have it."""
    if not entry.has_full_text:
        return None
    return (
        body_html(entry.body, url)
        if entry.body
        else f"<p>{escape(entry.summary or entry.title)}</p>"
    )


def feed_image(site: Site, image: ImageRef) -> FeedImage:
    return FeedImage(
        url=site.url(image.path) if image.path else image.url or "",
        alt=image.alt,
        credit=image.credit,
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        thumbnails=tuple(
            SmallImage(site.url(small.path), small.width, small.height)
            for small in image.thumbnails
        ),
    )


def version_links(site: Site, entry: RevisionEntry) -> tuple[FeedLink, ...]:
    """Return the links from a revision to its history (RFC 5829, SPEC A7)."""
    history = site.url(paths.history_path(entry.first_path))
    entries = site.url(paths.history_path(entry.first_path, "atom"))
    links = [
        FeedLink("version-history", history, "application/json"),
        FeedLink("version-history", entries, "application/atom+xml"),
    ]
    if entry.predecessor_path:
        predecessor = site.url(f"{entry.predecessor_path}.html")
        links.append(FeedLink("predecessor-version", predecessor, "text/html"))
    return tuple(links)


def translation_links(site: Site, entry: Entry, others: Sequence[Entry]) -> tuple[FeedLink, ...]:
    """Return the links to an event in all its languages, its own included."""
    if not others:
        return ()
    return tuple(
        FeedLink(
            "alternate",
            site.url(f"{other.base_path}.html"),
            "text/html",
            other.title,
            other.language or site.language,
        )
        for other in (entry, *others)
    )


def _alternates(site: Site, entry: Entry) -> tuple[FeedLink, ...]:
    formats = sorted(site.formats_of(ViewKind.EVENT), key=lambda format_: format_.extension)
    return tuple(
        FeedLink(
            "alternate",
            site.url(f"{entry.base_path}.{format_.extension}"),
            format_.media_type,
            format_.entry_title,
        )
        for format_ in formats
        if format_.entry_title
    )


def feed_topics(site: Site, entry: RevisionEntry) -> tuple[FeedTopic, ...]:
    """Return the topics and the category of an event."""
    topics = [_feed_topic(site, topic, "topics") for topic in entry.topics]
    categories = [_feed_topic(site, entry.category, "categories")] if entry.category else []
    return (*topics, *categories)


def _feed_topic(site: Site, topic: TopicRef, folder: str) -> FeedTopic:
    return FeedTopic(topic.slug, topic.label, site.url(f"{folder}/"))


def _source_link(source: SourceRef) -> FeedLink:
    return FeedLink("via", source.url, title=source.title)
