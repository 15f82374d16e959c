"""The history of an event: its list of changes, its chain, and each revision at its own address."""

from collections.abc import Sequence
from dataclasses import replace

from gazette.models import paths
from gazette.models.canonical import document_form
from gazette.models.document import EventDocument
from gazette.models.entry import Revision
from gazette.models.feed import FeedLink
from gazette.models.frozen import rfc3339
from gazette.models.kinds import RULES
from gazette.models.page import HistoryPage, Link, ListedRevision, RevisionPage
from gazette.models.site import Site
from gazette.projections.differences import differences
from gazette.projections.event_pages import event_page, shown_title
from gazette.projections.feeds import version_links
from gazette.projections.frames import make_frame


def listed_revisions(site: Site, revisions: Sequence[Revision]) -> tuple[ListedRevision, ...]:
    """List revisions, oldest first; the last is the current one, at the event's own address."""
    current = revisions[-1]
    return tuple(
        ListedRevision(
            number=revision.number,
            label=RULES[revision.entry.kind].label,
            at=revision.entry.at,
            title=revision.entry.title,
            url=event_url(site, revision) if revision is current else revision_url(site, revision),
            sha256=revision.entry.sha256,
            note=revision.entry.note,
            is_current=revision is current,
        )
        for revision in revisions
    )


def history_page(site: Site, revisions: Sequence[Revision]) -> HistoryPage:
    """Make the chain of an event; every revision in it by its permanent address."""
    current = revisions[-1]
    chain = tuple(
        replace(listed, url=revision_url(site, revision))
        for listed, revision in zip(listed_revisions(site, revisions), revisions, strict=True)
    )
    return HistoryPage(
        tag=site.event_tag(current.entry.event_id),
        event_id=current.entry.event_id,
        title=shown_title(current.entry),
        url=event_url(site, current),
        revisions=chain,
    )


def revision_page(
    site: Site,
    revisions: Sequence[Revision],
    place: int,
    document: EventDocument | None,
    before: EventDocument | None,
) -> RevisionPage:
    """Make the page of the revision at a place of the history, with what it changed.

    ``document`` is the revision's own, None for a delete marker; ``before`` is what the revision
    before it published.
    """
    revision, is_current = revisions[place], place == len(revisions) - 1
    entry = revision.entry
    published = None if revision.is_withdrawn else document
    stem = paths.revision_stem(entry.stem, entry.number)
    page = event_page(site, revision, published)
    successor = None if is_current else revision_url(site, revisions[place + 1])
    frame = make_frame(
        site,
        stem,
        title=f"{shown_title(entry)} (revision {entry.number})",
        description=page.frame.description,
        feeds=page.frame.feeds,
        breadcrumb=page.frame.breadcrumb,
        language=entry.language,
        indexed=False,
        relations=(*version_links(site, entry), *_onward(event_url(site, revision), successor)),
    )
    return RevisionPage(
        event=replace(page, frame=frame),
        current=Link(shown_title(entry), event_url(site, revision)),
        is_current=is_current,
        differences=differences(before, published, site.url(f"{stem}.html")) if place else (),
        record=_record(revision, document),
        history_url=site.url(paths.history_path(entry.first_stem)),
        predecessor_url=revision_url(site, revisions[place - 1]) if place else None,
        successor_url=successor,
    )


def event_url(site: Site, revision: Revision) -> str:
    return site.url(f"{revision.entry.stem}.html")


def revision_url(site: Site, revision: Revision) -> str:
    """Return where a revision stands for ever."""
    return site.url(f"{paths.revision_stem(revision.entry.stem, revision.number)}.html")


def _onward(latest: str, successor: str | None) -> tuple[FeedLink, ...]:
    """Return the links forward (RFC 5829); the address a revision had as an event leads on."""
    links = [FeedLink("latest-version", latest, "text/html")]
    if successor:
        links.append(FeedLink("successor-version", successor, "text/html"))
    return tuple(links)


def _record(revision: Revision, document: EventDocument | None) -> dict[str, object]:
    """Return what the hash of a revision was made of; its form is that of `chronicle`."""
    entry = revision.entry
    return {
        "id": entry.event_id,
        "number": entry.number,
        "kind": str(entry.kind),
        "at": rfc3339(entry.at),
        "previous": revision.previous_sha256,
        **({"document": document_form(document)} if document else {}),
    }
