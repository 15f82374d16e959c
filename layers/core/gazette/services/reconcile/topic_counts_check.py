"""Compares the counts of topics with the keys of a scan, a hundred counts a read."""

from collections import Counter
from collections.abc import Iterable

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.ports import LedgerListing
from gazette.projections.topics import topic_counts
from gazette.services.reconcile.whole_partitions import ScanStep

_MONTH, _DAY = len("2026-07"), len("2026-07-08")


def right_counts(
    ledger: LedgerListing, tasks: Iterable[PublishTask], step: ScanStep
) -> set[PublishTask]:
    """Return those tasks that would count what the ledger says already.

    The scan may be some seconds old. Then the stream is at work on what came since.
    """
    counting = [task for task in tasks if task.kind is TaskKind.TOPIC_COUNT]
    months = {(task.partition, _date(task)[:_MONTH]) for task in counting}
    found = ledger.get_many(_count_keys(months)) if months else {}
    days: dict[tuple[Partition, str], list[LedgerItem]] = {}
    for item_key, item in found.items():
        if item_key.sort.startswith(keys.DAYS):
            days.setdefault((item_key.partition, _month(item_key)), []).append(item)
    right = {month for month in months if _is_summed(found, month, days.get(month, []))}
    entries = _entries(step)
    return {
        task
        for task in counting
        if (task.partition, _date(task)[:_MONTH]) in right
        and (len(_date(task)) == _MONTH or _is_counted(found, task, entries))
    }


def _date(task: PublishTask) -> str:
    return task.sort.rpartition("#")[2]


def _month(item_key: ItemKey) -> str:
    return item_key.sort.partition("#")[2][:_MONTH]


def _count_keys(months: Iterable[tuple[Partition, str]]) -> list[ItemKey]:
    return [
        ItemKey(partition, sort)
        for partition, month in sorted(months)
        for sort in (
            keys.MONTHS + month,
            *(f"{keys.DAYS}{month}-{day:02}" for day in range(1, 32)),
        )
    ]


def _is_summed(
    found: dict[ItemKey, LedgerItem], month: tuple[Partition, str], days: list[LedgerItem]
) -> bool:
    item = found.get(ItemKey(month[0], keys.MONTHS + month[1]))
    summed = topic_counts.month_count(topic_counts.read_days(days))
    return item is not None and item.payload == summed.model_dump_json()


def _entries(step: ScanStep) -> Counter[tuple[Partition, str]]:
    """Count the entries by day; not those of a partition that is seen in part."""
    return Counter(
        (partition, sort.removeprefix(keys.ENTRY)[:_DAY])
        for partition, sort in step.revisions
        if sort.startswith(keys.ENTRY) and partition not in step.cut
    )


def _is_counted(
    found: dict[ItemKey, LedgerItem],
    task: PublishTask,
    entries: Counter[tuple[Partition, str]],
) -> bool:
    item = found.get(ItemKey(task.partition, keys.DAYS + _date(task)))
    count = entries[task.partition, _date(task)]
    return item is not None and topic_counts.read_days([item])[_date(task)].count == count
