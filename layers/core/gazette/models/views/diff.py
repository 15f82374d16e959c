"""View models of a difference between two revisions."""

from enum import StrEnum
from typing import NamedTuple


class DiffKind(StrEnum):
    """What became of a run of text between two revisions."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


class DiffRun(NamedTuple):
    """Words that share a fate; white space belongs to them."""

    kind: DiffKind
    text: str


class FieldChange(NamedTuple):
    """What became of one field: paragraphs of runs. ``label`` is how a reader calls the field."""

    label: str
    paragraphs: tuple[tuple[DiffRun, ...], ...]
