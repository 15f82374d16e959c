"""Documents that use the contract up to its bounds, in the letters that take most bytes."""

import json

from gazette.models.limits import (
    MAX_ALIAS_BYTES,
    MAX_ALIASES,
    MAX_ALT_CHARACTERS,
    MAX_ATTACHMENTS,
    MAX_ENTRY_BODY_BYTES,
    MAX_GUID_BYTES,
    MAX_ID_BYTES,
    MAX_LABEL_CHARACTERS,
    MAX_LINE_CHARACTERS,
    MAX_PARAGRAPH_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    MAX_TOPICS,
    MAX_TRANSLATIONS,
    MAX_URL_BYTES,
)

# A letter of four bytes, which case folding, NFKC and slugs keep.
WIDE = "\U00020000"
LONGEST_ID = "z" * MAX_ID_BYTES


def label(number: int, letter: str = WIDE) -> str:
    start = f"topic {number} "
    return start + letter * (MAX_LABEL_CHARACTERS - len(start))


def url(number: int) -> str:
    start = f"https://example.org/{number}/"
    return start + "&" * (MAX_URL_BYTES - len(start))


def longest_alias(number: int) -> str:
    """Return an alias whose documents are at a path of as many bytes as one may have."""
    start = f"/{number:02d}"
    space = MAX_ALIAS_BYTES - len(start + "/index".removeprefix("/")) - len("/")
    return f"{start}{'z' * 150}/{'z' * (space - 150)}"


def largest_document(letter: str = WIDE, sources: int = 60) -> dict[str, object]:
    """Return the fields of a document that fills everything that an entry holds."""
    line = letter * MAX_LINE_CHARACTERS
    return {
        "title": letter * MAX_TITLE_CHARACTERS,
        "topics": [label(number, letter) for number in range(MAX_TOPICS)],
        "category": label(0, letter),
        "summary": letter * MAX_PARAGRAPH_CHARACTERS,
        "body": "\n" * (MAX_ENTRY_BODY_BYTES - 1) + "x",
        "sources": [
            {"url": url(number), "title": line, "publisher": line, "published": "2026-07-04"}
            for number in range(sources)
        ],
        "attachments": [{"url": url(number), "title": line} for number in range(MAX_ATTACHMENTS)],
        "image": {"url": url(0), "alt": letter * MAX_ALT_CHARACTERS, "credit": line},
        "byline": line,
        "language": "en",
        "guid": "g" * MAX_GUID_BYTES,
        "aliases": [longest_alias(number) for number in range(MAX_ALIASES)],
        "translations": [f"{number:02d}" + "y" * (800 - 2) for number in range(MAX_TRANSLATIONS)],
    }


def largest_bytes(letter: str = WIDE, **more: object) -> bytes:
    """Write that document, each letter as itself."""
    fields = {"date": "2026-07-04"} | largest_document(letter) | more
    return json.dumps(fields, ensure_ascii=False).encode()


def correction(letter: str = WIDE) -> dict[str, object]:
    return {"kind": "correction", "note": letter * MAX_PARAGRAPH_CHARACTERS}
