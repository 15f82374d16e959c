"""How to write each field of an event: the end of a message about it.

The keys are the fields of the contract, those of objects with the name of the object before them.
"""

from collections.abc import Iterator

from pydantic import JsonValue

from gazette.models.characters import drop_unprintable, isolate_in_lines
from gazette.models.problems.messages import did_you_mean
from gazette.models.problems.problems import Problem

_TIME = "write a time with its zone, such as 2026-03-04T08:00:00Z"
_LINE = "write a text on one line"
_ADDRESS = "write it like https://post.example/bridge"

REMEDIES = {
    "title": 'write a text, such as "The bridge opens"',
    "date": "write the day of the event like 2026-03-04",
    "topics": 'write a list of texts, such as ["Harbour", "Ferries"]',
    "category": 'write a text, such as "Transport"',
    "summary": "write a text",
    "body": "write a text in Markdown",
    "sources": 'write a list such as [{"title": "Post", "url": "https://post.example/bridge"}]',
    "sources.url": _ADDRESS,
    "sources.title": _LINE,
    "sources.publisher": _LINE,
    "sources.published": "write a day like 2026-03-04, or a time with its zone",
    "attachments": 'write a list such as [{"title": "Report", "url": "https://a.example/a.pdf"}]',
    "attachments.key": "write the key of an image in the source bucket, such as images/map.png",
    "attachments.url": _ADDRESS,
    "attachments.title": _LINE,
    "attachments.type": "write a media type such as application/pdf",
    "attachments.length": "write the number of bytes, such as 48213",
    "image": 'write an object such as {"key": "images/bridge.jpg", "alt": "The open bridge"}',
    "image.key": "write the key of an object in the source bucket, such as images/bridge.jpg",
    "image.url": _ADDRESS,
    "image.alt": "write in words what the image shows",
    "image.credit": _LINE,
    "language": "write a tag such as en, pt-BR or zh-Hant",
    "byline": "write a name, or a list of names",
    "published": _TIME,
    "modified": _TIME,
    "expires": _TIME,
    "revision": 'write an object such as {"kind": "correction", "note": "It opened at seven."}',
    "revision.kind": 'write "minor", "update", "correction" or "retraction"',
    "revision.note": "write what was changed, and why",
    "translations": 'write a list of ids of events, such as ["2026/bridge-es"]',
    "slug": "write a text for the address, such as bridge-opens",
    "guid": "write the id that feeds had elsewhere on one line, such as urn:uuid:…",
    "aliases": 'write a list of paths on this site, such as ["/2019/05/bridge/", "/bridge.html"]',
}
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
            yield Problem(name, f"is not a time; {_TIME}")


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
