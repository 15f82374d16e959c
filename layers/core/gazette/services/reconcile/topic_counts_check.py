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
    months = dict.fromkeys(map(_month_key, counting))
    found = ledger.get_many(list(months)) if months else {}
    right = {item_key: _right_days(item) for item_key, item in found.items()}
    entries = _entries(step)
    return {
        task
        for task in counting
        if (days := right.get(_month_key(task))) is not None
        and days.get(_day(task), 0) == entries[task.partition, _date(task)]
    }


def _date(task: PublishTask) -> str:
    return task.sort.removeprefix(keys.ENTRY)


def _day(task: PublishTask) -> int:
    return int(_date(task)[_MONTH + 1 :])


def _month_key(task: PublishTask) -> ItemKey:
    return ItemKey(task.partition, keys.MONTHS + _date(task)[:_MONTH])


def _right_days(item: LedgerItem) -> dict[int, int] | None:
    """Return the counts of the days of a month, if its other numbers follow from them."""
    days, month = topic_counts.days_of(item), item.key.sort.removeprefix(keys.MONTHS)
    if days is None or topic_counts.month_count(month, days).model_dump_json() != item.payload:
        return None
    return days


def _entries(step: ScanStep) -> Counter[tuple[Partition, str]]:
    """Count the entries by day; not those of a partition that is seen in part."""
    return Counter(
        (partition, sort.removeprefix(keys.ENTRY)[:_DAY])
        for partition, sort in step.revisions
        if sort.startswith(keys.ENTRY) and partition not in step.cut
    )
