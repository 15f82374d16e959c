"""The tally desk: counts a day of a topic, and sums its months."""

from dataclasses import dataclass

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.topics import topic_counts


@dataclass(frozen=True, slots=True)
class TopicCountBuilder:
    """Derives the tally of a day from its entries, and that of its month from all its days.

    Both are written at once, and the topic is published after them in the same batch. The day is
    looked at again when its tally has been written: if another day of the month was counted at the
    same time elsewhere, only then is the month known to be right, and the topic is told.
    """

    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ()

    def compose(self, task: PublishTask) -> BuildResult:
        partition, sort = task.partition, task.sort
        if sort.startswith(keys.ENTRY):
            return self._count(partition, sort.removeprefix(keys.ENTRY))
        return self._check(partition, sort.removeprefix(keys.DAYS))

    def _count(self, partition: Partition, day: str) -> BuildResult:
        entries = list(self.ledger.scan(partition, keys.ENTRY + day))
        if not entries:
            return BuildResult()  # nothing has ever stood there, whatever a hint says
        counted = topic_counts.day_record(ItemKey(partition, keys.DAYS + day), entries)
        days = self._days(partition, day[:7])
        days[counted.key] = counted
        return BuildResult(follow_ups=(counted, self._month(partition, day[:7], days)))

    def _check(self, partition: Partition, month: str) -> BuildResult:
        record = self._month(partition, month, self._days(partition, month))
        seen = self.ledger.get(record.key)
        if seen and seen.revision >= record.revision:
            return BuildResult()
        rebuild_request = LedgerItem(
            keys.rebuild_request_key(partition, f"MONTHS#{month}"), record.revision, "{}"
        )
        return BuildResult(follow_ups=(record, rebuild_request))

    def _days(self, partition: Partition, month: str) -> dict[ItemKey, LedgerItem]:
        records = self.ledger.scan(partition, keys.DAYS + month)
        return {record.key: record for record in records}

    def _month(
        self, partition: Partition, month: str, days: dict[ItemKey, LedgerItem]
    ) -> LedgerItem:
        return topic_counts.month_record(
            ItemKey(partition, keys.MONTHS + month), list(days.values())
        )
