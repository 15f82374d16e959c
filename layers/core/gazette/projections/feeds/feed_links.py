"""The links of feed items to the other formats, versions and languages of an event."""

from collections.abc import Sequence

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger.entry import Entry, RevisionEntry
from gazette.models.site import Site
from gazette.models.views.feed import FeedLink


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
