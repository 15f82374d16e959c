"""Measures a typical archive, and each kind of revision alone and in a burst.

An event has three topics of twelve and a text of about three kilobytes; a day has eight events.
The cost of a revision is independent of the archive size: tests/site/test_cost.py checks it.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from hashlib import sha256

from gazette.delivery.memory import MemorySiteStore
from gazette.models.site import Site
from gazette_cli.engines.acts import Change
from tests.cost.meter import MeteredEngine, Usage
from tests.processor_time import timed

# Large enough that every feed is full and its archive has segments.
EVENTS = 400
ALONE, BURST = 5, 100
TOPICS = [f"Topic {number}" for number in range(12)]
TOPICS_AN_EVENT = 3
_A_DAY = 8
_START = datetime(2026, 1, 1, tzinfo=UTC)
_GZIP = 31
_SYLLABLES = [f"{first}{vowel}" for first in "bcdfghklmnprst" for vowel in "aeiou"]
_PARAGRAPHS, _SENTENCES = 5, 6


class Kind(StrEnum):
    """The kinds of revisions that are measured."""

    PUBLICATION = "publication"
    UPDATE = "update"
    MINOR = "minor"
    CORRECTION = "correction"
    RETRACTION = "retraction"


@dataclass(frozen=True, slots=True)
class Measured:
    """The total usage of a number of revisions."""

    usage: Usage
    revisions: int


@dataclass(frozen=True, slots=True)
class Measures:
    """All measurements; feed bytes are compressed, seconds are processor time.

    ``night`` has the calls of each step of a nightly reconciliation of `EVENTS` healthy events.
    """

    alone: Mapping[Kind, Measured]
    burst: Mapping[Kind, Measured]
    feed_bytes: float
    site_bytes_an_event: float
    ledger_bytes_an_event: float
    seconds_a_document: float
    night: Mapping[str, Counter[str]]


class MeasuredArchive:
    """An archive with one change per hour."""

    def __init__(self) -> None:
        calls: Counter[str] = Counter()
        self._store = MemorySiteStore(calls)
        site = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
        self._engine = MeteredEngine(site, self._store, calls)
        self._hours = 0
        self.seconds = 0.0
        self.documents = 0

    def measure(self, changes: Iterable[Callable[[datetime], Change]]) -> Usage:
        """Apply changes, an hour apart, and return their total usage."""
        for change in changes:
            self._engine.apply(change(_START + timedelta(hours=self._hours)))
            self._hours += 1
        with timed() as taken:
            usage = self._engine.measure()
        self.seconds += taken.seconds
        self.documents += usage.total("s3.HeadObject")
        return usage

    def grow_to(self, events: int) -> None:
        """Publish the events that are missing up to a number."""
        self.measure(_writes(Kind.PUBLICATION, range(self._hours, events)))

    def night(self) -> dict[str, Counter[str]]:
        """Run the nightly reconciliation and return the calls of its steps."""
        return self._engine.night(self._store)

    def stored(self) -> tuple[int, int]:
        """Return the bytes of the site and of the ledger."""
        site = sum(len(document.body) for document in self._store.documents.values())
        return site, self._engine.ledger_bytes()

    def feed_bytes(self) -> float:
        """Return the mean size of the feeds of topics, compressed."""
        feeds = [
            document.body
            for path, document in self._store.documents.items()
            if path.startswith("topics/") and path.endswith("/feed.atom")
        ]
        return sum(len(_compressed(body)) for body in feeds) / len(feeds)


@cache
def measure() -> Measures:
    """Measure all of it; the result is cached, because it takes seconds."""
    archive = MeasuredArchive()
    archive.measure(_writes(Kind.PUBLICATION, range(EVENTS - BURST)))
    before = archive.stored()
    archive.measure(_writes(Kind.PUBLICATION, range(EVENTS - BURST, EVENTS)))
    site, ledger = (after - less for after, less in zip(archive.stored(), before, strict=True))
    feed_bytes = archive.feed_bytes()
    night = archive.night()
    alone, burst = {}, {}
    for kind in Kind:
        first = EVENTS if kind is Kind.PUBLICATION else EVENTS - ALONE - BURST
        usage = Usage()
        for number in range(first, first + ALONE):
            usage.add(archive.measure(_writes(kind, [number])))
        alone[kind] = Measured(usage, ALONE)
        numbers = range(first + ALONE, first + ALONE + BURST)
        burst[kind] = Measured(archive.measure(_writes(kind, numbers)), BURST)
    return Measures(
        alone,
        burst,
        feed_bytes,
        site / BURST,
        ledger / BURST,
        archive.seconds / archive.documents,
        night,
    )


def _writes(kind: Kind, numbers: Iterable[int]) -> Iterable[Callable[[datetime], Change]]:
    for number in numbers:
        yield partial(_change, kind, number)


def _change(kind: Kind, number: int, at: datetime) -> Change:
    return Change(at, f"events/{number:06d}.json", _body(kind, number))


def _body(kind: Kind, number: int) -> bytes:
    document: dict[str, object] = {
        "title": f"The swing bridge opens for the {number}th time",
        "date": (_START + timedelta(days=number // _A_DAY)).date().isoformat(),
        "topics": [TOPICS[(number + step) % len(TOPICS)] for step in (0, 2, 5)],
        "category": f"Category {number % 4}",
        "summary": "The bridge opened, and everybody who had waited for it came over.",
        "body": paragraphs(number),
        "sources": [
            {"title": f"Harbour Post {n}", "url": f"https://post.example/{number}/{n}"}
            for n in range(2)
        ],
    }
    if kind is not Kind.PUBLICATION:
        document["body"] = f"Now it is {kind}.\n\n{document['body']}"
        document["revision"] = {"kind": kind.value, "note": f"This is a {kind} of it."}
    return json.dumps(document).encode()


def paragraphs(number: int) -> str:
    """Return the text of an event."""
    return "\n\n".join(_paragraph(number, line) for line in range(_PARAGRAPHS))


def _paragraph(number: int, line: int) -> str:
    """Return sentences of invented words, which compress to about half, like a language."""
    return " ".join(_sentence(f"{number} {line} {position}") for position in range(_SENTENCES))


def _sentence(seed: str) -> str:
    digest = sha256(seed.encode()).digest()
    syllables = [_SYLLABLES[byte % len(_SYLLABLES)] for byte in digest]
    words = ["".join(syllables[start : start + 2]) for start in range(0, len(syllables), 2)]
    return " ".join(words).capitalize() + "."


def _compressed(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=_GZIP)
    return compressor.compress(body) + compressor.flush()
