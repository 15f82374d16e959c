"""A revision, as the feeds of updates and corrections store it."""

from functools import lru_cache

from gazette.models.ledger.entry import RevisionEntry
from gazette.models.views.diff import FieldChange


class UpdateEntry(RevisionEntry):
    """A revision with all that an entry in a feed of updates needs; it never changes.

    ``topics`` and ``category`` are those whose feeds list it. ``changes`` are shortened; a field
    whose change is too long has no paragraphs.
    """

    changes: tuple[FieldChange, ...] = ()


@lru_cache(maxsize=1024)
def read_update(payload: str) -> UpdateEntry:
    """Read a stored update; cached, because every topic of an event stores the same payload."""
    return UpdateEntry.model_validate_json(payload)
