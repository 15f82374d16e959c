"""View models of the difference between two revisions."""

from enum import StrEnum
from typing import NamedTuple


class DiffKind(StrEnum):
    """Whether a run of text is in both revisions, or in one of them."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


class DiffRun(NamedTuple):
    """Consecutive words of one kind, with their white space."""

    kind: DiffKind
    text: str


class FieldChange(NamedTuple):
    """The difference of one field, as paragraphs of runs; ``label`` is its name for readers."""

    label: str
    paragraphs: tuple[tuple[DiffRun, ...], ...]
