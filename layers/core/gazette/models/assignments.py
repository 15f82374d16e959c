"""What is published because a place of the ledger was written.

The filter of the stream in the template lets through every place that has an assignment here.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from gazette.models import keys
from gazette.models.keys import Partition, PartitionKind, Place


class DeskKind(StrEnum):
    """Who publishes it, in the order in which a batch is worked off.

    A page should be there before the feed that links to it, and a day before the month above it.
    """

    IMAGE = "image"
    EVENT = "event"
    REVISION = "revision"
    NEIGHBOURS = "neighbours"
    PERIOD = "period"
    TALLY = "tally"
    UPDATES = "updates"
    TIMELINE = "timeline"
    SEGMENT = "segment"
    SITE = "site"
    NEWS = "news"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CALENDAR = "calendar"
    INITIAL = "initial"
    TOPICS = "topics"


class Assignment(NamedTuple):
    """A piece of work: a partition, or where ``sort`` is given the part of it at that sort key."""

    desk: DeskKind
    partition: Partition
    sort: str = ""

    def __str__(self) -> str:
        return f"{self.desk} {self.partition} {self.sort}".rstrip()


def assignments_of(place: Place) -> tuple[Assignment, ...]:
    """Return what a write to a place sets off; bookkeeping sets off nothing."""
    return tuple(
        Assignment(desk, place.partition, _part(desk, prefix, place.sort))
        for prefix, desks in _DESKS.get(place.partition.kind, {}).items()
        if place.sort.startswith(prefix)
        for desk in desks
    )


def published_prefixes(kind: PartitionKind) -> tuple[str, ...]:
    """Return how the sort keys begin in a partition of a kind whose writes set off anything."""
    return tuple(_DESKS.get(kind, {}))


def _part(desk: DeskKind, prefix: str, sort: str) -> str:
    if desk is DeskKind.TALLY:
        return sort[: _TALLIED[prefix]]
    return sort if desk in _BY_SORT else ""


# These work on what was written, the others on the whole partition. Of a day or a month it takes
# one tally, however many of its entries were written.
_BY_SORT = frozenset(
    {DeskKind.REVISION, DeskKind.NEIGHBOURS, DeskKind.PERIOD, DeskKind.TALLY, DeskKind.SEGMENT}
)
_TALLIED = {keys.ENTRY: len("ENTRY#2026-07-08"), keys.DAYS: len("DAYS#2026-07")}
_Desks: TypeAlias = dict[str, tuple[DeskKind, ...]]
_TIMELINE: _Desks = {
    keys.ENTRY: (DeskKind.TALLY, DeskKind.TIMELINE, DeskKind.SEGMENT),
    keys.DAYS: (DeskKind.TALLY,),
    keys.NUDGE: (DeskKind.TIMELINE,),
    keys.SEGMENT: (DeskKind.SEGMENT,),
    keys.RETRACTED: (DeskKind.TIMELINE,),
}
_DESKS: dict[PartitionKind, _Desks] = {
    PartitionKind.EVENT: {
        keys.REVISION: (DeskKind.EVENT, DeskKind.REVISION),
        keys.NUDGE: (DeskKind.EVENT,),
        keys.TRANSLATION: (DeskKind.EVENT,),
    },
    PartitionKind.NEAR: {keys.ENTRY: (DeskKind.NEIGHBOURS,)},
    PartitionKind.TOPIC: _TIMELINE,
    PartitionKind.CATEGORY: _TIMELINE,
    PartitionKind.SITE: {
        keys.ENTRY: (DeskKind.SITE, DeskKind.NEWS, DeskKind.SEGMENT),
        keys.NUDGE: (DeskKind.SITE,),
        keys.SEGMENT: (DeskKind.SEGMENT,),
        keys.RETRACTED: (DeskKind.SITE,),
        keys.AGED: (DeskKind.NEWS,),
    },
    PartitionKind.UPDATES: {keys.CHANGE: (DeskKind.UPDATES,)},
    PartitionKind.CORRECTIONS: {keys.CHANGE: (DeskKind.UPDATES,)},
    PartitionKind.DAY: {keys.ENTRY: (DeskKind.DAY,), keys.NUDGE: (DeskKind.DAY,)},
    # A period that has come, gone or grown shows in the one above and in those beside it.
    PartitionKind.MONTH: {
        keys.ROLLUP: (DeskKind.MONTH, DeskKind.PERIOD),
        keys.NUDGE: (DeskKind.MONTH,),
    },
    PartitionKind.YEAR: {
        keys.ROLLUP: (DeskKind.YEAR, DeskKind.PERIOD),
        keys.NUDGE: (DeskKind.YEAR,),
    },
    PartitionKind.CALENDAR: {keys.ROLLUP: (DeskKind.CALENDAR, DeskKind.PERIOD)},
    PartitionKind.INITIAL: {keys.ROLLUP: (DeskKind.INITIAL,)},
    PartitionKind.TOPICS: {keys.ROLLUP: (DeskKind.TOPICS,), keys.NUDGE: (DeskKind.TOPICS,)},
    PartitionKind.IMAGE: {keys.HEAD: (DeskKind.IMAGE,)},
}
