"""How to write each field of an event: the end of a message about it."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel, JsonValue

from gazette.models.characters import drop_unprintable, isolate_in_lines
from gazette.models.contract.document import EventDocument
from gazette.models.problems.messages import did_you_mean
from gazette.models.problems.problems import Problem


def _remedies(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield how to write each field: the first sentence of its description.

    The name of a field of an object follows that of the object (``sources.url``).
    """
    for name, field in model.model_fields.items():
        sentence = (field.description or "").split(". ")[0].removesuffix(".")
        yield f"{before}{name}", sentence[:1].lower() + sentence[1:]
        for part in _parts(field.annotation):
            yield from _remedies(part, f"{before}{name}.")


def _parts(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models of the objects that a field holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


REMEDIES = dict(_remedies(EventDocument))
# What publishers call these fields elsewhere.
_ELSEWHERE = {
    "abstract": "summary",
    "author": "byline",
    "authors": "byline",
    "description": "summary",
    "embargo": "published",
    "excerpt": "summary",
    "keywords": "topics",
    "photo": "image",
    "enclosures": "attachments",
    "files": "attachments",
    "content": "body",
    "headline": "title",
    "lang": "language",
    "note": "revision.note",
    "tags": "topics",
    "text": "body",
    "alt": "image.alt",
    "permalinks": "aliases",
    "redirect_from": "aliases",
    "redirects": "aliases",
    "uuid": "guid",
}
_FIELDS = tuple(field for field in REMEDIES if "." not in field)
# A publisher may have fields of his own, so only a word that is very much like one is a mistake.
_ALIKE = 0.75


def silent_mistakes(fields: dict[str, JsonValue]) -> Iterator[Problem]:
    """Yield what the model would take without a word, and not as it was meant."""
    if "kind" in fields:
        reason = 'belongs into revision; write "revision": {"kind": "correction", "note": "…"}'
        yield Problem("kind", reason)
    for name in ("published", "modified", "expires"):
        value = fields.get(name)
        # Digits alone would be read as seconds since 1970.
        if isinstance(value, str) and value.strip().replace(".", "").isdigit():
            yield Problem(name, f"is not a time; {REMEDIES[name]}")


def unseen(given: dict[str, JsonValue]) -> Iterator[Problem]:
    """Yield the ids and addresses that would be another one after reading: they are exact."""
    for name in ("guid", "aliases"):
        value = given.get(name)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and isolate_in_lines(drop_unprintable(text)) != text:
                yield Problem(name, f"holds a control character; {REMEDIES[name]}")


def unknown(fields: dict[str, JsonValue]) -> Iterator[Problem]:
    """Yield a remark for each field that the contract does not know."""
    for name in fields:
        if name not in _FIELDS:
            meant = _meant(name)
            remark = "is no field of the contract, and is published under extra"
            yield Problem(name, f"{remark}; {meant}" if meant else remark)


def mistaken(fields: dict[str, JsonValue]) -> Iterator[Problem]:
    """Yield the remarks about fields that were probably meant to be ours, and not publishers'."""
    return (remark for remark in unknown(fields) if _meant(remark.field))


def _meant(name: str) -> str:
    if name.lower() in _ELSEWHERE:
        return f"did you mean {_ELSEWHERE[name.lower()]}?"
    return did_you_mean(name, _FIELDS, _ALIKE)
