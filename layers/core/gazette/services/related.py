"""Related events: found beside an event on its topics' time lines, and told when it changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from gazette.models import keys
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.entry import Entry, read_entry
from gazette.models.keys import Place
from gazette.models.record import Record
from gazette.ports import Ledger
from gazette.projections.chronicle import NEAR_TOPICS

# So many places before and after an event, it is a neighbour; which holds both ways round.
_REACH = 2


def candidates(ledger: Ledger, entry: Entry) -> list[Entry]:
    """Return the neighbours of an event on the time lines of its first topics, each once."""
    found: dict[str, Entry] = {}
    for topic in entry.topics[:NEAR_TOPICS]:
        sort = keys.entry_sort(entry.published, entry.event_id)
        for record in _neighbours(ledger, Place(keys.near_partition(topic.slug), sort)):
            neighbour = read_entry(record.payload)
            found[neighbour.event_id] = neighbour
    return list(found.values())


@dataclass(frozen=True, slots=True)
class NeighboursDesk:
    """Tells the events beside one that came, changed or went, so that their pages follow.

    The event itself is told too: its page may have been made before its neighbours were known.
    """

    ledger: Ledger

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return ()

    def compose(self, assignment: Assignment) -> Edition:
        place = Place(assignment.partition, assignment.sort)
        record = self.ledger.get(place)
        if record is None:
            return Edition()
        # By the place and not by the event: one that moves is told of where it came and it went.
        cause = f"{assignment.partition}#{place.sort.removeprefix(keys.ENTRY)}"
        told = [_event_id(place), *(_event_id(near.place) for near in self._near(place))]
        return Edition(
            marks=tuple(
                Record(
                    keys.nudge_place(keys.event_partition(event_id), cause), record.revision, "{}"
                )
                for event_id in told
            )
        )

    def _near(self, place: Place) -> Iterator[Record]:
        return _neighbours(self.ledger, place)


def _neighbours(ledger: Ledger, place: Place) -> Iterator[Record]:
    yield from islice(_live(ledger.before(place)), _REACH)
    yield from islice(_live(ledger.after(place)), _REACH)


def _live(records: Iterable[Record]) -> Iterator[Record]:
    return (record for record in records if not record.gone)


def _event_id(place: Place) -> str:
    return place.sort.removeprefix(keys.ENTRY).partition("#")[2]
