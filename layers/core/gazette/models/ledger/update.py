"""A revision, as the feeds of updates and corrections store it."""

from sys import getsizeof
from typing import Annotated

from gazette.models.byte_cache import CachedFunction
from gazette.models.frozen import Moment, Stored, renamed
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import TopicRef
from gazette.models.views.diff import FieldChange


class UpdateEntry(Stored):
    """A revision with all that an entry in a feed of updates needs; it never changes.

    ``base_path`` is the path of the event at that time; ``first_path``, ``predecessor_path`` and
    ``news_at`` are as in `Entry`. ``topics`` and ``category`` are those whose feeds list it.
    ``changes`` are shortened; a field whose change is too long has no paragraphs.
    """

    event_id: str
    number: int
    kind: RevisionKind
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
    sha256: str
    changes: tuple[FieldChange, ...] = ()


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
