"""The history of an event: its changes, its history, and the records and pages of revisions."""

from collections.abc import Sequence
from dataclasses import replace

from gazette.models import paths
from gazette.models.contract.canonical import document_form
from gazette.models.contract.document import EventDocument
from gazette.models.formats import ViewKind
from gazette.models.frozen import rfc3339
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.views.feed import FeedLink
from gazette.models.views.page import (
    EventPage,
    HistoryPage,
    Link,
    ListedRevision,
    PageFrame,
    RecordPage,
    RevisionPage,
)
from gazette.projections.diff.fields import differences
from gazette.projections.erasures.erased_words import with_erased_words
from gazette.projections.feeds.feed_links import (
    event_url,
    history_url,
    record_url,
    revision_address,
    revision_url,
    version_links,
)
from gazette.projections.items.long_histories import HistoryPart
from gazette.projections.pages.event_pages import (
    author_url,
    category_link,
    event_page,
    linked_corrections,
    shown_title,
    topic_link,
)
from gazette.projections.pages.frames import format_links, make_frame


def listed_revisions(
    site: Site, revisions: Sequence[Revision], *, has_current: bool = True
) -> tuple[ListedRevision, ...]:
    """List revisions, oldest first; the last one is current, unless all are superseded."""
    current = revisions[-1] if has_current else None
    return tuple(
        _listed_revision(site, revision, is_current=revision is current) for revision in revisions
    )


def _listed_revision(site: Site, revision: Revision, *, is_current: bool) -> ListedRevision:
    entry = with_erased_words(site.texts, revision.entry)
    return ListedRevision(
        number=revision.number,
        kind=entry.kind,
        at=entry.at,
        title=entry.title,
        url=revision_address(site, revision, is_current=is_current),
        record_url=record_url(site, revision),
        sha256=entry.sha256,
        note=entry.note,
        is_current=is_current,
        erased=entry.erased,
    )


def history_page(site: Site, part: HistoryPart) -> HistoryPage:
    """Make a part of the history of an event, with the address of every revision."""
    # Programs read it, and compare its English words.
    site = site.in_language("en")
    entry, revisions = part.last.entry, part.revisions
    chain = listed_revisions(site, revisions, has_current=not part.is_archived)
    previous, current = part.previous_base_path, part.current_base_path
    return HistoryPage(
        tag=site.event_tag(entry.event_id, entry.guid),
        event_id=entry.event_id,
        title=shown_title(site.texts, entry),
        url=site.url(f"{part.event_base_path}.html"),
        revisions=chain,
        previous_sha256=part.older.entry.sha256 if part.older else None,
        previous_url=site.url(f"{previous}.json") if previous else None,
        current_url=site.url(f"{current}.json") if part.is_archived else None,
    )


def record_page(
    site: Site, revision: Revision, document: EventDocument | None, predecessor: Revision | None
) -> RecordPage:
    """Make the record of a revision, which proves its hash; ``document`` is None if erased.

    It is made once. So it knows nothing of later revisions, and that of the first revision nothing
    of a history.
    """
    # Programs read it.
    site = site.in_language("en")
    entry = revision.entry
    return RecordPage(
        revision=revision,
        url=record_url(site, revision),
        record=_record(revision, document),
        topics=tuple(topic_link(site, topic) for topic in entry.topics),
        category=category_link(site, entry.category) if entry.category else None,
        current_url=event_url(site, revision),
        history_url=history_url(site, entry),
        predecessor_url=revision_url(site, predecessor) if predecessor else None,
        authors=tuple(
            Link(slug, author_url(site, slug)) for slug in entry.author_slugs if site.brand.authors
        ),
    )


def _record(revision: Revision, document: EventDocument | None) -> dict[str, object]:
    """Return what a revision's hash was computed from, in the form of `event_history`."""
    entry = revision.entry
    return {
        "id": entry.event_id,
        "number": entry.number,
        "kind": str(entry.kind),
        "at": rfc3339(entry.at),
        "previous": revision.previous_sha256,
        **({"document": document_form(document)} if document else {}),
    }


def revision_page(
    site: Site,
    revision: Revision,
    predecessor: Revision | None,
    published: EventDocument | None,
    before: EventDocument | None,
) -> RevisionPage:
    """Make the page of a superseded revision, with its changes.

    ``published`` is what it published, None if it withdrew the event; ``before`` what was published
    before it.
    """
    site = site.in_language(revision.entry.language)
    entry = with_erased_words(site.texts, revision.entry)
    revision = revision.model_copy(update={"entry": entry})
    page = event_page(site, revision, published)
    own = revision_url(site, revision)
    return RevisionPage(
        event=replace(
            page,
            frame=_revision_frame(site, revision, page.frame),
            corrections=linked_corrections(site, entry.corrections, shown_here=None),
        ),
        # Whether the event is withdrawn by now, a page that stays as it is cannot know.
        current=Link(entry.title, event_url(site, revision)),
        differences=differences(before, published, own) if predecessor else (),
        history_url=site.url(paths.history_path(entry.first_path)),
        predecessor_url=revision_url(site, predecessor) if predecessor else None,
    )


def with_difference(page: EventPage, before: EventDocument | None) -> EventPage:
    """Add what the newest revision changed; ``before`` is what was published before it (V5)."""
    if before is None:
        return page
    return replace(page, differences=differences(before, page.document, page.frame.url))


def _revision_frame(site: Site, revision: Revision, frame: PageFrame) -> PageFrame:
    """Make the frame of a revision's page from that of the event as it was then."""
    entry = revision.entry
    own = make_frame(
        site,
        paths.revision_path(entry.base_path, entry.number),
        ViewKind.REVISION,
        title=site.texts(
            "revision.title", title=shown_title(site.texts, entry), number=entry.number
        ),
        description=frame.description,
        feeds=frame.feeds,
        breadcrumb=frame.breadcrumb,
        language=entry.language,
        indexed=False,
        relations=(
            *version_links(site, entry, is_superseded=True),
            FeedLink("latest-version", event_url(site, revision), "text/html"),
        ),
    )
    base_path = paths.revision_path(entry.base_path, entry.number)
    formats = format_links(site, base_path, ViewKind.REVISION, ViewKind.RECORD)
    return replace(own, formats=formats)
