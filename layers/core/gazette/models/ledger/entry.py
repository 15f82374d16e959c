"""The entries that time lines store: of a revision, and of an event in its newest revision."""

from datetime import date, datetime
from sys import getsizeof
from typing import Annotated

from pydantic import Field

from gazette.models.byte_cache import CachedFunction
from gazette.models.frozen import Moment, Stored, known_or, renamed
from gazette.models.kinds import RevisionKind


class TopicRef(Stored):
    """A topic of an event: the slug identifies it, the label is how the publisher wrote it."""

    slug: str
    label: str


class SourceRef(Stored):
    """A source; ``published`` is an ISO date or moment."""

    title: str
    url: str
    publisher: str | None = None
    published: str | None = None


class AttachmentRef(Stored):
    """A file that belongs to an event: ``path`` on the site, or ``url`` elsewhere.

    ``length`` is in bytes, if it is known. Views have the ``url`` of every file. Type and length of
    an image of the source bucket are those of the stored file (`StoredImage`).
    """

    title: str
    path: str | None = None
    url: str = ""
    media_type: str
    length: int | None = None


class Thumbnail(Stored):
    """A smaller copy of an image; width and height are pixels."""

    path: str
    width: int
    height: int


class ImageRef(Stored):
    """An image: ``path`` on the site, or ``url`` elsewhere; width and height are pixels.

    Only the page of the event knows the thumbnails (`gazette.projections.pages.event_image`). What
    else is known of the file is not stored with an entry, but in `EventImages`.
    """

    path: str | None = None
    url: str | None = None
    alt: str
    credit: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None
    thumbnails: tuple[Thumbnail, ...] = ()


class MissingImage(Stored):
    """What a revision of an event names of the source bucket, and what is not there.

    ``key`` is its image, or empty if that is there; ``in_text`` are images that its text
    leads to, or that are attached.
    """

    event_id: str
    number: int
    key: str = ""
    in_text: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """What the publisher can do."""
        shown = "is not in the source bucket, or cannot be shown, so no document names it"
        return f"{self.key} {shown}; upload it, or correct the key"


class StoredImage(Stored):
    """An image of the source bucket as it is: ``length`` in bytes, width and height in pixels."""

    key: str
    media_type: str
    length: int
    width: int
    height: int


class EventImages(Stored):
    """The images of the source bucket that a revision of an event names.

    ``missing`` are the keys of those that are not there, whatever names them. ``known`` are its
    image and those attached to it, as they are.
    """

    event_id: str
    number: int
    missing: tuple[str, ...] = ()
    known: tuple[StoredImage, ...] = ()


class Erasure(Stored):
    """Why the publisher had the words of a revision erased, and when: as he says, and stored."""

    reason: str
    on: date
    at: Moment


class CorrectionRef(Stored):
    """A correction of an event; ``base_path`` is the path that the event had with it.

    The page at the permanent address of that revision shows the difference.
    """

    number: int
    at: Moment
    note: str
    base_path: str


def _is_empty(slugs: tuple[str, ...]) -> bool:
    return not slugs


class RevisionEntry(Stored):
    """A revision, with what every feed says of it.

    ``base_path`` is the path of the event without extension at that time, ``first_path`` its first
    one, which names its history. ``predecessor_path`` is the permanent path of the revision before.
    ``news_at`` is when it was stored, or None if it is no news
    (`gazette.projections.history.news_time`). ``byline`` has one name a line; ``author_slugs`` are
    those of its authors, whose time lines list it. Of an erased revision the title and the note say
    so, and name nothing of what it said.
    """

    event_id: str
    number: int
    kind: Annotated[RevisionKind, known_or(RevisionKind.UPDATE)]
    note: str | None = None
    title: str
    at: Moment
    news_at: Moment | None = None
    base_path: Annotated[str, renamed("base_path", "stem")]
    first_path: Annotated[str, renamed("first_path", "first_stem")]
    predecessor_path: Annotated[str | None, renamed("predecessor_path", "predecessor_stem")] = None
    topics: tuple[TopicRef, ...] = ()
    category: TopicRef | None = None
    language: str | None = None
    byline: str | None = None
    # An event without an author takes no byte more.
    author_slugs: Annotated[tuple[str, ...], Field(exclude_if=_is_empty)] = ()
    sha256: str
    erased: Erasure | None = None

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of the byline."""
        return tuple(self.byline.split("\n")) if self.byline else ()

    @property
    def byline_text(self) -> str | None:
        """The byline on one line, for programs."""
        return ", ".join(self.authors) or None

    @property
    def label(self) -> str:
        """The key of how titles name the revision; an erased one reads as withdrawn (SPEC V15)."""
        return self.named_kind.label

    @property
    def named_kind(self) -> RevisionKind:
        return RevisionKind.RETRACTION if self.erased else self.kind


class Entry(RevisionEntry):
    """The newest revision of an event, with all that a feed entry needs.

    ``body`` is Markdown, or None if the event has no body or a longer one than
    `gazette.models.limits` allows here. ``corrections`` are those that a feed shows, newest first,
    whatever came later (SPEC E1); the page of the event has all of them. ``leads_to_images`` says
    whether ``body`` shows or links to images of the source bucket, or such images are attached.
    ``missing_in_text`` are the keys of those that are not there, ``known_images`` the image and the
    attached ones that are; they are known while a document is built, and not stored.
    ``guid`` is the id of the event in feeds if it had one elsewhere when it was first published; it
    never changes.
    """

    guid: str | None = None
    date: date
    published: Moment
    updated: Moment
    translations: tuple[str, ...] = ()
    summary: str = ""
    body: str | None = None
    has_full_text: bool = True
    sources: tuple[SourceRef, ...] = ()
    attachments: tuple[AttachmentRef, ...] = ()
    image: ImageRef | None = None
    corrections: tuple[CorrectionRef, ...] = ()
    leads_to_images: bool = False
    missing_in_text: Annotated[tuple[str, ...], Field(exclude=True)] = ()
    known_images: Annotated[tuple[StoredImage, ...], Field(exclude=True)] = ()

    @property
    def is_corrected(self) -> bool:
        """Whether the newest significant revision is a correction (SPEC E1)."""
        return bool(self.corrections) and self.corrections[0].at == self.updated

    @property
    def changed(self) -> datetime:
        """When readers could see a change last: an erasure is one, too."""
        return max(self.updated, self.erased.at) if self.erased else self.updated

    def without_body(self) -> "Entry":
        """Return the entry for an index, which shows summaries only."""
        return self.model_copy(
            update={
                "body": None,
                "leads_to_images": False,
                "attachments": (),
                "has_full_text": self.has_full_text and self.body is None,
            }
        )

    def as_neighbour(self) -> "Entry":
        """Return the entry for the pages of other events, which show title and topics only."""
        unneeded = {"summary": "", "sources": (), "image": None, "byline": None, "note": None}
        unneeded["corrections"] = ()
        return self.without_body().model_copy(update=unneeded)


def _memory(entry: Entry, payload: str) -> int:
    """Estimate the bytes that an entry takes in memory together with its payload."""
    return 2 * getsizeof(payload) + 2_000 + 500 * (len(entry.topics) + len(entry.sources))


# Every topic of an event stores the same payload.
_ENTRIES: CachedFunction[[str], Entry] = CachedFunction(Entry.model_validate_json, _memory)


def read_entry(payload: str) -> Entry:
    """Read a stored entry, or return the one that was read from the same payload before."""
    return _ENTRIES(payload)
