"""Parses the bytes of an object into an `EventDocument`, or says what to correct."""

import json
from typing import NamedTuple, NoReturn

from pydantic import JsonValue, ValidationError

from gazette.models.characters import drop_unprintable
from gazette.models.contract.decoding import text_of, too_large
from gazette.models.contract.document import EventDocument
from gazette.models.contract.numbers import read_decimal, read_integer
from gazette.models.contract.stored_document import read_stored
from gazette.models.contract.tidying import Fields, clean, refuse_depth, tidy, without_excess
from gazette.models.limits import MAX_DOCUMENT_BYTES, MAX_REPORTED_PROBLEMS
from gazette.models.problems.json_errors import json_problem
from gazette.models.problems.messages import problems_of, with_remedy
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.problems.remedies import REMEDIES, silent_mistakes, unknown, unseen

__all__ = ["InvalidEventError", "Parsed", "Problem", "parse", "parse_accepted", "parse_document"]


class Parsed(NamedTuple):
    """A document, and remarks about what is published in another form than it was written in."""

    document: EventDocument
    remarks: tuple[Problem, ...]


def parse_document(raw: bytes) -> EventDocument:
    """Return the document that `parse` finds."""
    return parse(raw).document


def parse_accepted(raw: bytes) -> EventDocument:
    """Return a document that was accepted once, perhaps under wider limits than those of today.

    Raises:
        InvalidEventError: it is no document of any release.
    """
    try:
        return parse_document(raw)
    except InvalidEventError as error:
        fields = tidy(clean(read_object(raw, most=len(raw))), EventDocument, [])
        try:
            return read_stored(json.dumps(fields))
        except ValidationError:
            raise error from None


def parse(raw: bytes) -> Parsed:
    """Parse a JSON document and check it against the input contract.

    Raises:
        InvalidEventError: the document breaks the contract; it names every problem.
    """
    remarks: list[Problem] = []
    given = without_excess(read_object(raw), EventDocument)
    fields = _tidied(clean(given), remarks)
    problems = [*silent_mistakes(fields), *unseen(given)]
    try:
        document = EventDocument.model_validate_json(json.dumps(fields), context=remarks)
    except ValidationError as error:
        problems += problems_of(error, REMEDIES)
    if problems:
        raise InvalidEventError(*problems[:MAX_REPORTED_PROBLEMS])
    remarks += unknown(fields)
    return Parsed(document, tuple(remarks[:MAX_REPORTED_PROBLEMS]))


def _tidied(fields: Fields, remarks: list[Problem]) -> Fields:
    try:
        return tidy(fields, EventDocument, remarks)
    except InvalidEventError as error:
        problems = (with_remedy(problem, REMEDIES) for problem in error.problems)
        raise InvalidEventError(*problems) from None


def read_object(raw: bytes, most: int = MAX_DOCUMENT_BYTES) -> dict[str, JsonValue]:
    """Read a JSON object.

    Raises:
        InvalidEventError: it is none, or too large.
    """
    if len(raw) > most:
        _refuse(too_large(len(raw)))
    text = text_of(raw)
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=read_decimal,
            parse_int=read_integer,
        )
    except RecursionError:
        refuse_depth()
    except json.JSONDecodeError as error:
        _refuse(json_problem(text, error))
    if not isinstance(value, dict):
        _refuse("is not a JSON object; write its fields between { and }")
    return value


def _refuse(reason: str) -> NoReturn:
    raise InvalidEventError(Problem("document", reason))


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidEventError(
                Problem(drop_unprintable(name)[:100], "stands twice in one object; leave one out")
            )
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    _refuse(f"holds {name}, which JSON does not have; write a number, a text or null")
