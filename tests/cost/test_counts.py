"""What each kind of change costs is known exactly: ``make counts`` shows where it comes from.

A change of the code that makes these numbers smaller writes the smaller ones here.
"""

from tests.cost.causes import Counted
from tests.cost.counts import calls_of, causes_sheet, count_changes, counts_sheet
from tests.cost.meter import READ_UNITS, WRITE_UNITS

EVENTS = 120
# PUT, HEAD, requests to DynamoDB, read units, write units.
COUNTS: dict[str, tuple[int, ...]] = {
    "new event, first of its day": (96, 126, 290, 832, 75),
    "new event": (90, 118, 275, 816, 73),
    "minor": (32, 67, 132, 461, 42),
    "update": (54, 121, 228, 650, 65),
    "correction": (82, 141, 262, 673, 81),
    "retraction": (128, 163, 374, 891, 125),
    "same bytes again": (0, 0, 3, 2, 3),
    "late event, two years back": (99, 132, 314, 865, 76),
}
# The home page shows the number of all events, which is known some hops later.
AGAIN = ["index.html", "index.json", "index.md"]


def numbers(counted: Counted) -> tuple[int, ...]:
    calls = calls_of(counted)
    requests = calls["Query"] + calls["Get"] + calls["Put"]
    units = counted.total[READ_UNITS], counted.total[WRITE_UNITS]
    return calls["PUT"], calls["HEAD"], requests, *units


def test_each_change_makes_the_calls_that_are_known() -> None:
    found = count_changes(EVENTS)
    assert {name: numbers(counted) for name, counted in found.items()} == COUNTS
    again = {name: counted.written_again for name, counted in found.items()}
    assert {path for paths in again.values() for path in paths} == set(AGAIN)
    assert len(counts_sheet(found, EVENTS).rows) == len(COUNTS)
    for name, counted in found.items():
        sheet = causes_sheet(name, counted)
        assert sum(int(row[1] or 0) for row in sheet.rows) == calls_of(counted)["PUT"]
