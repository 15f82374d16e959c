"""What each kind of change costs is known exactly: ``make counts`` shows where it comes from.

A change of the code that makes these numbers smaller writes the smaller ones here.
"""

from dataclasses import replace
from datetime import timedelta

from gazette.models.branding.brand import Brand
from tests.cost.causes import Counted
from tests.cost.counts import (
    END,
    SITE,
    CountedArchive,
    calls_of,
    causes_sheet,
    count_changes,
    counts_sheet,
    event,
)
from tests.cost.meter import READ_UNITS, WRITE_UNITS

EVENTS = 120
# PUT, those at once, HEAD, requests to DynamoDB, read units, write units.
COUNTS: dict[str, tuple[int, ...]] = {
    "new event, first of its day": (84, 36, 109, 166, 243, 43),
    "new event": (77, 33, 89, 140, 223, 38),
    "minor": (29, 29, 63, 78, 161, 24),
    "update": (51, 50, 93, 131, 210, 37),
    "correction": (78, 78, 106, 146, 217, 51),
    "retraction": (115, 78, 127, 210, 278, 78),
    "same bytes again": (0, 0, 0, 3, 2, 1),
    "late event, two years back": (91, 36, 117, 180, 257, 46),
}


def numbers(counted: Counted) -> tuple[int, ...]:
    calls = calls_of(counted)
    requests = calls["Query"] + calls["Get"] + calls["Put"]
    units = counted.total[READ_UNITS], counted.total[WRITE_UNITS]
    return calls["PUT"], counted.at_once, calls["HEAD"], requests, *units


def test_each_change_makes_the_calls_that_are_known() -> None:
    found = count_changes(EVENTS)
    assert {name: numbers(counted) for name, counted in found.items()} == COUNTS
    assert not any(counted.written_again for counted in found.values())
    assert len(counts_sheet(found, EVENTS).rows) == len(COUNTS)
    for name, counted in found.items():
        sheet = causes_sheet(name, counted)
        assert sum(int(row[1] or 0) for row in sheet.rows) == calls_of(counted)["PUT"]


# PUT more than for an event without a byline: the author's page and feeds, those of his updates and
# corrections, the index of authors and the list of their feeds. Later only what has changed; from
# ten events on the index rarely does.
BY_AN_AUTHOR = {"the first": 16, "the second": 8, "the twelfth": 4}


def test_an_author_costs_what_he_changes_and_an_event_without_one_nothing() -> None:
    tomorrow = END + timedelta(days=1)

    def puts(*bylines: str | None) -> list[int]:
        archive = CountedArchive(EVENTS, replace(SITE, brand=Brand(authors=True)))
        return [
            calls_of(archive.count(EVENTS + number, event(-number, tomorrow, byline=byline)))["PUT"]
            for number, byline in enumerate(bylines)
        ]

    without, by_her = puts(*[None] * 14), puts(None, *["Ada Moss"] * 12, None)
    more = [after - before for before, after in zip(without, by_her, strict=True)]
    assert (more[0], more[-1]) == (0, 0)
    assert dict(zip(BY_AN_AUTHOR, (more[1], more[2], more[12]), strict=True)) == BY_AN_AUTHOR
