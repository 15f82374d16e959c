"""Revisions of events, and snapshots: how far an event or an image is recorded."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from gazette.models.frozen import Moment, Stored, known_or, renamed
from gazette.models.kinds import RULES
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.keys import ItemKey

# Raise it whenever the same source would give other ledger items: reconcile and rebuild bring
# snapshots with an older number up to date. 0 is every ledger of release 0.1.0. 1 ordered items by
# plain numbers; 2 orders them by `gazette.models.ledger.order`; 3 knows the images in texts;
# 4 lists corrections in entries; 5 has texts of up to 64 kB in entries, and
# keeps the places of entries that left; 6 notes the time lines that withdrawn events name; 7 notes
# on time lines what changed last, and what was corrected; 8 notes there the images of events;
# 9 lists events under their authors.
DERIVATION = 9


class Origin(StrEnum):
    """What happened to the object of an event in the source bucket."""

    UPLOAD = "upload"
    DELETE_MARKER = "delete_marker"
    RESTORED = "restored"  # S3 shows an older version again
    EXPIRED = "expired"
    REMOVED = "removed"  # S3 has no version any more


OF_NEW_VERSIONS = frozenset({Origin.UPLOAD, Origin.DELETE_MARKER})


class Revision(Stored):
    """One public state of an event.

    ``former_paths`` are paths that the event had left by then, in ledgers of release 0.1.0; now
    each has an item of its own (`gazette.models.ledger.keys.former_key`).
    ``previous_sha256`` chains the revisions. ``content_sha256`` is the hash of the document alone,
    None without a document. ``identity`` names the version it shows (`ObjectVersion.identity`);
    it is empty in ledgers of release 0.1.0. ``stored_at`` is when S3 stored that version, or when
    Gazette noticed a change that has no time of its own. ``erasures`` counts how often the history
    was erased or restored. An erased revision keeps ``path_hash``, by which its address is known
    again, and ``expires`` of its document. ``linked_images`` are the keys of the images of the
    source bucket that its document leads to, other than its own; an erased revision has none.
    ``aliases`` are the base paths of the aliases in its document; an erased one has none either.
    """

    version_id: str
    entry: Entry
    former_paths: Annotated[tuple[str, ...], renamed("former_paths", "former_stems")] = ()
    previous_sha256: str | None = None
    content_sha256: str | None = None
    identity: str = ""
    origin: Annotated[Origin, known_or(Origin.UPLOAD)] = Origin.UPLOAD
    stored_at: Moment | None = None
    erasures: int = 0
    path_hash: str = ""
    expires: Moment | None = None
    linked_images: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def withdraws(self) -> bool:
        """Whether the publisher withdrew the event with this revision."""
        return RULES[self.entry.kind].withdraws

    @property
    def is_withdrawn(self) -> bool:
        """Whether this revision shows no event: it withdraws it, or is erased."""
        return self.withdraws or self.entry.erased is not None


class KnownVersion(NamedTuple):
    """A version that ingest has handled; ``at`` is when S3 stored it, in seconds since 1970."""

    identity: str
    at: int


class HeldVersion(Stored):
    """A version under embargo: public from ``release`` on, unless another version comes before.

    ``content_sha256`` is the hash of its document; ledgers of older releases do not have it. While
    ``is_erased``, an erasure names the version, and it stays held beyond its release.
    """

    identity: str
    version_id: str
    stored_at: Moment
    release: Moment
    content_sha256: str | None = None
    is_erased: bool = False


class Snapshot(Stored):
    """The state of an event after its recorded versions; the next version is applied to it.

    ``taken`` counts the versions and changes that ingest has handled. It orders snapshots.
    ``known`` are the newest handled versions, in the order of handling; a version stored up to
    ``known_until`` (seconds since 1970) counts as handled too. ``served`` is the identity of the
    version that S3 showed as current. ``live`` are the keys of items that list the event,
    ``tombstones`` those of items that say it is withdrawn; ``corrected`` is when a live event was
    corrected last. ``quarantined`` is not None while the current version cannot be published;
    ``is_unreadable`` then says that S3 does not give it out. ``due`` is when time alone changes the
    event. ``has_remarks`` says that there are remarks about the newest revision; it does not know
    of erasures.

    ``live`` and ``tombstones`` do not know of erasures: later revisions follow from them as if
    nothing was erased. While the newest revision is erased, ``erased_tombstones`` are in place of
    the live items. ``erasure`` names the version of the erasure document that S3 showed last,
    ``erasure_problem`` what is wrong with it. ``erasures`` counts how often items were written
    again for it; while ``is_erasing``, a run has begun to do so.
    """

    event_id: str
    taken: Annotated[int, renamed("taken", "versions")] = 0
    derivation: int = 0
    revision: Revision | None = None
    first_published: Moment | None = None
    known: tuple[KnownVersion, ...] = ()
    known_until: int | None = None
    served: str = ""
    held: HeldVersion | None = None
    expires: Moment | None = None
    due: Moment | None = None
    live: tuple[ItemKey, ...] = ()
    tombstones: tuple[ItemKey, ...] = ()
    corrected: Moment | None = None
    quarantined: int | None = None
    erasure: str = ""
    erasure_problem: str = ""
    erasures: int = 0
    is_erasing: bool = False
    erased_tombstones: tuple[ItemKey, ...] = ()
    is_unreadable: bool = False
    has_remarks: bool = False

    @property
    def number(self) -> int:
        """The number of the newest revision, 0 before the first."""
        return self.revision.number if self.revision else 0

    @property
    def waits_for_access(self) -> bool:
        """Whether the current version is in quarantine only because S3 does not give it out."""
        return self.quarantined is not None and self.is_unreadable

    @property
    def is_live(self) -> bool:
        """Whether the publisher has not withdrawn the event, be it erased or not."""
        return self.revision is not None and not self.revision.withdraws


class QuarantinedVersion(Stored):
    """A version that breaks the contract; ``problems`` are pairs of field and reason.

    ``number`` counts the versions taken; it is 0 in ledgers of release 0.1.0.
    """

    key: str
    number: int = 0
    version_id: str
    at: Moment
    problems: tuple[tuple[str, str], ...]


class PublishedRemarks(Stored):
    """What is probably not meant in a published revision; ``remarks`` are fields and reasons."""

    event_id: str
    number: int
    remarks: tuple[tuple[str, str], ...]


class ImageSnapshot(Stored):
    """The newest good version of an image in the source bucket, or of a file below `static/`.

    Width and height are pixels as a browser shows it, ``length`` is in bytes. A deleted image has
    no media type and size 0; a file has no size in pixels.
    ``served`` is the identity of the version that S3 showed as current, which is
    quarantined if it cannot be shown. ``is_unreadable`` says that S3 does not give out that version
    or another one newer than this. ``taken`` counts the snapshots, and orders them. ``since`` is
    the one with which the image last came or went.
    """

    key: str
    version_id: str
    taken: int = 0
    derivation: int = 0
    media_type: str | None = None
    width: int = 0
    height: int = 0
    is_animated: bool = False
    length: int = 0
    identity: str = ""
    served: str = ""
    is_quarantined: bool = False
    is_unreadable: bool = False
    since: int = 0

    @property
    def is_there(self) -> bool:
        """Whether the site has the image."""
        return self.media_type is not None
