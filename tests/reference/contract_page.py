"""docs/contract.md, from the JSON Schema that the site publishes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gazette.models.contract.schema import contract_schema

Schema = Mapping[str, Any]
_INTRODUCTION = """# The contract

Every field of an event document, from the JSON Schema that each site publishes at
`/schemas/event.json`. `make reference` writes this page. [Writing](write.md) says what the fields
do. A document with more fields is accepted: `extra` keeps them.
"""
_PARTS = {
    "Source": "One of `sources`",
    "Image": "`image`",
    "Attachment": "One of `attachments`",
    "RevisionNote": "`revision`",
}
_NAMES = {"string": "text", "integer": "whole number"}


def contract_page() -> str:
    schema: Schema = json.loads(contract_schema("https://news.example/schemas/event.json"))
    sections = [_INTRODUCTION, "## The document\n", *_table(schema)]
    for name, title in _PARTS.items():
        sections += [f"\n## {title}\n", *_table(schema["$defs"][name])]
    return "\n".join(sections) + "\n"


def _table(schema: Schema) -> Iterator[str]:
    required = set(schema.get("required", ()))
    yield "| field | what it is | how to write it |"
    yield "|---|---|---|"
    for name, field in schema["properties"].items():
        needed = "required, " if name in required else ""
        kind, advice = _cell(needed + _kind(field)), _cell(field.get("description", ""))
        yield f"| `{name}` | {kind} | {advice} |"


def _kind(field: Schema) -> str:
    choices = field.get("anyOf") or field.get("oneOf")
    if not choices:
        return _one_kind(field)
    kinds = [_kind(one) for one in choices if one.get("type") != "null"]
    return " or ".join(dict.fromkeys(kinds))


def _one_kind(field: Schema) -> str:
    if "$ref" in field:
        return "object"
    if "enum" in field:
        return " or ".join(f'"{one}"' for one in field["enum"])
    if field.get("format") in {"date", "date-time"}:
        return {"date": "day", "date-time": "time"}[field["format"]]
    most = field.get("maxItems", field.get("maxLength"))
    limit = f"at most {most:,} " if most else ""
    if "items" in field:
        return f"list of {limit}{_plural(_kind(field['items']))}"
    name = _NAMES[field["type"]]
    return f"{name} of {limit}characters" if most else name


def _plural(kind: str) -> str:
    first, space, rest = kind.partition(" ")
    return f"{first}s{space}{rest}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
