"""Says in one line where a document differs, and which event and revision it shows there."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

from gazette_cli.verification.document_comparison import Difference
from gazette_cli.verification.published_images import ImageFile, Shown

_SHOWN = 30
# The page, a revision or a history of an event.
_OF_EVENT = re.compile(r"(news/\d{4}/\d\d/\d\d?/[^/.]+)(?:\.r(\d+))?\.[\w.]+")
# The id of a revision in feeds of updates and corrections.
_ID = re.compile(r":revision/(\d+)/([^\s<\"]+)")
# What begins and ends one entry; in other formats that is a line.
_ENTRIES = {
    "atom": (b"<entry>", b"</entry>"),
    "xml": (b"<entry>", b"</entry>"),
    "rss": (b"<item>", b"</item>"),
    "html": (b"<article>", b"</article>"),
}
_LINE = (b"\n", b"\n")


class ShownRevision(NamedTuple):
    """An event and the number of its revision."""

    event: str
    number: int


# The newest revision of an event, by every base path that the event has had.
Bases = Mapping[str, ShownRevision]


def describe(path: str, difference: Difference, bases: Bases) -> str:
    """Return a line that names the document, the event and revision, and the difference."""
    if difference.found is None:
        return f"{path}{_of(_revision_at(path, bases))}: is missing or cannot be read"
    expected, found = difference.expected, difference.found
    position = _first_difference(expected, found)
    revision = _revision_at(path, bases) or _revision_in(_entry(path, expected, position), bases)
    line = found.count(b"\n", 0, position) + 1
    says, must_say = (_around(text, position) for text in (found, expected))
    return f"{path}{_of(revision)}: line {line} says {says!r}, must say {must_say!r}"


def describe_image(image: ImageFile, shown: Shown, bases: Bases) -> str:
    """Return a line that names a damaged image, the event that shows it, and what is wrong."""
    revision = next((bases[base] for base in shown.get(image.key, ()) if base in bases), None)
    return f"{image.path}{_of(revision)}: {image.problem}"


def _of(revision: ShownRevision | None) -> str:
    return f" (event {revision.event}, revision {revision.number})" if revision else ""


def _around(text: bytes, position: int) -> str:
    return text[max(position - _SHOWN, 0) : position + _SHOWN].decode(errors="replace")


def _first_difference(one: bytes, other: bytes) -> int:
    shorter = range(min(len(one), len(other)))
    return bisect_left(shorter, True, key=lambda last: one[: last + 1] != other[: last + 1])


def _revision_at(path: str, bases: Bases) -> ShownRevision | None:
    """Return what a path of an event shows, None for other paths."""
    match = _OF_EVENT.match(path)
    newest = bases.get(match[1]) if match else None
    if match is None or newest is None:
        return None
    return newest._replace(number=int(match[2])) if match[2] else newest


def _entry(path: str, text: bytes, position: int) -> str:
    """Return the entry of a feed or list around a position, empty outside of entries."""
    begin, end = _ENTRIES.get(path.rpartition(".")[2], _LINE)
    start = text.rfind(begin, 0, position + 1)
    if start < 0 or text.find(end, start, position) > start:
        return ""
    return text[start : text.find(end, max(position, start + 1))].decode(errors="replace")


def _revision_in(entry: str, bases: Bases) -> ShownRevision | None:
    """Return the revision whose id an entry has, or the first event that it leads to.

    An entry also leads to the revision before its own.
    """
    for number, event in _ID.findall(unescape(entry)):
        return ShownRevision(unquote(event), int(number))
    paths = (match[0] for match in _OF_EVENT.finditer(unquote(entry)))
    return next(filter(None, (_revision_at(path, bases) for path in paths)), None)
