"""The time of a single version from the write to its feed on ministack."""

import time
from collections.abc import Sequence

from gazette.models.contract import identity
from gazette_cli.demo.samples import Sample, Scene, Write, apply_scene
from gazette_cli.demo.wait_until_published import Pending, wait_until_published
from gazette_cli.emulators.stack import Stack
from gazette_cli.engines.engine import TAG_AUTHORITY
from tests.bench.documents import event

PARAMETERS = {
    "SiteUrl": "http://127.0.0.1:8080",
    "TagAuthority": TAG_AUTHORITY,
    "LedgerDeletionProtection": "false",
    "IngestConcurrency": "2",
}
TOPICS = ("Harbour", "Trams", "Schools", "Weather", "Council")
_MONTH = 28
_UNCOUNTED = 4


def new_event(number: int) -> Write:
    """Return an event of one of the topics, spread evenly over the days of a month."""
    day = f"2026-07-{1 + number // len(TOPICS) % _MONTH:02d}"
    body = event(number, [TOPICS[number % len(TOPICS)]], date=day)
    return Write(identity.event_key(f"lag/{number:06d}"), body)


def single_writes(stack: Stack, first: int, versions: int) -> Sequence[float]:
    """Write versions one after another, and return the milliseconds of each to its feed.

    Publications and their updates alternate. The emulator also serves the polls of the feed, so the
    resolution is about 30 ms. The first versions are not counted: they wait for earlier work.
    """
    samples: dict[str, Sample] = {}
    took = []
    for version in range(_UNCOUNTED + versions):
        number = first + version // 2
        write = new_event(number)
        if version % 2 and write.body:
            write = write._replace(body=write.body.replace(b"The bridge opened", b"It opened"))
        (timing,) = wait_until_published(stack, [_write(stack, samples, write)])
        took.append(timing.milliseconds)
    return took[_UNCOUNTED:]


def _write(stack: Stack, samples: dict[str, Sample], write: Write) -> Pending:
    (sample,) = apply_scene(samples, Scene("", (write,)))
    at = time.monotonic()
    stack.write(*write)
    return Pending(sample, at)
