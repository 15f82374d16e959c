"""Revisions of events, and snapshots: the state of an event or an image after its versions."""

from typing import Annotated

from gazette.models.frozen import Moment, Stored, renamed
from gazette.models.kinds import RULES
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.keys import ItemKey


class Revision(Stored):
    """One version of an event's object.

    ``former_paths`` are paths that the event had before and has left, oldest first.
    ``previous_sha256`` chains the revisions. ``content_sha256`` is the hash of the document alone,
    None for a delete marker.
    """

    version_id: str
    entry: Entry
    former_paths: Annotated[tuple[str, ...], renamed("former_paths", "former_stems")] = ()
    previous_sha256: str | None = None
    content_sha256: str | None = None

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def is_withdrawn(self) -> bool:
        return RULES[self.entry.kind].withdraws


class Snapshot(Stored):
    """The state of an event after its recorded versions; the next version is applied to it.

    ``versions`` counts the recorded versions of the object, quarantined ones included. ``live`` are
    the keys of items that list the event, ``tombstones`` those of items that say it is withdrawn.
    ``quarantined`` is the number of the newest version if that one is quarantined.
    """

    event_id: str
    versions: int = 0
    revision: Revision | None = None
    first_published: Moment | None = None
    live: tuple[ItemKey, ...] = ()
    tombstones: tuple[ItemKey, ...] = ()
    quarantined: int | None = None


class QuarantinedVersion(Stored):
    """A version that breaks the contract; ``problems`` are pairs of field and reason."""

    key: str
    version_id: str
    at: Moment
    problems: tuple[tuple[str, str], ...]


class ImageSnapshot(Stored):
    """The newest good version of an image in the source bucket.

    Width and height are pixels as a browser shows it. A deleted image has no media type and size 0.
    """

    key: str
    version_id: str
    media_type: str | None = None
    width: int = 0
    height: int = 0
    is_animated: bool = False
