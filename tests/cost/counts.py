"""Count the calls of each kind of change by their cause: ``make counts``.

The archive has ten years of events with three topics and a category. Its last 400 events are the
same in every size: eight a day.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from rich.console import Console

from gazette.models.branding.brand import Brand
from gazette.models.site import Site
from gazette_cli.engines.acts import Change
from tests.cost import report
from tests.cost.causes import BYTES_WRITTEN, CausedEngine, Counted, distinct
from tests.cost.meter import READ_UNITS, WRITE_UNITS
from tests.cost.report import Sheet
from tests.cost.workload import paragraphs

LAST, A_DAY, DAYS = 400, 8, 3650
END = date(2026, 6, 30)
START = datetime(2026, 7, 1, tzinfo=UTC)
POOLS = (("Sport", 40), ("Place", 20), ("Body", 60))
SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")

# The calls of each column.
CALLS = {
    "PUT": ("s3.PutObject",),
    "HEAD": ("s3.HeadObject",),
    "other S3": ("s3.GetObject", "s3.ListObjectVersions", "s3.ListObjectsV2", "s3.DeleteObject"),
    "Query": ("dynamodb.Query",),
    "Get": ("dynamodb.GetItem", "dynamodb.BatchGetItem"),
    "Put": ("dynamodb.PutItem", "dynamodb.DeleteItem"),
}


def event(number: int, day: date, **fields: object) -> bytes:
    """Return an event as JSON; its number decides its topics and its text."""
    document = {
        "title": f"The swing bridge opens for the {number}th time",
        "date": day.isoformat(),
        "topics": [f"{name} {number * 7 % many}" for name, many in POOLS],
        "category": f"Category {number % 4}",
        "summary": "The bridge opened, and everybody who had waited for it came over.",
        "body": paragraphs(number),
    }
    return json.dumps(document | fields).encode()


def day_of(position: int, size: int) -> date:
    """Return the day of an event of an archive, by its position from the oldest on."""
    from_end = size - position
    if from_end <= LAST:
        return END - timedelta(days=(from_end - 1) // A_DAY)
    older = END - timedelta(days=LAST // A_DAY)
    return older - timedelta(days=DAYS * (from_end - LAST) // max(size - LAST, 1))


class CountedArchive:
    """An archive of so many events, and changes to it."""

    def __init__(self, size: int, site: Site = SITE) -> None:
        self._engine = CausedEngine(site)
        self._size = size
        self._hours = 0
        for position in range(size):
            self._write(position, event(size - position, day_of(position, size)))
        self._engine.count()

    def count(self, position: int, body: bytes) -> Counted:
        """Write one object, publish what it changes, and return what that took."""
        self._write(position, body)
        return self._engine.count()

    def body(self, position: int, **fields: object) -> bytes:
        return event(self._size - position, day_of(position, self._size), **fields)

    def _write(self, position: int, body: bytes) -> None:
        at = START + timedelta(hours=self._hours)
        # The number from the end names an event, so that names are the same in every size.
        key = f"events/event-{self._size - position + 1000:07d}.json"
        self._engine.apply(Change(at, key, body))
        self._hours += 1


def count_changes(size: int, site: Site = SITE) -> dict[str, Counted]:
    """Return what each kind of change takes, in an archive of so many events."""
    archive = CountedArchive(size, site)

    def change(back: int, kind: str) -> bytes:
        text = f"Now it is {kind}.\n\n{paragraphs(back)}"
        revision = {"kind": kind, "note": f"This is a {kind} of it."}
        return archive.body(size - back, body=text, revision=revision)

    tomorrow = END + timedelta(days=1)
    found = {"new event, first of its day": archive.count(size, event(0, tomorrow))}
    found["new event"] = archive.count(size + 1, event(-1, tomorrow))
    for back, kind in enumerate(("minor", "update", "correction", "retraction"), start=3):
        found[kind] = archive.count(size - back, change(back, kind))
    found["same bytes again"] = archive.count(size - 10, archive.body(size - 10))
    late = event(-2, END - timedelta(days=730))
    found["late event, two years back"] = archive.count(size + 2, late)
    return found


def calls_of(counted: Counted) -> dict[str, int]:
    """Return the number of calls by column."""
    return {name: sum(counted.total[one] for one in names) for name, names in CALLS.items()}


def counts_sheet(found: Mapping[str, Counted], size: int) -> Sheet:
    rows = [(name, *_numbers(counted)) for name, counted in found.items()]
    columns = (
        "change",
        "calls",
        "PUT",
        "at once",
        "twice",
        "MB",
        *list(CALLS)[1:],
        "reads",
        "distinct",
    )
    return Sheet(f"Calls in an archive of {size:,}", (*columns, "RU", "WU", "hops"), rows)


def _numbers(counted: Counted) -> Iterable[str]:
    """Yield the columns of a change.

    ``at once`` are the PUT of the first lane. ``twice`` counts documents, ``reads`` those of the
    ledger.
    """
    calls = calls_of(counted)
    yield f"{sum(calls.values())}"
    yield f"{calls.pop('PUT')}"
    yield f"{counted.at_once}"
    yield f"{len(counted.written_again)}"
    yield f"{counted.total[BYTES_WRITTEN] / 1e6:.2f}"
    yield from map(str, calls.values())
    yield f"{counted.reads.total()}"
    yield f"{distinct(counted.reads)}"
    yield f"{counted.total[READ_UNITS]:,}"
    yield f"{counted.total[WRITE_UNITS]}"
    yield f"{counted.hops}"


def causes_sheet(name: str, counted: Counted) -> Sheet:
    """Return the calls of a change by the task that reads, and the partition that is published."""
    rows = [
        (
            cause,
            *(str(sum(calls[one] for one in names) or "") for names in CALLS.values()),
            f"{calls[READ_UNITS] or '':,}" if calls[READ_UNITS] else "",
            f"{calls[WRITE_UNITS] or ''}",
            f"{calls[BYTES_WRITTEN] / 1e3:.0f}" if calls[BYTES_WRITTEN] else "",
        )
        for cause, calls in sorted(counted.by_cause.items())
        if calls.total()
    ]
    return Sheet(name, ("cause", *CALLS, "RU", "WU", "kB"), rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make counts", description=__doc__)
    parser.add_argument("--events", type=int, default=1000, help="events of the archive")
    parser.add_argument(
        "--formats", default="md,xml,rss", help="setting of the site (default: md,xml,rss)"
    )
    parser.add_argument("--documents", action="store_true", help="name all documents, too")
    options = parser.parse_args()
    found = count_changes(options.events, replace(SITE, brand=Brand(formats=options.formats)))
    console = Console(highlight=False, width=140)
    console.print(report.as_table(counts_sheet(found, options.events)))
    for name, counted in found.items():
        console.print(report.as_table(causes_sheet(name, counted)))
        if counted.written_again:
            sys.stdout.write(f"Written again: {', '.join(counted.written_again)}\n\n")
        if options.documents:
            sys.stdout.write("\n".join(counted.documents) + "\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
