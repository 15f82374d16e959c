"""The contract of an erasure document, ``erasures/<event id>.json``: which revisions, and why."""

import json
from datetime import date
from typing import Annotated, NamedTuple, Self, TypeAlias

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from gazette.models.contract.field_types import Line
from gazette.models.contract.parsing import read_object
from gazette.models.contract.tidying import clean, tidy, without_excess
from gazette.models.frozen import Frozen
from gazette.models.limits import (
    MAX_ERASED_REVISIONS,
    MAX_INTEGER,
    MAX_URL_CHARACTERS,
)
from gazette.models.problems.messages import problems_of, with_remedy
from gazette.models.problems.problems import InvalidEventError

ALL = "all"
Day: TypeAlias = date
_REMEDIES = {
    "revisions": f'write "{ALL}", or a list of numbers, such as [1, 2]',
    "revisions.number": "write the number that the history shows, such as 2",
    "revisions.version": "write the id that S3 gave the version",
    "revisions.sha256": "write the 64 digits that the site shows for the revision",
    "reason": "write in one line why, as readers may see it",
    "date": "write it like 2026-11-29, or leave it out",
}
_NO_REVISION = "names no revision"


class _Part(Frozen):
    model_config = ConfigDict(strict=True)


class ErasedRevision(_Part):
    """A revision to erase, by one or more of these; all that are given must fit.

    ``sha256`` is the hash that the site shows for the revision, or that of its document alone.
    """

    number: Annotated[int, Field(ge=1, le=MAX_INTEGER)] | None = None
    version: (
        Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_CHARACTERS)] | None
    ) = None
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _names_a_revision(self) -> Self:
        if not self.model_fields_set:
            reason = "names no revision; give its number, version or sha256"
            raise ValueError(reason)
        return self

    def __str__(self) -> str:
        named = self.model_dump(exclude_none=True)
        return ", ".join(f"{name} {value}" for name, value in named.items())


def _by_number(value: object) -> object:
    """Read a plain number as the revision that has it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"number": value}
    if isinstance(value, dict):
        return value
    raise ValueError(_NO_REVISION)


def _several(value: object) -> object:
    """Read the revisions; "all" is the empty tuple, which nobody can write."""
    if value == ALL:
        return ()
    if isinstance(value, list) and value:
        return tuple(value)
    raise ValueError(_NO_REVISION)


class ErasureDocument(_Part):
    """Which revisions of an event the publisher erases, and why; ``date`` is when, if he says so.

    No ``revisions`` are all that S3 stored before this document.
    """

    revisions: Annotated[
        tuple[Annotated[ErasedRevision, BeforeValidator(_by_number)], ...],
        Field(max_length=MAX_ERASED_REVISIONS),
        BeforeValidator(_several),
    ]
    reason: Line
    date: Day | None = None


class Facts(NamedTuple):
    """What an erasure document can name a revision by."""

    number: int
    version: str
    hashes: tuple[str | None, ...]


def is_named(revision: Facts, erased: ErasedRevision) -> bool:
    """Return whether this is the revision that an erasure document names."""
    return (
        erased.number in {None, revision.number}
        and erased.version in {None, revision.version}
        and (erased.sha256 is None or erased.sha256 in revision.hashes)
    )


def parse_erasure(raw: bytes) -> ErasureDocument:
    """Parse an erasure document.

    Raises:
        InvalidEventError: it breaks the contract. It names every problem, what was given, and what
            to write.
    """
    fields = clean(without_excess(read_object(raw), ErasureDocument))
    try:
        tidied = tidy(fields, ErasureDocument, [])
        return ErasureDocument.model_validate_json(json.dumps(tidied))
    except InvalidEventError as error:
        problems = (with_remedy(problem, _REMEDIES) for problem in error.problems)
        raise InvalidEventError(*problems) from None
    except ValidationError as error:
        raise InvalidEventError(*problems_of(error, _REMEDIES, are_quoted=True)) from None


def written_erasure(document: ErasureDocument) -> str:
    """Write a document that `parse_erasure` reads as the same."""
    fields = document.model_dump(mode="json", exclude_none=True)
    return json.dumps(fields | {"revisions": fields["revisions"] or ALL})
