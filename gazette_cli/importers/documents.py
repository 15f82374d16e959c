"""Makes a document of the contract from a draft: completes it, checks it, and repairs what is safe.

It is checked as `gazette validate` checks it. What the contract refuses is left out where the event
is the same without it, and each time a remark says so.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from gazette.models import limits
from gazette.models.characters import drop_unprintable, is_blank, one_line, shorten
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.tidying import Fields
from gazette.models.identifiers.languages import canonical_language
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette_cli.commands.input_checks import check
from gazette_cli.importers.draft import Draft
from gazette_cli.importers.html_bodies import text_body, visible_text

_TITLE_CHARACTERS = 80
_MAX_REPAIRS = 20
# An event is the same without these.
_OPTIONAL = frozenset(
    {
        *("aliases", "attachments", "byline", "category", "expires", "guid", "image", "language"),
        *("slug", "sources", "topics", "translations"),
    }
)
_LISTS = {
    "aliases": limits.MAX_ALIASES,
    "attachments": limits.MAX_ATTACHMENTS,
    "sources": limits.MAX_SOURCES,
    "topics": limits.MAX_TOPICS,
}
_ORDER = tuple(EventDocument.model_fields)


class Ready(NamedTuple):
    """The bytes of a document that the contract accepts."""

    fields: Fields
    remarks: tuple[Problem, ...]


def ready(draft: Draft, language: str | None) -> Ready:
    """Complete, check and repair a draft.

    Raises:
        InvalidEventError: it breaks the contract, and only its publisher can say what is meant.
    """
    complete = _in_language(_with_short_texts(_with_title(_without_blanks(draft))), language)
    fields, remarks = dict(complete.fields), list(complete.remarks)
    for _ in range(_MAX_REPAIRS):
        try:
            checked = check(event_key(draft.event_id), written(fields))
        except InvalidEventError as error:
            if not all(_field(problem) in _OPTIONAL for problem in error.problems):
                raise
            remarks += _drop(fields, error.problems)
        else:
            return Ready(fields, (*remarks, *checked.warnings))
    raise InvalidEventError(Problem("document", "has too many mistakes; correct the source"))


def written(fields: Fields) -> bytes:
    """Write a document, its fields in the order of the contract, so that equal ones are equal."""
    known = {name: fields[name] for name in _ORDER if name in fields}
    return json.dumps(known | fields, indent=2, ensure_ascii=False).encode(errors="replace") + b"\n"


def _without_blanks(draft: Draft) -> Draft:
    kept: Fields = {
        name: value for name, value in draft.fields.items() if value not in (None, "", [], {})
    }
    return replace(draft, fields=kept)


def _with_title(draft: Draft) -> Draft:
    """Give an event without a title the first words of its text, and shorten a long one."""
    title, summary, body = (str(draft.fields.get(n, "")) for n in ("title", "summary", "body"))
    clean = one_line(drop_unprintable(title))
    if is_blank(clean):
        words = one_line(summary) or one_line(visible_text(body))
        if is_blank(words):
            return draft
        made = shorten(words, _TITLE_CHARACTERS)
        remark = Problem("title", f"is missing; the first words of the text are it: {made}")
        return _changed(draft, remark, title=made)
    if len(clean) <= limits.MAX_TITLE_CHARACTERS:
        return draft
    remark = Problem("title", "is too long; it is cut, and the text begins with the whole of it")
    short = shorten(clean, limits.MAX_TITLE_CHARACTERS)
    return _changed(draft, remark, title=short, body=f"{text_body(clean)}\n\n{body}")


def _with_short_texts(draft: Draft) -> Draft:
    summary = str(draft.fields.get("summary", ""))
    if len(summary) <= limits.MAX_PARAGRAPH_CHARACTERS:
        return draft
    remark = Problem("summary", "is too long; it is cut, and the text begins with the whole of it")
    body = f"{text_body(summary)}\n\n{draft.fields.get('body', '')}"
    short = shorten(summary, limits.MAX_PARAGRAPH_CHARACTERS)
    return _changed(draft, remark, summary=short, body=body)


def _in_language(draft: Draft, language: str | None) -> Draft:
    """Give a draft the language of the command if it has none, and write a locale as a tag."""
    given = draft.fields.get("language") or language
    if not isinstance(given, str):
        return draft
    tag = given.strip().replace("_", "-").partition(".")[0]
    try:
        return replace(draft, fields={**draft.fields, "language": canonical_language(tag)})
    except ValueError as error:
        fields = {name: value for name, value in draft.fields.items() if name != "language"}
        remark = Problem("language", f"{given} {error}; it is left out")
        return replace(draft, fields=fields, remarks=(*draft.remarks, remark))


def _changed(draft: Draft, remark: Problem, **fields: str) -> Draft:
    return replace(draft, fields={**draft.fields, **fields}, remarks=(*draft.remarks, remark))


def _field(problem: Problem) -> str:
    return problem.field.partition(".")[0]


def _drop(fields: Fields, problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """Leave out what the contract refuses: an item of a list, or a field."""
    dropped: dict[str, set[int]] = {}
    for problem in problems:
        name, _, rest = problem.field.partition(".")
        yield problem._replace(reason=f"{problem.reason} (it is left out)")
        position = rest.partition(".")[0]
        if position.isdigit():
            dropped.setdefault(name, set()).add(int(position))
        elif not _is_cut(fields, name):
            fields.pop(name, None)
    for name, positions in dropped.items():
        _leave_out(fields, name, positions)


def _is_cut(fields: Fields, name: str) -> bool:
    """Cut a list that has too many items; return whether it had."""
    items, most = fields.get(name), _LISTS.get(name)
    if most is None or not isinstance(items, list) or len(items) <= most:
        return False
    fields[name] = items[:most]
    return True


def _leave_out(fields: Fields, name: str, positions: set[int]) -> None:
    items = fields.get(name)
    if not isinstance(items, list):
        return
    left = [item for position, item in enumerate(items) if position not in positions]
    fields[name] = left
    if not left:
        del fields[name]
