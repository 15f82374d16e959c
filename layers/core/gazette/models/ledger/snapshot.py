"""The revisions of an event, and how far an event or an image is recorded."""

from gazette.models.frozen import Frozen, Moment
from gazette.models.kinds import RULES
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.keys import ItemKey


class Revision(Frozen):
    """One version of an event's object as the ledger records it.

    ``former_paths`` are the paths the event had before and does not have now, oldest first;
    ``previous_sha256`` chains the revisions; ``content_sha256`` is that of the document alone,
    None for a delete marker.
    """

    version_id: str
    entry: Entry
    former_paths: tuple[str, ...] = ()
    previous_sha256: str | None = None
    content_sha256: str | None = None

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def is_withdrawn(self) -> bool:
        return RULES[self.entry.kind].withdraws


class Snapshot(Frozen):
    """How far an event is recorded: the state from which the next version is taken.

    ``versions`` counts every version of the object that was dealt with, quarantined ones included;
    ``live`` are the places that hold the event now, ``tombstones`` those that say it is withdrawn;
    ``quarantined`` is the number of the bad version that waits for a good one.
    """

    event_id: str
    versions: int = 0
    revision: Revision | None = None
    first_published: Moment | None = None
    live: tuple[ItemKey, ...] = ()
    tombstones: tuple[ItemKey, ...] = ()
    quarantined: int | None = None


class QuarantinedVersion(Frozen):
    """A version that breaks the contract: where it is, and what is wrong with each field."""

    key: str
    version_id: str
    at: Moment
    problems: tuple[tuple[str, str], ...]


class ImageSnapshot(Frozen):
    """The newest good version of an image in the source bucket.

    Width and height are pixels as a browser shows it; of a deleted image nothing is known.
    """

    key: str
    version_id: str
    media_type: str | None = None
    width: int = 0
    height: int = 0
    is_animated: bool = False
