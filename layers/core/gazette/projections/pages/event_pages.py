"""The page of an event, and the pages at its former addresses."""

from collections.abc import Iterable
from dataclasses import replace

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.formats import ViewKind
from gazette.models.identifiers.slugs import author_slug
from gazette.models.kinds import RULES
from gazette.models.ledger import partitions
from gazette.models.ledger.entry import AttachmentRef, CorrectionRef, Entry, TopicRef
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.page import (
    NO_CONTEXT,
    Correction,
    EventPage,
    Link,
    ListedRevision,
    MovedPage,
    PageContext,
    PageFrame,
)
from gazette.projections.erasures.erased_words import with_erased_words
from gazette.projections.feeds.event_feeds import feed_image
from gazette.projections.feeds.feed_links import version_links
from gazette.projections.history.entries import attachment_ref, source_ref
from gazette.projections.pages.frames import (
    day_breadcrumb,
    day_link,
    feed_links,
    make_frame,
)
from gazette.projections.pages.text_images import image_addresses, shown_attachments


def event_page(
    site: Site,
    revision: Revision,
    document: EventDocument | None,
    changes: tuple[ListedRevision, ...] = (),
    context: PageContext = NO_CONTEXT,
) -> EventPage:
    """Make the page of an event; ``document`` is None for a withdrawn event.

    Without corrections in the context it shows the newest ones, as a superseded revision does.
    """
    site = site.in_language(revision.entry.language)
    entry = with_erased_words(site.texts, revision.entry)
    revision = revision.model_copy(update={"entry": entry})
    return EventPage(
        frame=_event_frame(site, revision, context),
        tag=site.event_tag(entry.event_id, entry.guid),
        revision=revision,
        day=day_link(site, entry.date),
        topics=tuple(topic_link(site, topic) for topic in entry.topics),
        category=category_link(site, entry.category) if entry.category else None,
        document=document,
        image=feed_image(site, entry.image) if entry.image and not revision.is_withdrawn else None,
        language=entry.language or site.language,
        authors=author_links(site, entry),
        sources=tuple(map(source_ref, document.sources)) if document else (),
        attachments=_attachments(site, entry, document) if document else (),
        changes=changes,
        related=context.related,
        corrections=linked_corrections(
            site,
            context.corrections or entry.corrections,
            shown_here=None if revision.is_withdrawn else revision.number,
        ),
        missing=image_addresses(site, entry.missing_in_text),
    )


def _event_frame(site: Site, revision: Revision, context: PageContext) -> PageFrame:
    entry = revision.entry
    return make_frame(
        site,
        entry.base_path,
        ViewKind.EVENT,
        title=shown_title(site.texts, entry),
        description=entry.note or "" if revision.is_withdrawn else entry.summary or entry.title,
        feeds=_topic_feeds(site, entry),
        breadcrumb=day_breadcrumb(site, entry.date),
        language=entry.language,
        indexed=not revision.is_withdrawn,
        relations=(*version_links(site, entry), *context.translations),
    )


def moved_page(site: Site, revision: Revision, former: str) -> MovedPage:
    """Make the page at a former address of an event, with a link to the current one (SPEC V6)."""
    site = site.in_language(revision.entry.language)
    entry = with_erased_words(site.texts, revision.entry)
    target = Link(shown_title(site.texts, entry), site.url(f"{entry.base_path}.html"))
    frame = make_frame(
        site,
        former,
        ViewKind.MOVED,
        title=shown_title(site.texts, entry),
        description=site.texts("moved.description", url=target.url),
        breadcrumb=day_breadcrumb(site, entry.date),
        language=entry.language,
        indexed=False,
    )
    return MovedPage(frame=frame, target=target, tag=site.event_tag(entry.event_id, entry.guid))


def left_page(site: Site, left: Entry, former: str) -> MovedPage:
    """Make the page at a former address that is not the first one; it leads to the first.

    ``left`` is the revision with which the event left this address. Nothing here changes later: not
    even the title of the event is here.
    """
    site = site.in_language(left.language)
    target = site.url(f"{left.first_path}.html")
    frame = make_frame(
        site,
        former,
        ViewKind.MOVED,
        title=site.texts("moved.heading"),
        description=site.texts("moved.description", url=target),
        breadcrumb=day_breadcrumb(site, left.date),
        indexed=False,
    )
    return MovedPage(
        frame=frame,
        target=Link(target, target),
        tag=site.event_tag(left.event_id, left.guid),
        last_version_url=site.url(f"{left.predecessor_path}.html")
        if left.predecessor_path
        else None,
    )


def alias_page(left: MovedPage) -> MovedPage:
    """Make the page at an alias from that of a former address: no revision was ever there.

    Browsers follow it at once. Search engines do, too, and take the target in its place, which
    they would not if this asked them to leave it out.
    """
    frame = replace(left.frame, indexed=True)
    return replace(left, frame=frame, last_version_url=None, is_followed=True)


def shown_title(texts: Catalogue, entry: Entry) -> str:
    """Return the title as pages and feeds show it."""
    if not RULES[entry.kind].withdraws and not entry.erased:
        return entry.title
    return texts("kind.title", kind=texts(entry.label), title=entry.title)


def _attachments(site: Site, entry: Entry, document: EventDocument) -> tuple[AttachmentRef, ...]:
    attached = map(attachment_ref, document.attachments)
    return shown_attachments(site, attached, entry)


def linked_corrections(
    site: Site, corrections: Iterable[CorrectionRef], shown_here: int | None
) -> tuple[Correction, ...]:
    """Link corrections to what they changed.

    ``shown_here`` is the number of the revision that the page of the event shows; every other one
    has a page of its own.
    """
    return tuple(
        _correction(site, each, is_shown_here=each.number == shown_here) for each in corrections
    )


def _correction(site: Site, correction: CorrectionRef, *, is_shown_here: bool) -> Correction:
    base_path = correction.base_path
    if not is_shown_here:
        base_path = paths.revision_path(base_path, correction.number)
    url = f"{site.url(f'{base_path}.html')}#difference"
    return Correction(correction.number, correction.at, correction.note, url)


def topic_link(site: Site, topic: TopicRef) -> Link:
    return Link(topic.label, _index_url(site, partitions.topic_partition(topic.slug)))


def category_link(site: Site, category: TopicRef) -> Link:
    return Link(category.label, _index_url(site, partitions.category_partition(category.slug)))


def author_links(site: Site, entry: Entry) -> tuple[Link, ...]:
    """Return the links from names to the pages of authors.

    An entry of an older release is on no time line of an author.
    """
    listed = entry.author_slugs if site.brand.authors else ()
    named = ((name, author_slug(name)) for name in entry.authors)
    return tuple(Link(name, author_url(site, slug)) for name, slug in named if slug in listed)


def author_url(site: Site, slug: str) -> str:
    return _index_url(site, partitions.author_partition(slug))


def _index_url(site: Site, timeline: Partition) -> str:
    return site.url(f"{paths.index_path(paths.timeline_folder(timeline))}.html")


def _topic_feeds(site: Site, entry: Entry) -> tuple[Link, ...]:
    if not entry.topics:
        return feed_links(site, paths.SITE_FEED, site.title)
    first = entry.topics[0]
    folder = paths.timeline_folder(partitions.topic_partition(first.slug))
    return feed_links(site, paths.feed_path(folder), first.label)
