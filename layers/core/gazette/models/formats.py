"""The table of formats: what each is called, how it is stored, and what it renders.

This is the one home of formats. Paths, links between formats, media types and documents follow
from it. A new format of an event is one renderer and one row here. A renderer is named by module
and function below `gazette.renderers`, because the table is read by rooms that may not import
renderers; a test imports every one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ViewKind(StrEnum):
    """What a document shows."""

    EVENT = "event"
    MOVED = "moved"
    REVISION = "revision"
    RECORD = "record"
    HISTORY = "history"
    DAY = "day"
    WITHDRAWN = "withdrawn"
    HOME = "home"
    LIST = "list"
    CALENDAR = "calendar"
    CHANGES = "changes"
    SEARCH = "search"
    FEED = "feed"
    FEED_LIST = "feed_list"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One row of the table.

    ``part`` is the attribute of a `View` that is rendered: page, entry, feed or feeds. A renderer
    takes it, and the document's own address where ``takes_address`` is set. ``stored_type`` is a
    plainer media type that CloudFront compresses; the object then carries its own media type as
    metadata (SPEC H4). ``entry_title`` is the title of links from feed entries to this format.
    """

    extension: str
    media_type: str
    title: str
    renders: Mapping[ViewKind, str] = field(repr=False)
    part: str = "page"
    takes_address: bool = False
    stored_type: str | None = None
    entry_title: str | None = None

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"


HTML = Format(
    "html",
    "text/html",
    "HTML",
    {
        ViewKind.EVENT: "pages.html:render_event",
        ViewKind.MOVED: "pages.html:render_moved",
        ViewKind.REVISION: "pages.html:render_revision",
        ViewKind.DAY: "pages.html:render_list",
        ViewKind.HOME: "pages.html:render_home",
        ViewKind.LIST: "pages.html:render_list",
        ViewKind.CALENDAR: "pages.html:render_calendar",
        ViewKind.CHANGES: "pages.html:render_changes",
        ViewKind.SEARCH: "pages.html:render_search",
        ViewKind.MISSING: "pages.html:render_missing",
    },
)
MARKDOWN = Format(
    "md",
    "text/markdown",
    "Markdown",
    {
        ViewKind.EVENT: "markdown.pages:render_event_markdown",
        ViewKind.MOVED: "markdown.pages:render_moved_markdown",
        ViewKind.REVISION: "markdown.pages:render_revision_markdown",
        ViewKind.DAY: "markdown.pages:render_list_markdown",
        ViewKind.HOME: "markdown.pages:render_list_markdown",
        ViewKind.CALENDAR: "markdown.pages:render_calendar_markdown",
    },
    stored_type="text/plain; charset=utf-8",
    entry_title="Markdown",
)
JSON = Format(
    "json",
    "application/json",
    "JSON",
    {
        ViewKind.EVENT: "json.pages:render_event_json",
        ViewKind.MOVED: "json.pages:render_moved_json",
        ViewKind.RECORD: "json.pages:render_record_json",
        ViewKind.HISTORY: "json.pages:render_history_json",
        ViewKind.DAY: "json.pages:render_list_json",
        ViewKind.HOME: "json.pages:render_home_json",
        ViewKind.CALENDAR: "json.pages:render_calendar_json",
    },
    entry_title="JSON",
)
ATOM_ENTRY = Format(
    "xml",
    "application/atom+xml;type=entry",
    "XML",
    {
        ViewKind.EVENT: "feeds.atom:render_entry_document",
        ViewKind.MOVED: "feeds.atom:render_entry_document",
        ViewKind.REVISION: "feeds.atom:render_entry_document",
    },
    part="entry",
    takes_address=True,
    stored_type="application/xml; charset=utf-8",
    entry_title="Atom entry",
)
DAY_ATOM = Format(
    "xml",
    "application/atom+xml",
    "XML",
    {ViewKind.DAY: "feeds.atom:render_atom", ViewKind.WITHDRAWN: "feeds.atom:render_atom"},
    part="feed",
    takes_address=True,
    stored_type="application/xml; charset=utf-8",
)
RSS = Format(
    "rss", "application/rss+xml", "RSS", {ViewKind.FEED: "feeds.rss:render_rss"}, part="feed"
)
ATOM = Format(
    "atom",
    "application/atom+xml",
    "Atom",
    {ViewKind.FEED: "feeds.atom:render_atom", ViewKind.HISTORY: "feeds.atom:render_atom"},
    part="feed",
    takes_address=True,
    stored_type="application/xml; charset=utf-8",
)
JSON_FEED = Format(
    "json",
    "application/feed+json",
    "JSON Feed",
    {ViewKind.FEED: "feeds.json_feed:render_json_feed"},
    part="feed",
    stored_type="application/json; charset=utf-8",
)
OPML = Format(
    "opml",
    "text/x-opml",
    "OPML",
    {ViewKind.FEED_LIST: "opml:render_opml"},
    part="feeds",
    stored_type="text/xml; charset=utf-8",
)

FORMATS = (HTML, MARKDOWN, JSON, ATOM_ENTRY, DAY_ATOM, RSS, ATOM, JSON_FEED, OPML)

# What a site may leave out, by the extension. Everybody reads HTML and one of the feeds; JSON says
# for programs, such as `gazette verify`, what was published.
OPTIONAL_FORMATS: Mapping[str, tuple[Format, ...]] = {
    "md": (MARKDOWN,),
    "xml": (ATOM_ENTRY, DAY_ATOM),
    "rss": (RSS,),
}

# Files that exist once and are no view of anything: sitemaps, robots.txt, stylesheet, schema.
FILE_TYPES = {
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "json": "application/json; charset=utf-8",
}
# Of the script of the search page; no publisher can put another one on the site.
SCRIPT_TYPE = "text/javascript; charset=utf-8"
# Of the card of a site.
CARD_TYPE = "image/png"
