"""Counts the events of a topic by day, in an item for each month."""

from dataclasses import dataclass, field

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.topics import topic_counts
from gazette.services.publish.builder import FollowUpBuilder


@dataclass(frozen=True, slots=True)
class LoadedCount:
    """The number of events of a day, and its month with that number.

    The month is not compared: others count its other days, and each replaces what was read before.
    """

    count: int
    month: Replacement = field(compare=False)


@dataclass(frozen=True, slots=True)
class TopicCountBuilder(FollowUpBuilder[LoadedCount]):
    """Derives the count of a day from its entries, and writes it into its month.

    The topic is published after that in the same batch. A month of which the days are not known,
    because it is new or of an older release, is counted as a whole.
    """

    ledger: Ledger

    def load(self, task: PublishTask) -> LoadedCount | None:
        partition, date = task.partition, task.sort.removeprefix(keys.ENTRY)
        month, day = date[: len("2026-07")], int(date[-2:])
        item_key = ItemKey(partition, keys.MONTHS + month)
        seen = self.ledger.get(item_key)
        known = topic_counts.days_of(seen) if seen else None
        counted = self._count(partition, month if known is None else date)
        if seen is None and not counted:
            return None
        count = counted.get(day, 0)
        summed = topic_counts.month_count(month, (known or {}) | counted | {day: count})
        return LoadedCount(count, Replacement(item_key, summed.model_dump_json(), seen))

    def build(self, _task: PublishTask, loaded: LoadedCount) -> BuildResult:
        return BuildResult(replacements=(loaded.month,))

    def _count(self, partition: Partition, date: str) -> dict[int, int]:
        """Count the entries of a day, or of all days of a month."""
        entries = self.ledger.scan(partition, keys.ENTRY + date)
        return topic_counts.by_day(item.key.sort for item in entries)
