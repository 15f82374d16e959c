"""View models of the pages, for all formats.

All addresses are absolute. All text is plain, except in fields whose name ends in ``_html`` (safe).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from gazette.models.branding.zones import DEFAULT_ZONE
from gazette.models.contract.document import EventDocument
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import AttachmentRef, CorrectionRef, Erasure, SourceRef
from gazette.models.ledger.snapshot import Revision
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.diff import FieldChange
from gazette.models.views.feed import FeedImage, FeedLink

# A link, of which its words are left, and marks of emphasis. They are looked for in the beginning
# of a text only; what is not found there costs no word, but repeats some.
_MARKUP = re.compile(r"(?<!!)\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)|\*")
_MARKUP_CHARACTERS = 2000
MINIMUM = ".minimum"


@dataclass(frozen=True, slots=True)
class Link:
    """A link; alternates have a ``media_type``, lists of sizes a ``count``.

    ``is_minimum`` says that there may be more.
    """

    text: str
    url: str
    media_type: str | None = None
    count: int | None = None
    is_minimum: bool = False


class FooterLabel(NamedTuple):
    """A link at the end of every page; a label that the publisher wrote has a language."""

    text: str
    url: str
    language: str | None = None


class Logo(NamedTuple):
    """The logo of the site; one that ``is_name`` shows its name. ``dark_url`` is for dark pages."""

    url: str
    dark_url: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The parts that every page has.

    ``formats`` are links to the page in its formats (HTML, Markdown, JSON, XML), ``feeds`` links to
    feeds to subscribe to. ``previous`` and ``next`` are neighbours on a time line. A page that is
    not ``indexed`` asks search engines to leave it out. ``tagline`` stands under the name of the
    site, ``footer`` are links at the end, ``own_stylesheet_url`` is that of the publisher. Times
    are shown in ``time_zone``. ``texts`` are the site's own words; its name is in
    ``site_language``, and so are the pages that all pages link to. ``corrections_policy_url`` says
    what the publisher does about errors, ``search_url`` is the search page, if there is one.
    ``card`` is the image of a page that has none.
    """

    title: str
    description: str
    url: str
    language: str
    direction: str
    texts: Catalogue
    site_title: str
    site_url: str
    stylesheet_url: str
    icon_url: str
    formats: tuple[Link, ...] = ()
    feeds: tuple[Link, ...] = ()
    breadcrumb: tuple[Link, ...] = ()
    previous: Link | None = None
    next: Link | None = None
    indexed: bool = True
    relations: tuple[FeedLink, ...] = ()
    sections: tuple[Link, ...] = ()
    tagline: str = ""
    logo: Logo | None = None
    icon_type: str = "image/svg+xml"
    own_stylesheet_url: str | None = None
    footer: tuple[FooterLabel, ...] = ()
    time_zone: str = DEFAULT_ZONE
    site_language: str = ""
    corrections_policy_url: str = ""
    search_url: str = ""
    card: FeedImage | None = None


@dataclass(frozen=True, slots=True)
class ListedRevision:
    """A revision in the list of changes."""

    number: int
    kind: RevisionKind
    at: datetime
    title: str
    url: str
    record_url: str
    sha256: str
    note: str | None = None
    is_current: bool = False
    erased: Erasure | None = None


class Correction(NamedTuple):
    """A correction of an event; ``difference_url`` leads to what it changed."""

    number: int
    at: datetime
    note: str
    difference_url: str


@dataclass(frozen=True, slots=True)
class RelatedEvent:
    """An event that shares topics with the page; ``context`` are the shared topics."""

    title: str
    url: str
    date: date
    language: str
    direction: str
    context: tuple[Link, ...]


class PageContext(NamedTuple):
    """What a page shows in addition to its newest revision.

    Related events, translations, and all corrections of the event, newest first.
    """

    related: tuple[RelatedEvent, ...] = ()
    translations: tuple[FeedLink, ...] = ()
    corrections: tuple[CorrectionRef, ...] = ()


NO_CONTEXT = PageContext()


