"""What a reader of one kind of source yields for each event, and what becomes of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeAlias

from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem


class ImageFiles(NamedTuple):
    """Where the images of a text are: from the root of the source on, or next to the text."""

    root: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as its source has it, not checked yet; ``label`` names it in messages."""

    label: str
    event_id: str
    fields: Fields
    remarks: tuple[Problem, ...] = ()
    files: ImageFiles | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What makes no event; it ``was_meant`` to make none if its source says so, as of a draft."""

    label: str
    problem: Problem
    was_meant: bool = False


Found: TypeAlias = Draft | LeftOut


class ImportOptions(NamedTuple):
    """The arguments of the command."""

    kind: str
    source: str
    out: Path
    with_images: bool = False
    language: str | None = None
    with_pages: bool = False
    columns: Mapping[str, str] = {}
    date_format: str | None = None
    permalink: str | None = None
    is_json: bool = False


Reader: TypeAlias = Callable[[ImportOptions], Iterator[Found]]


class Result(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event of the source."""

    label: str
    result: Result
    event_id: str | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = field(default=())
