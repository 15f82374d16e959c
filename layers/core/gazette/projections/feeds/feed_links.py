"""The links of feed items to the other formats, versions and languages of an event."""

from collections.abc import Sequence

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger.entry import Entry, RevisionEntry
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.views.feed import FeedLink


def version_links(
    site: Site, entry: RevisionEntry, *, is_superseded: bool = False
) -> tuple[FeedLink, ...]:
    """Return the links from a revision to its history, if it has one (RFC 5829, SPEC A7)."""
    links = []
    if history := history_url(site, entry, is_superseded=is_superseded):
        entries = site.url(paths.history_path(entry.first_path, "atom"))
        links += [
            FeedLink("version-history", history, "application/json"),
            FeedLink("version-history", entries, "application/atom+xml"),
        ]
    if entry.predecessor_path:
        predecessor = site.url(f"{entry.predecessor_path}.html")
        links.append(FeedLink("predecessor-version", predecessor, "text/html"))
    return tuple(links)


def history_url(site: Site, entry: RevisionEntry, *, is_superseded: bool = False) -> str | None:
    """Return the address of the history of an event, which begins with its second revision."""
    if entry.number == 1 and not is_superseded:
        return None
    return site.url(paths.history_path(entry.first_path))


def event_url(site: Site, revision: Revision) -> str:
    return site.url(f"{revision.entry.base_path}.html")


def revision_url(site: Site, revision: Revision) -> str:
    """Return the address of a superseded revision, which is permanent."""
    return site.url(f"{paths.revision_path(revision.entry.base_path, revision.number)}.html")


def record_url(site: Site, revision: Revision) -> str:
    """Return the permanent address of the record of a revision."""
    return site.url(f"{paths.revision_path(revision.entry.base_path, revision.number)}.json")


def revision_address(site: Site, revision: Revision, *, is_current: bool) -> str:
    """Return the address that shows a revision: that of the event shows the current one."""
    return event_url(site, revision) if is_current else revision_url(site, revision)


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


def alternate_links(site: Site, entry: Entry) -> tuple[FeedLink, ...]:
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