@dataclass(frozen=True, slots=True)
class EventPage:
    """The page of an event in its newest revision.

    ``document`` is what the publisher wrote, or None for a withdrawn event: a field that needs no
    preparation is shown from there. Its ``body`` is Markdown. ``sources`` and ``attachments`` are
    all of them; the entry of the revision may have fewer. ``all_changes_url`` is the history, where
    ``changes`` leave out older revisions. ``differences`` are what the newest revision changed.
    ``authors`` lead to the pages of those who wrote it, where there are any.
    ``missing`` are the bare addresses of images that the text leads to and that are not there.
    """

    frame: PageFrame
    tag: str
    revision: Revision
    day: Link
    topics: tuple[Link, ...]
    category: Link | None
    document: EventDocument | None
    image: FeedImage | None
    language: str
    authors: tuple[Link, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    attachments: tuple[AttachmentRef, ...] = ()
    changes: tuple[ListedRevision, ...] = ()
    all_changes_url: str | None = None
    related: tuple[RelatedEvent, ...] = ()
    corrections: tuple[Correction, ...] = ()
    differences: tuple[FieldChange, ...] = ()
    missing: frozenset[str] = frozenset()

    @property
    def lead(self) -> str:
        """The summary, which stands above the text; empty if the text begins with its words."""
        body = (self.document.body if self.document else None) or ""
        summary = self.revision.entry.summary
        beginning = body[: len(summary) + _MARKUP_CHARACTERS].lstrip()
        begins_with_it = _MARKUP.sub(r"\1", beginning).startswith(summary)
        return "" if begins_with_it else summary

    @property
    def author_urls(self) -> dict[str, str]:
        """The addresses of the authors by name."""
        return {author.text: author.url for author in self.authors}

    @property
    def is_incomparable(self) -> bool:
        """Whether this page has to say why it does not show what it corrected."""
        return is_incomparable(self.revision, self.differences)

    @property
    def standfirst(self) -> str:
        """The words of the summary that stand neither in the headline nor in the text."""
        return without_title(self.lead, self.revision.entry.title)


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """A superseded revision at its own, permanent address.

    ``event`` is the event as it was then, with the frame of this page; ``current`` links to the
    event as it is now.
    """

    event: EventPage
    current: Link
    differences: tuple[FieldChange, ...]
    history_url: str
    predecessor_url: str | None = None

    @property
    def is_incomparable(self) -> bool:
        """Whether this page has to say why it does not show what it corrected."""
        return is_incomparable(self.event.revision, self.differences)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What proves a revision: the ``sha256`` of it is the hash of ``record`` (RFC 8785).

    ``history_url`` is None for the first revision. The texts of ``authors`` are their slugs.
    """

    revision: Revision
    url: str
    record: dict[str, object]
    topics: tuple[Link, ...]
    category: Link | None
    current_url: str
    history_url: str | None
    predecessor_url: str | None
    authors: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of the history of an event, oldest revision first.

    ``previous_url`` is the part before it, and ``previous_sha256`` the hash of the last revision
    there. ``current_url`` is the history itself, and None where this is it.
    """

    tag: str
    event_id: str
    title: str
    url: str
    revisions: tuple[ListedRevision, ...]
    previous_sha256: str | None = None
    previous_url: str | None = None
    current_url: str | None = None


@dataclass(frozen=True, slots=True)
class MovedPage:
    """The page at a former path of an event; ``target`` is the current or the first one.

    ``last_version_url`` is the last revision that the event had at this path. Browsers go on to the
    target by themselves where the page ``is_followed``.
    """

    frame: PageFrame
    target: Link
    tag: str
    last_version_url: str | None = None
    is_followed: bool = False

    @property
    def refresh(self) -> str:
        """How a browser goes on, as the value of `http-equiv="refresh"`."""
        return f"0; url={self.target.url}"


def is_incomparable(revision: Revision, differences: Sequence[FieldChange]) -> bool:
    """Return whether a page of a revision has nothing to show where links expect a difference.

    Links of other documents lead to what a correction changed, whatever became of it.
    """
    is_correction = revision.entry.kind is RevisionKind.CORRECTION
    return is_correction and not revision.is_withdrawn and not differences


def without_title(summary: str, title: str) -> str:
    """Return a summary without the title, if it begins with that as a sentence of its own."""
    rest = summary.removeprefix(title)
    begins_with_it = rest != summary and rest[:1] in {"", " ", "."}
    return rest.lstrip(" .") if begins_with_it else summary
