"""A revision as the feeds of updates and corrections keep it."""

from functools import lru_cache

from gazette.models.frozen import Frozen, Moment
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import TopicRef
from gazette.models.views.diff import FieldChange


class UpdateEntry(Frozen):
    """What readers are told of a revision, without another read; it never changes.

    ``stem`` is the path the event had then, ``first_path`` and ``predecessor_path`` are those of
    `Entry`, as is ``news_at``. ``topics`` and ``category`` are the ones it is told to. ``changes``
    are shortened; a field whose change is too long to be carried has no paragraphs.
    """

    event_id: str
    number: int
    kind: RevisionKind
    note: str | None = None
    title: str
    at: Moment
    news_at: Moment | None = None
    base_path: str
    first_path: str
    predecessor_path: str | None = None
    topics: tuple[TopicRef, ...] = ()
    category: TopicRef | None = None
    language: str | None = None
    byline: str | None = None
    sha256: str
    changes: tuple[FieldChange, ...] = ()


@lru_cache(maxsize=1024)
def read_update(payload: str) -> UpdateEntry:
    """Read a stored entry; those read lately are kept, since every topic of an event tells it."""
    return UpdateEntry.model_validate_json(payload)
