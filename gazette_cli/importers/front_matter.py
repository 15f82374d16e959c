"""Splits a Markdown file into its front matter (YAML, TOML or JSON) and its text."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import yaml

_YAML = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class FrontMatterError(ValueError):
    """The front matter cannot be read."""


class Page(NamedTuple):
    """Fields by their names in lower case, and the text below."""

    fields: Mapping[str, Any]
    text: str


def split_page(text: str) -> Page:
    """Split the text of a file; one without front matter has no fields.

    Raises:
        FrontMatterError: the front matter is no YAML, TOML or JSON with named fields.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        fields, rest = _read(text)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise FrontMatterError(f"cannot be read: {reason}; correct it") from error
    if not isinstance(fields, dict):
        raise FrontMatterError("has no named fields; write them like title: The bridge opens")
    return Page({str(name).lower(): value for name, value in fields.items()}, rest)


def _read(text: str) -> tuple[object, str]:
    if found := _YAML.match(text):
        return yaml.safe_load(found[1]) or {}, text[found.end() :]
    if found := _TOML.match(text):
        return tomllib.loads(found[1]), text[found.end() :]
    if text.startswith("{\n"):
        fields, end = json.JSONDecoder().raw_decode(text)
        return fields, text[end:]
    return {}, text


def first(fields: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401  # front matter holds anything
    """Return the first of some fields that has a value."""
    return next((fields[name] for name in names if fields.get(name) not in (None, "", [])), None)


def text_of(value: object) -> str:
    """Return a value as text, empty if it is a list or an object."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


def texts_of(value: object) -> list[str]:
    """Return a list of texts; one text may name several, separated by commas."""
    if isinstance(value, str):
        return [one.strip() for one in value.split(",") if one.strip()]
    items = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, items) if text]
