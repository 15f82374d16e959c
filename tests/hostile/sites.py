"""A site whose publisher writes attacks into every field."""

from datetime import UTC, datetime, timedelta

from gazette_cli.engines.acts import Change
from tests.hostile.payloads import PAYLOADS, Payload
from tests.unit.publish.worlds import document_of

START = datetime(2026, 7, 4, tzinfo=UTC)
# Every attack is published and corrected under another title. Every fourth is then withdrawn.
_WITHDRAWN = 4


def key_of(payload: Payload) -> str:
    return f"events/{payload.number}-{payload.text[:60].replace('/', '_')}.json"


def _fields(text: str) -> dict[str, object]:
    """Write a text into every field. Where a letter is required, one is added."""
    line = f"x {text}"
    address = f"https://a.example/{text}?{text}#{text}"
    return {
        "title": text[:900],
        "topics": ["Fire", line[:150]],
        "category": f"y {text}"[:150],
        "summary": text,
        "body": f"{text}\n\nafter",
        "sources": [{"title": text, "url": address, "publisher": text}],
        "image": {"url": address, "alt": line, "credit": text},
        "byline": text,
        "slug": text[:150],
        "translations": [f"../{text}"],
        f"x-{text}": {text: [text]},
    }


def versions(payload: Payload) -> list[Change]:
    """Return the versions of one attack, an hour apart."""
    text, key = payload.text, key_of(payload)
    fields = _fields(text)
    corrected = fields | {
        "slug": f"moved {text}"[:150],
        "body": f"before\n\n{text} {text}",
        "revision": {"kind": "correction", "note": f"x {text}"},
    }
    written = [fields, corrected]
    if payload.number % _WITHDRAWN == 0:
        written.append(fields | {"revision": {"kind": "retraction", "note": f"x {text}"}})
    first = START + timedelta(minutes=payload.number)
    return [
        Change(first + timedelta(hours=number), key, document_of(**fields))
        for number, fields in enumerate(written)
    ]


def hostile_changes() -> list[Change]:
    changes = [change for payload in PAYLOADS for change in versions(payload)]
    return sorted(changes, key=lambda change: change.at)
