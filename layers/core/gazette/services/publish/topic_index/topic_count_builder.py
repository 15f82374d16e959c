"""Counts the events of a topic by day, and sums them by month."""

from dataclasses import dataclass

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicDayCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import MONTHS_REQUEST, PublishTask
from gazette.ports import Ledger
from gazette.projections.topics import topic_counts
from gazette.services.publish.builder import FollowUpBuilder


@dataclass(frozen=True, slots=True)
class TopicCountBuilder(FollowUpBuilder[BuildResult]):
    """Derives the count of a day from its entries, and that of its month from all its days.

    Both are written at once, and the topic is published after them in the same batch. The write of
    the day's count starts a second task, which looks at the month again: another lane may have
    counted another day of it meanwhile. If the sum is wrong, it requests that the month is summed
    and the topic published after it, in one batch again.
    """

    ledger: Ledger

    def load(self, task: PublishTask) -> BuildResult:
        partition, sort = task.partition, task.sort
        if sort.startswith(keys.ENTRY):
            return self._count_day(partition, sort.removeprefix(keys.ENTRY))
        if sort.startswith(keys.DAYS):
            return self._check_month(partition, sort.removeprefix(keys.DAYS))
        month = self._month(partition, sort.removeprefix(MONTHS_REQUEST), {})
        return BuildResult(replacements=(month,))

    def build(self, _task: PublishTask, loaded: BuildResult) -> BuildResult:
        return loaded

    def _count_day(self, partition: Partition, day: str) -> BuildResult:
        item_key = ItemKey(partition, keys.DAYS + day)
        seen = self.ledger.get(item_key)
        counted = self._count(partition, day)
        if seen is None and not counted.count:
            return BuildResult()
        count = Replacement(item_key, counted.model_dump_json(), seen)
        return BuildResult(replacements=(count, self._month(partition, day[:7], {day: counted})))

    def _check_month(self, partition: Partition, month: str) -> BuildResult:
        summed = self._month(partition, month, {})
        if not summed.is_needed:
            return BuildResult()
        item_key = ItemKey(partition, MONTHS_REQUEST + month)
        request = self.ledger.get(item_key)
        return BuildResult(
            follow_ups=(LedgerItem(item_key, request.revision + 1 if request else 1, "{}"),)
        )

    def _month(
        self, partition: Partition, month: str, counted: dict[str, TopicDayCount]
    ) -> Replacement:
        """Sum a month; ``counted`` are days whose counts are written before it."""
        item_key = ItemKey(partition, keys.MONTHS + month)
        seen = self.ledger.get(item_key)
        summed = topic_counts.month_count(self._days(partition, month) | counted)
        return Replacement(item_key, summed.model_dump_json(), seen)

    def _count(self, partition: Partition, day: str) -> TopicDayCount:
        entries = self.ledger.scan(partition, keys.ENTRY + day)
        return TopicDayCount(count=sum(1 for _ in entries))

    def _days(self, partition: Partition, month: str) -> dict[str, TopicDayCount]:
        return topic_counts.read_days(self.ledger.scan(partition, keys.DAYS + month))
