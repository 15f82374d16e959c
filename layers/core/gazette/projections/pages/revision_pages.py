"""The history of an event: its list of changes, its history page, and its revision pages."""

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
    RevisionPage,
)
from gazette.projections.diff.fields import differences
from gazette.projections.erasures.erased_words import with_erased_words
from gazette.projections.feeds.feed_links import version_links
from gazette.projections.items.long_histories import HistoryPart
from gazette.projections.pages.event_pages import event_page, history_url, shown_title
from gazette.projections.pages.frames import make_frame


def listed_revisions(site: Site, revisions: Sequence[Revision]) -> tuple[ListedRevision, ...]:
    """List revisions, oldest first; the last one is current and has the event's address."""
    current = revisions[-1]
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
        url=event_url(site, revision) if is_current else revision_url(site, revision),
        sha256=entry.sha256,
        note=entry.note,
        is_current=is_current,
        erased=entry.erased,
    )


def history_page(site: Site, part: HistoryPart) -> HistoryPage:
    """Make a part of the history of an event, with the permanent address of every revision."""
    # Programs read it, and compare its English words.
    site = site.in_language("en")
    entry, revisions = part.last.entry, part.revisions
    chain = tuple(
        replace(listed, url=revision_url(site, revision))
        for listed, revision in zip(listed_revisions(site, revisions), revisions, strict=True)
    )
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


def revision_page(
    site: Site,
    revisions: Sequence[Revision],
    position: int,
    document: EventDocument | None,
    before: EventDocument | None,
) -> RevisionPage:
    """Make the page of the revision at a position of the history, with its changes.

    ``document`` is None for a delete marker; ``before`` is the document of the revision before.
    """
    revision, is_current = revisions[position], position == len(revisions) - 1
    site = site.in_language(revision.entry.language)
    entry = with_erased_words(site.texts, revision.entry)
    revision = revision.model_copy(update={"entry": entry})
    published = None if revision.is_withdrawn else document
    base_path = paths.revision_path(entry.base_path, entry.number)
    page = event_page(site, revision, published)
    successor = None if is_current else revision_url(site, revisions[position + 1])
    return RevisionPage(
        event=replace(page, frame=_revision_frame(site, revision, page.frame, successor)),
        # Whether the event is withdrawn by now, a page that stays as it is cannot know.
        current=Link(
            shown_title(site.texts, entry) if is_current else entry.title, event_url(site, revision)
        ),
        is_current=is_current,
        differences=differences(before, published, site.url(f"{base_path}.html"))
        if position
        else (),
        record=_record(revision, document),
        history_url=history_url(site, entry),
        predecessor_url=revision_url(site, revisions[position - 1]) if position else None,
        successor_url=successor,
    )


def with_difference(page: EventPage, before: EventDocument | None) -> EventPage:
    """Add what the newest revision changed; ``before`` is what was published before it (V5)."""
    if before is None:
        return page
    return replace(page, differences=differences(before, page.document, page.frame.url))


def _revision_frame(
    site: Site, revision: Revision, frame: PageFrame, successor: str | None
) -> PageFrame:
    """Make the frame of a revision's page from that of the event as it was then."""
    entry = revision.entry
    return make_frame(
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
            *version_links(site, entry),
            *_forward_links(event_url(site, revision), successor),
        ),
    )


def event_url(site: Site, revision: Revision) -> str:
    return site.url(f"{revision.entry.base_path}.html")


def revision_url(site: Site, revision: Revision) -> str:
    """Return the permanent address of a revision."""
    return site.url(f"{paths.revision_path(revision.entry.base_path, revision.number)}.html")


def _forward_links(latest: str, successor: str | None) -> tuple[FeedLink, ...]:
    """Return the links to later revisions (RFC 5829); the event's address leads to the latest."""
    links = [FeedLink("latest-version", latest, "text/html")]
    if successor:
        links.append(FeedLink("successor-version", successor, "text/html"))
    return tuple(links)


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
