"""Says in our words what is wrong with a published document: path, event, revision, and cause."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from gazette.models.problems.json_errors import json_problem
from gazette.renderers.json.parts import write_json
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite

_NEWS = "/news/"


class DamagedError(ValueError):
    """A document of a hash chain is not as it was published."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{path_at(address)}: {reason}")
        self.address, self.reason = address, reason


def path_at(address: str) -> str:
    """Return the path of a document of an event, by its address."""
    _, news, rest = address.rpartition(_NEWS)
    return unquote(f"{news}{rest}".removeprefix("/")) if news else address


def named(address: str, event: str | None, number: int | None, problem: str) -> str:
    """Return a line that names a document, its event and its revision as far as they are known."""
    known = [f"event {event}"] * (event is not None)
    known += [f"revision {number}"] * (number is not None)
    shown = f" ({', '.join(known)})" if known else ""
    return f"{path_at(address)}{shown}: {problem}"


def read_document(site: PublishedSite, address: str) -> Mapping[str, Any]:
    """Return a JSON document in its published form.

    Raises:
        DamagedError: it is missing, no JSON, or written in another form.
    """
    try:
        raw = site.read(address)
        document: Mapping[str, Any] = json.loads(raw)
        is_published = write_json(dict(document)) == raw
    except UNREADABLE as error:
        raise DamagedError(address, reason_of(error)) from error
    if not is_published:
        raise DamagedError(address, "is not in the form in which it was published")
    return document


def reason_of(error: Exception) -> str:
    """Return why a document cannot be read; the error is one of `UNREADABLE`."""
    if isinstance(error, DamagedError):
        return error.reason
    if isinstance(error, OSError):
        return "is missing or cannot be read"
    if isinstance(error, json.JSONDecodeError):
        return json_problem(error.doc, error)
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8: byte {error.start} is wrong"
    if isinstance(error, KeyError):
        return f"has no {error.args[0]}"
    return "has a field of another form than it was published in"
