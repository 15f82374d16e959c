"""The form of the console and the document that it writes: each is made from the other.

A form holds texts only. What its fields cannot hold is in the field ``other``, as JSON, so nothing
of a document is lost, be it right or wrong.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from gazette.models.contract.identity import event_id, event_key
from gazette.models.contract.parsing import parse, read_object
from gazette.models.identifiers.slugs import title_slug
from gazette.models.problems.problems import InvalidEventError, Problem

Fields = dict[str, JsonValue]
Form = Mapping[str, str]

OTHER, EVENT_ID = "other", "id"
# Fields of the contract that are one text.
TEXTS = ("title", "date", "category", "summary", "body", "language", "published")
_SOURCE_PARTS = ("url", "title", "publisher", "published")
_BAR = "|"
_REVISION = ("kind", "note")
# Where a message about a field of the contract is shown.
_CONTROLS = {"revision": "kind", "revision.kind": "kind", "revision.note": "note"}
_HALF = re.compile("[\ud800-\udfff]")
_HAS_A_HALF = "has half a character, a lone surrogate; write the character again"
_NEEDS_A_NOTE = "needs a note"


def form_of(document: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return the form of a document, which need not be valid."""
    other = dict(document)
    form = {name: _take(other, name, _text) for name in TEXTS}
    form["topics"] = _take(other, "topics", _topics)
    form["sources"] = _take(other, "sources", _sources)
    form |= _take_revision(other)
    form[OTHER] = _dump(other) if other else ""
    return form


def document_of(form: Form) -> Fields:
    """Return the document of a form, which need not be valid.

    Raises:
        InvalidEventError: the other fields are no JSON object, or a field has half a character.
    """
    if halves := [name for name, text in form.items() if _HALF.search(text)]:
        raise InvalidEventError(*(Problem(name, _HAS_A_HALF) for name in halves))
    given: Fields = {name: form.get(name, "") for name in TEXTS}
    given["topics"] = [line.strip() for line in form.get("topics", "").split("\n") if line.strip()]
    lines = form.get("sources", "").split("\n")
    given["sources"] = [_source(line) for line in lines if line.strip()]
    revision = {name: form.get(name, "") for name in _REVISION}
    given["revision"] = {name: text for name, text in revision.items() if text}
    return {name: value for name, value in given.items() if value} | _other(form, given)


def document_text(document: Fields) -> str:
    """Return the document as it is written to the source bucket."""
    return _dump(document) + "\n"


def key_of(form: Form, document: Fields, now: datetime) -> str:
    """Return the object key of the event; that of a new one has the year and the title.

    Raises:
        InvalidEventError: no event can have it.
    """
    identity = form.get(EVENT_ID, "").strip()
    title = document.get("title")
    if not identity:
        slug = title_slug(title if isinstance(title, str) else "")
        identity = f"{now.year}/{slug}"
    try:
        event_id(event_key(identity))
    except InvalidEventError as error:
        raise InvalidEventError(Problem(EVENT_ID, error.problems[0].reason)) from error
    return event_key(identity)


def problems_of_form(error: InvalidEventError) -> list[dict[str, str]]:
    """Return the problems with the field of the form at which each is shown."""
    return [
        {"field": _control(problem), "path": problem.field, "reason": problem.reason}
        for problem in error.problems
    ]


def check_document(document: Fields) -> list[str]:
    """Return remarks about a valid document.

    Raises:
        InvalidEventError: it breaks the contract.
    """
    parsed = parse(document_text(document).encode())
    return [f"{field}: {reason}" for field, reason in parsed.remarks]


def _control(problem: Problem) -> str:
    if problem.field == "revision" and _NEEDS_A_NOTE in problem.reason:
        return "note"
    first = problem.field.partition(".")[0]
    known = {*TEXTS, *_REVISION, "topics", "sources", EVENT_ID}
    return _CONTROLS.get(problem.field) or (first if first in known else OTHER)


def _take(other: Fields, name: str, read: Callable[[JsonValue], str | None]) -> str:
    """Move a value from the other fields to one of the form, if that can hold it."""
    text = read(other.get(name))
    if text is None:
        return ""
    other.pop(name, None)
    return text


def _text(value: JsonValue) -> str | None:
    # A browser writes line ends in its own way, and empty texts are absent.
    is_kept = isinstance(value, str) and "\r" not in value and bool(value)
    return str(value) if is_kept else None


def _topics(value: JsonValue) -> str | None:
    if not isinstance(value, list) or not value:
        return None
    labels = [label for label in value if isinstance(label, str) and _is_line(label)]
    return "\n".join(labels) if len(labels) == len(value) else None


def _sources(value: JsonValue) -> str | None:
    if not isinstance(value, list) or not value:
        return None
    lines = [line for source in value if (line := _source_line(source))]
    return "\n".join(lines) if len(lines) == len(value) else None


def _source_line(source: JsonValue) -> str | None:
    """Return a source on one line, None if a line cannot hold it."""
    if not isinstance(source, dict) or not source.keys() <= set(_SOURCE_PARTS):
        return None
    parts = [source.get(name, "") for name in _SOURCE_PARTS]
    texts = [part for part in parts if isinstance(part, str)]
    line = f" {_BAR} ".join(texts).rstrip(f" {_BAR}")
    return line if _source(line) == source else None


def _source(line: str) -> Fields:
    parts = (part.strip() for part in line.split(_BAR, len(_SOURCE_PARTS) - 1))
    return {name: part for name, part in zip(_SOURCE_PARTS, parts, strict=False) if part}


def _take_revision(other: Fields) -> dict[str, str]:
    revision = other.get("revision")
    empty = dict.fromkeys(_REVISION, "")
    if not isinstance(revision, dict) or not revision or not revision.keys() <= set(_REVISION):
        return empty
    texts = {name: text for name, value in revision.items() if (text := _text(value))}
    if len(texts) < len(revision):
        return empty
    del other["revision"]
    return empty | texts


def _is_line(text: str) -> bool:
    return text == text.strip() and bool(text) and not set("\r\n") & set(text)


def _other(form: Form, given: Fields) -> Fields:
    """Return the other fields; those that the form has a value for are left out."""
    text = form.get(OTHER, "")
    if not text.strip():
        return {}
    try:
        other = read_object(text.encode(errors="replace"))
    except InvalidEventError as error:
        problems: Sequence[Problem] = error.problems
        raise InvalidEventError(*(Problem(OTHER, one.reason) for one in problems)) from error
    return {name: value for name, value in other.items() if not given.get(name)}


def _dump(fields: Mapping[str, JsonValue]) -> str:
    return json.dumps(fields, indent=2, ensure_ascii=False)
