"""The stored forms of an event: its revisions, its entry on time lines, how far it is recorded."""

from datetime import date
from functools import lru_cache

from gazette.models.frozen import Frozen, Moment
from gazette.models.kinds import RevisionKind


class TopicRef(Frozen):
    """A topic as an event names it: the slug is its identity, the label how it was written."""

    slug: str
    label: str


class SourceRef(Frozen):
    """A source with a title to show."""

    title: str
    url: str
    publisher: str | None = None
    published: str | None = None


class Thumbnail(Frozen):
    """A smaller copy of an image; width and height are pixels."""

    path: str
    width: int
    height: int


class ImageRef(Frozen):
    """A picture: ``path`` on the site, or ``url`` elsewhere; width and height are pixels.

    The size, the type and the thumbnails are known where the page of the event is made, and not on
    time lines: `gazette.projections.pages.event_image` says why.
    """

    path: str | None = None
    url: str | None = None
    alt: str
    credit: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    thumbnails: tuple[Thumbnail, ...] = ()


class Entry(Frozen):
    """An event in its newest revision: enough to render a feed entry without another read.

    ``stem`` is its path, ``first_path`` the first it ever had, by which its history goes;
    ``predecessor_path`` is where the revision before stands for ever. ``news_at`` is when it was
    stored, None where it is no news (`gazette.projections.history.news_time`). ``body`` is Markdown, or
    None where there is none or it is too long to be carried on every time line.
    """

    event_id: str
    number: int
    kind: RevisionKind
    note: str | None = None
    title: str
    date: date
    published: Moment
    updated: Moment
    at: Moment
    news_at: Moment | None = None
    base_path: str
    first_path: str
    predecessor_path: str | None = None
    topics: tuple[TopicRef, ...] = ()
    category: TopicRef | None = None
    translations: tuple[str, ...] = ()
    summary: str = ""
    body: str | None = None
    has_full_text: bool = True
    language: str | None = None
    byline: str | None = None
    sources: tuple[SourceRef, ...] = ()
    image: ImageRef | None = None
    sha256: str

    def without_body(self) -> "Entry":
        """Return the entry as an index needs it."""
        return self.model_copy(
            update={"body": None, "has_full_text": self.has_full_text and self.body is None}
        )

    def as_neighbour(self) -> "Entry":
        """Return the entry as pages of related events need it."""
        unneeded = {"summary": "", "sources": (), "image": None, "byline": None, "note": None}
        return self.without_body().model_copy(update=unneeded)


@lru_cache(maxsize=4096)
def read_entry(payload: str) -> Entry:
    """Read a stored entry; those read lately are kept, since every topic of an event holds it."""
    return Entry.model_validate_json(payload)
