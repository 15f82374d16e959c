"""Keys of single items that builders read, as far as they follow from the task, and first pages.

All those of a round are read when its view is renewed, the items with one call. What is missing
here is read when it is needed.
"""

from collections.abc import Callable, Iterator, Mapping

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.limits import MAX_NEWEST_ITEMS_A_PAGE
from gazette.models.search.search_rows import parts_key, year_key
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.topics.topic_counts import count_key
from gazette.services.publish.known_reads import Page

# The last change and the last deletion of a time line, and most counts of months: one read unit.
_SMALL_ITEMS = 24


def single_items(task: PublishTask) -> tuple[ItemKey, ...]:
    """Return keys that the builder of a task reads."""
    find = _FINDERS.get(task.kind)
    return tuple(find(task)) if find else ()


def first_pages(task: PublishTask) -> tuple[Page, ...]:
    """Return the pages with which the builder of a task begins lists.

    They answer what other tasks ask of the time line, such as how many entries a day has, and have
    many single items.
    """
    if task.kind is not TaskKind.TIMELINE:
        return ()
    newest = ItemKey(task.partition, keys.AFTER_ENTRIES)
    # What is counted from entries is read before them: it must not be newer than they are.
    return (
        Page(ItemKey(task.partition, keys.BEFORE_SMALL_ITEMS), _SMALL_ITEMS),
        Page(newest, MAX_NEWEST_ITEMS_A_PAGE, is_backwards=True),
    )


def _of_timeline(task: PublishTask) -> Iterator[ItemKey]:
    yield keys.last_deleted_key(task.partition)
    yield keys.last_changed_key(task.partition)
    yield from map(keys.timeline_head_key, partitions.changes_partitions(task.partition))
    if task.partition.kind is not PartitionKind.SITE:
        yield count_key(task.partition)
    else:
        yield keys.indexes_request_key()


def _of_changes(task: PublishTask) -> Iterator[ItemKey]:
    yield keys.timeline_head_key(task.partition)


def _of_day(task: PublishTask) -> Iterator[ItemKey]:
    yield keys.last_deleted_key(task.partition)


def _of_initial(task: PublishTask) -> Iterator[ItemKey]:
    yield ItemKey(partitions.TOPICS, f"{keys.AGGREGATE}{task.partition.name}")


def _of_search_month(task: PublishTask) -> Iterator[ItemKey]:
    yield parts_key(task.partition)


def _of_search_year(task: PublishTask) -> Iterator[ItemKey]:
    yield year_key(task.partition)


def _of_count(task: PublishTask) -> Iterator[ItemKey]:
    """Yield the count of the month of a day."""
    date = task.sort.removeprefix(keys.ENTRY)
    yield ItemKey(task.partition, keys.MONTHS + date[: len("2026-07")])


_FINDERS: Mapping[TaskKind, Callable[[PublishTask], Iterator[ItemKey]]] = {
    TaskKind.TOPIC_COUNT: _of_count,
    TaskKind.UPDATES: _of_changes,
    TaskKind.TIMELINE: _of_timeline,
    TaskKind.SITE: _of_timeline,
    TaskKind.DAY: _of_day,
    TaskKind.INITIAL: _of_initial,
    TaskKind.SEARCH_MONTH: _of_search_month,
    TaskKind.SEARCH_YEAR: _of_search_year,
}
