"""What each kind of change costs is known exactly: ``make counts`` shows where it comes from.

A change of the code that makes these numbers smaller writes the smaller ones here.
"""

from tests.cost.causes import Counted
from tests.cost.counts import calls_of, causes_sheet, count_changes, counts_sheet
from tests.cost.meter import READ_UNITS, WRITE_UNITS

EVENTS = 120
# PUT, HEAD, requests to DynamoDB, read units, write units.
COUNTS: dict[str, tuple[int, ...]] = {
    "new event, first of its day": (84, 109, 251, 360, 56),
    "new event": (77, 97, 229, 336, 53),
    "minor": (29, 63, 113, 213, 32),
    "update": (51, 106, 197, 291, 48),
    "correction": (78, 111, 194, 282, 60),
    "retraction": (115, 132, 294, 390, 91),
    "same bytes again": (0, 0, 3, 2, 1),
    "late event, two years back": (91, 117, 270, 379, 59),
}


def numbers(counted: Counted) -> tuple[int, ...]:
    calls = calls_of(counted)
    requests = calls["Query"] + calls["Get"] + calls["Put"]
    units = counted.total[READ_UNITS], counted.total[WRITE_UNITS]
    return calls["PUT"], calls["HEAD"], requests, *units


def test_each_change_makes_the_calls_that_are_known() -> None:
    found = count_changes(EVENTS)
    assert {name: numbers(counted) for name, counted in found.items()} == COUNTS
    assert not any(counted.written_again for counted in found.values())
    assert len(counts_sheet(found, EVENTS).rows) == len(COUNTS)
    for name, counted in found.items():
        sheet = causes_sheet(name, counted)
        assert sum(int(row[1] or 0) for row in sheet.rows) == calls_of(counted)["PUT"]
