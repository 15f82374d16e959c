"""The tally desk: counts a day of a topic, and sums its months."""

from dataclasses import dataclass

from gazette.models import keys
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.keys import Partition, Place
from gazette.models.record import Record
from gazette.ports import Ledger
from gazette.projections import tallies


@dataclass(frozen=True, slots=True)
class TallyDesk:
    """Derives the tally of a day from its entries, and that of its month from all its days.

    Both are written at once, and the topic is published after them in the same batch. The day is
    looked at again when its tally has been written: if another day of the month was counted at the
    same time elsewhere, only then is the month known to be right, and the topic is told.
    """

    ledger: Ledger

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return ()

    def compose(self, assignment: Assignment) -> Edition:
        partition, sort = assignment.partition, assignment.sort
        if sort.startswith(keys.ENTRY):
            return self._count(partition, sort.removeprefix(keys.ENTRY))
        return self._check(partition, sort.removeprefix(keys.DAYS))

    def _count(self, partition: Partition, day: str) -> Edition:
        entries = list(self.ledger.scan(partition, keys.ENTRY + day))
        if not entries:
            return Edition()  # nothing has ever stood there, whatever a hint says
        counted = tallies.day_record(Place(partition, keys.DAYS + day), entries)
        days = self._days(partition, day[:7])
        days[counted.place] = counted
        return Edition(marks=(counted, self._month(partition, day[:7], days)))

    def _check(self, partition: Partition, month: str) -> Edition:
        record = self._month(partition, month, self._days(partition, month))
        seen = self.ledger.get(record.place)
        if seen and seen.revision >= record.revision:
            return Edition()
        nudge = Record(keys.nudge_place(partition, f"MONTHS#{month}"), record.revision, "{}")
        return Edition(marks=(record, nudge))

    def _days(self, partition: Partition, month: str) -> dict[Place, Record]:
        records = self.ledger.scan(partition, keys.DAYS + month)
        return {record.place: record for record in records}

    def _month(self, partition: Partition, month: str, days: dict[Place, Record]) -> Record:
        return tallies.month_record(Place(partition, keys.MONTHS + month), list(days.values()))
