"""A revision, as the feeds of updates and corrections store it."""

from sys import getsizeof

from gazette.models.byte_cache import CachedFunction
from gazette.models.frozen import Moment, Stored
from gazette.models.ledger.entry import RevisionEntry
from gazette.models.views.diff import FieldChange


class UpdateEntry(RevisionEntry):
    """A revision with all that an entry in a feed of updates needs; it never changes.

    ``topics`` and ``category`` are those whose feeds list it. ``changes`` are shortened; a field
    whose change is too long has no paragraphs.
    """

    changes: tuple[FieldChange, ...] = ()


class TimelineHead(Stored):
    """What the feeds of updates and corrections say of their time line, however empty they are.

    ``label`` is its name in its newest entry; ``first`` is when its oldest one was published.
    """

    label: str
    first: Moment


def _memory(update: UpdateEntry, payload: str) -> int:
    """Estimate the bytes that an update takes in memory together with its payload."""
    return 4 * getsizeof(payload) + 2_000 + 500 * len(update.topics)


# Every topic of an event stores the same payload.
_UPDATES: CachedFunction[[str], UpdateEntry] = CachedFunction(
    UpdateEntry.model_validate_json, _memory
)


def read_update(payload: str) -> UpdateEntry:
    """Read a stored update, or return the one that was read from the same payload before."""
    return _UPDATES(payload)
