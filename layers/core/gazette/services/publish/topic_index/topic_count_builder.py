"""Counts the events of a topic by day, and sums them by month."""

from dataclasses import dataclass

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.topics import topic_counts
from gazette.services.publish.builder import FollowUpBuilder


@dataclass(frozen=True, slots=True)
class TopicCountBuilder(FollowUpBuilder[tuple[LedgerItem, ...]]):
    """Derives the count of a day from its entries, and that of its month from all its days.

    Both are written at once, and the topic is published after them in the same batch. The write of
    the day's count starts a second task, which sums the month again: another lane may have counted
    another day of it meanwhile. Only if the sum changed, the topic is rebuilt.
    """

    ledger: Ledger

    def load(self, task: PublishTask) -> tuple[LedgerItem, ...] | None:
        partition, sort = task.partition, task.sort
        if sort.startswith(keys.ENTRY):
            return self._counted_day(partition, sort.removeprefix(keys.ENTRY))
        return self._checked_month(partition, sort.removeprefix(keys.DAYS))

    def build(self, _task: PublishTask, items: tuple[LedgerItem, ...]) -> BuildResult:
        return BuildResult(follow_ups=items)

    def _counted_day(self, partition: Partition, day: str) -> tuple[LedgerItem, ...] | None:
        entries = list(self.ledger.scan(partition, keys.ENTRY + day))
        if not entries:
            return None
        counted = topic_counts.day_item(ItemKey(partition, keys.DAYS + day), entries)
        days = self._days(partition, day[:7]) | {counted.key: counted}
        return (counted, _month(partition, day[:7], days))

    def _checked_month(self, partition: Partition, month: str) -> tuple[LedgerItem, ...] | None:
        summed = _month(partition, month, self._days(partition, month))
        stored = self.ledger.get(summed.key)
        if stored and stored.revision >= summed.revision:
            return None
        request = keys.rebuild_request_key(partition, f"MONTHS#{month}")
        return (summed, LedgerItem(request, summed.revision, "{}"))

    def _days(self, partition: Partition, month: str) -> dict[ItemKey, LedgerItem]:
        return {item.key: item for item in self.ledger.scan(partition, keys.DAYS + month)}


def _month(partition: Partition, month: str, days: dict[ItemKey, LedgerItem]) -> LedgerItem:
    return topic_counts.month_item(ItemKey(partition, keys.MONTHS + month), list(days.values()))
