"""Which documents a change of a ledger item requires.

The filter of the stream in the template lets through every item key that has a task here, and
every listed item.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.search.search_rows import SEARCHED

# A request to publish an event and its revisions again: an image came, or went.
IMAGE_REQUEST = f"{keys.REBUILD_REQUEST}PRESENCE#"


class TaskKind(StrEnum):
    """What a task builds, in the order in which a batch is published.

    A page comes before the feeds that link to it, a day before the month above it, and all of them
    before the archive documents, which few read.
    """

    ICON = "icon"
    FILES = "files"
    IMAGE = "image"
    EVENT = "event"
    MOVED = "moved"
    REVISION = "revision"
    HISTORY = "history"
    RELATED = "related"
    PERIOD_NEIGHBOURS = "period_neighbours"
    TOPIC_COUNT = "topic_count"
    UPDATES = "updates"
    TIMELINE = "timeline"
    SITE = "site"
    NEWS = "news"
    WITHDRAWN = "withdrawn"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CALENDAR = "calendar"
    INITIAL = "initial"
    TOPICS = "topics"
    CATEGORIES = "categories"
    AUTHORS = "authors"
    SEARCH_DAY = "search_day"
    SEARCH_MONTH = "search_month"
    SEARCH_YEAR = "search_year"
    SEARCH = "search"
    SEGMENT = "segment"


class PublishTask(NamedTuple):
    """A unit of publishing work: a partition, or the part of it at the sort key ``sort``."""

    kind: TaskKind
    partition: Partition
    sort: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.partition} {self.sort}".rstrip()


def tasks_for(item_key: ItemKey) -> tuple[PublishTask, ...]:
    """Return the tasks that a write of an item requires; bookkeeping requires none.

    The deletion of an item requires the same as the item.
    """
    partition, sort = keys.listed_key(item_key)
    return tuple(
        PublishTask(kind, partition, _part(kind, sort))
        for prefix, kinds in _TASKS.get(partition.kind, {}).items()
        if sort.startswith(prefix)
        for kind in kinds
    )


def stream_tasks(item_key: ItemKey) -> tuple[PublishTask, ...]:
    """Return the tasks that a record of the stream requires.

    None for the last deleted entry of a time line: the deletion that follows it names the event,
    which is announced. Without deletions, a rebuild knows an empty time line by that entry.
    """
    return () if item_key.sort == keys.LAST_DELETED else tasks_for(item_key)


def published_prefixes(kind: PartitionKind) -> tuple[str, ...]:
    """Return the sort key prefixes of a partition whose writes require tasks."""
    return tuple(_TASKS.get(kind, {}))


def _part(kind: TaskKind, sort: str) -> str:
    if kind is TaskKind.TOPIC_COUNT:
        return sort[: len("ENTRY#2026-07-08")]
    if sort == keys.NAMED:
        return sort
    # A segment is found by its entries.
    return keys.named_entry(sort) if kind in _BY_SORT else ""


# These build a part of a partition, the others the whole. However many entries of a day were
# written, they are counted once.
_BY_SORT = frozenset(
    {
        TaskKind.MOVED,
        TaskKind.REVISION,
        TaskKind.HISTORY,
        TaskKind.RELATED,
        TaskKind.PERIOD_NEIGHBOURS,
        TaskKind.TOPIC_COUNT,
        TaskKind.SEGMENT,
    }
)
_KindsByPrefix: TypeAlias = dict[str, tuple[TaskKind, ...]]
_TIMELINE: _KindsByPrefix = {
    keys.ENTRY: (TaskKind.TOPIC_COUNT, TaskKind.TIMELINE, TaskKind.SEGMENT),
    keys.REBUILD_REQUEST: (TaskKind.TIMELINE,),
    keys.SEGMENT: (TaskKind.SEGMENT,),
    keys.RETRACTED: (TaskKind.TIMELINE,),
    keys.CORRECTED: (TaskKind.TIMELINE,),
    keys.LEFT_ENTRY: (TaskKind.SEGMENT,),
    keys.IMAGES: (TaskKind.TIMELINE, TaskKind.SEGMENT),
    keys.LAST_DELETED: (TaskKind.TIMELINE,),
    keys.NAMED: (TaskKind.TIMELINE,),
}
_CHANGES: _KindsByPrefix = {
    keys.CHANGE: (TaskKind.UPDATES, TaskKind.SEGMENT),
    keys.REBUILD_REQUEST: (TaskKind.UPDATES,),
    keys.SEGMENT: (TaskKind.SEGMENT,),
}
_TASKS: dict[PartitionKind, _KindsByPrefix] = {
    PartitionKind.EVENT: {
        keys.REVISION: (TaskKind.EVENT, TaskKind.REVISION, TaskKind.HISTORY),
        keys.FORMER: (TaskKind.MOVED,),
        keys.CORRECTION: (TaskKind.EVENT,),
        keys.REBUILD_REQUEST: (TaskKind.EVENT,),
        IMAGE_REQUEST: (TaskKind.REVISION,),
        keys.TRANSLATION: (TaskKind.EVENT,),
    },
    PartitionKind.RELATED: {keys.ENTRY: (TaskKind.RELATED,)},
    PartitionKind.TOPIC: _TIMELINE,
    PartitionKind.CATEGORY: _TIMELINE,
    PartitionKind.AUTHOR: _TIMELINE,
    PartitionKind.SITE: {
        keys.ENTRY: (TaskKind.SITE, TaskKind.NEWS, TaskKind.SEGMENT),
        keys.REBUILD_REQUEST: (TaskKind.SITE,),
        keys.SEGMENT: (TaskKind.SEGMENT,),
        keys.RETRACTED: (TaskKind.SITE,),
        keys.CORRECTED: (TaskKind.SITE,),
        keys.LEFT_ENTRY: (TaskKind.SEGMENT,),
        keys.IMAGES: (TaskKind.SITE, TaskKind.SEGMENT),
        keys.LAST_DELETED: (TaskKind.SITE, TaskKind.NEWS),
        keys.NAMED: (TaskKind.SITE, TaskKind.NEWS),
        keys.AGED: (TaskKind.NEWS,),
    },
    PartitionKind.UPDATES: _CHANGES,
    PartitionKind.CORRECTIONS: _CHANGES,
    PartitionKind.DAY: {
        keys.ENTRY: (TaskKind.DAY, TaskKind.SEARCH_DAY),
        keys.LEFT_ENTRY: (TaskKind.WITHDRAWN, TaskKind.DAY),
        keys.IMAGES: (TaskKind.DAY,),
        keys.LAST_DELETED: (TaskKind.DAY, TaskKind.SEARCH_DAY),
        keys.NAMED: (TaskKind.DAY,),
        keys.REBUILD_REQUEST: (TaskKind.DAY,),
    },
    # A period that appeared, vanished or grew changes the one above it and its neighbours.
    PartitionKind.MONTH: {
        keys.AGGREGATE: (TaskKind.MONTH, TaskKind.PERIOD_NEIGHBOURS),
        keys.REBUILD_REQUEST: (TaskKind.MONTH,),
    },
    PartitionKind.YEAR: {
        keys.AGGREGATE: (TaskKind.YEAR, TaskKind.PERIOD_NEIGHBOURS),
        keys.REBUILD_REQUEST: (TaskKind.YEAR,),
    },
    PartitionKind.CALENDAR: {keys.AGGREGATE: (TaskKind.CALENDAR, TaskKind.PERIOD_NEIGHBOURS)},
    PartitionKind.INITIAL: {keys.AGGREGATE: (TaskKind.INITIAL,)},
    PartitionKind.TOPICS: {
        keys.AGGREGATE: (TaskKind.TOPICS,),
        keys.CATEGORY: (TaskKind.CATEGORIES,),
        keys.AUTHOR: (TaskKind.AUTHORS,),
        SEARCHED: (TaskKind.SEARCH,),
        # The home requests the indexes once, when it is first published, and a rebuild each time.
        # So files that follow from the settings need no request of their own for an event.
        keys.REBUILD_REQUEST: (
            *(TaskKind.ICON, TaskKind.FILES, TaskKind.TOPICS, TaskKind.CATEGORIES),
            *(TaskKind.AUTHORS, TaskKind.SEARCH),
        ),
    },
    PartitionKind.SEARCH_MONTH: {keys.AGGREGATE: (TaskKind.SEARCH_MONTH,)},
    PartitionKind.SEARCH_YEAR: {keys.AGGREGATE: (TaskKind.SEARCH_YEAR,)},
    PartitionKind.IMAGE: {
        keys.SNAPSHOT: (TaskKind.IMAGE,),
        keys.ERASED: (TaskKind.IMAGE,),
        keys.REBUILD_REQUEST: (TaskKind.IMAGE,),
    },
}
