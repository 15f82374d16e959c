"""The versions that publishers write in a race, by number."""

from gazette.models.contract.identity import event_key
from tests.races.laps import Change
from tests.unit.publish.worlds import document_of

_TOPICS = ("Harbour", "Trams", "Foxes")
_KINDS = ("update", "correction", "minor")


def growing(name: str, number: int) -> Change:
    """Write a version that changes only its text."""
    return Change(event_key(name), document_of(topics=["Harbour"], body=f"Version {number}."))


def changing(name: str, number: int) -> Change:
    """Write a version that may have another title, day or topics, be invalid, or be a deletion."""
    if number % 11 == 5:
        return Change(event_key(name), None)
    if number % 7 == 3:
        return Change(event_key(name), b"{}")
    body = document_of(
        title=f"The {name} {number % 3}",
        date=f"2026-07-{4 + number % 2:02d}",
        topics=_TOPICS[: number % 4],
        body=f"Version {number}.",
        revision={"kind": _KINDS[number % 3], "note": "Because."},
    )
    return Change(event_key(name), body)
