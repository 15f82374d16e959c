"""The keys of the ledger, all of them, in one place.

A partition is written by anybody and published by one: the stream hands all records of a partition
key to one invocation at a time. ``EVENT#<id>`` makes the pages of an event, ``DAY#…`` the index of
a day, and so on.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self

from gazette.models.frozen import rfc3339

SNAPSHOT = "HEAD"
REVISION, REBUILD_REQUEST, ENTRY, AGGREGATE = "REVISION#", "REBUILD#", "ENTRY#", "ROLLUP#"
DAYS, MONTHS, SEGMENT = "DAYS#", "MONTHS#", "SEGMENT#"
RETRACTED = "RETRACTED#"
# Where a time line is told that something on it has grown old, and the news sitemap in particular.
EXPIRED, AGED = f"{REBUILD_REQUEST}EXPIRED", "AGED"
TRANSLATION = "TRANSLATION#"
CLAIM = "CLAIM"
USE = "USE#"
CHANGE = "CHANGE#"


class PartitionKind(StrEnum):
    """What a partition stands for; its publisher is chosen by this."""

    EVENT = "EVENT"
    RELATED = "RELATED"
    TOPIC = "TOPIC"
    CATEGORY = "CATEGORY"
    SITE = "SITE"
    UPDATES = "UPDATES"
    CORRECTIONS = "CORRECTIONS"
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    CALENDAR = "CALENDAR"
    INITIAL = "INITIAL"
    TOPICS = "TOPICS"
    RETRACTIONS = "RETRACTIONS"
    IMAGE = "IMAGE"
    PATH = "PATH"
    QUARANTINE = "QUARANTINE"
    REBUILD = "REBUILD"


class Partition(NamedTuple):
    """A partition of the ledger, written ``KIND#name``."""

    kind: PartitionKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}#{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `__str__` wrote."""
        kind, _, name = text.partition("#")
        return cls(PartitionKind(kind), name)


class ItemKey(NamedTuple):
    """The address of one item: a partition and a sort key in it."""

    partition: Partition
    sort: str


SITE = Partition(PartitionKind.SITE)
CALENDAR = Partition(PartitionKind.CALENDAR)
TOPICS = Partition(PartitionKind.TOPICS)
QUARANTINE = Partition(PartitionKind.QUARANTINE)
# Where it is noted when the last rebuild began, as a number of seconds.
REBUILD_BEGAN = ItemKey(Partition(PartitionKind.REBUILD), "BEGAN")


def event_partition(identity: str) -> Partition:
    return Partition(PartitionKind.EVENT, identity)


def snapshot_key(identity: str) -> ItemKey:
    return ItemKey(event_partition(identity), SNAPSHOT)


def revision_key(identity: str, number: int) -> ItemKey:
    return ItemKey(event_partition(identity), f"{REVISION}{number:06d}")


def rebuild_request_key(partition: Partition, cause: str) -> ItemKey:
    """Return where what is shown on a partition's pages, but kept elsewhere, says it changed."""
    return ItemKey(partition, f"{REBUILD_REQUEST}{cause}")


def translation_key(of: str, identity: str) -> ItemKey:
    """Return where an event tells another that it is its translation."""
    return ItemKey(event_partition(of), f"{TRANSLATION}{identity}")


def related_partition(slug: str) -> Partition:
    """Return the time line of the events that have a topic among their first three."""
    return Partition(PartitionKind.RELATED, slug)


def topic_partition(slug: str) -> Partition:
    return Partition(PartitionKind.TOPIC, slug)


def category_partition(slug: str) -> Partition:
    return Partition(PartitionKind.CATEGORY, slug)


def initial_key(slug: str) -> ItemKey:
    """Return where a topic stands in the index of topics: under its initial, digits together."""
    initial = "0" if slug[0].isdecimal() else slug[0]
    return ItemKey(Partition(PartitionKind.INITIAL, initial), f"{AGGREGATE}{slug}")


def day_partition(day: date) -> Partition:
    return Partition(PartitionKind.DAY, day.isoformat())


def entry_sort(published: datetime, identity: str) -> str:
    """Order entries by first publication, then by id."""
    return f"{ENTRY}{rfc3339(published)}#{identity}"


def updates_partition(timeline: Partition) -> Partition:
    """Return where the updates of what stands on a time line are kept, its name in the name."""
    return Partition(PartitionKind.UPDATES, str(timeline))


def corrections_partition(timeline: Partition) -> Partition:
    return Partition(PartitionKind.CORRECTIONS, str(timeline))


def timeline_of(partition: Partition) -> Partition:
    """Return whose updates or corrections a partition keeps."""
    return Partition.parse(partition.name)


def change_key(partition: Partition, at: datetime, identity: str, number: int) -> ItemKey:
    """Return where a revision stands among updates or corrections: by time, and for good."""
    return ItemKey(partition, f"{CHANGE}{rfc3339(at)}#{identity}#{number:06d}")


def event_of(item_key: ItemKey) -> str | None:
    """Return of which event a place tells what became of it, None for all other places."""
    partition, sort = item_key
    if partition.kind is PartitionKind.EVENT and sort.startswith(REVISION):
        return partition.name
    if sort.startswith((ENTRY, RETRACTED)):
        return sort.split("#", 2)[2]
    if sort.startswith(CHANGE):
        return sort.split("#", 2)[2].rpartition("#")[0]
    return None


def retracted_sort(at: datetime, identity: str) -> str:
    """Order tombstones by when the retraction was stored, then by id."""
    return f"{RETRACTED}{rfc3339(at)}#{identity}"


def retractions_partition(day: date) -> Partition:
    """Return the index of the time lines with tombstones of a month, by day."""
    return Partition(PartitionKind.RETRACTIONS, day.isoformat()[:7])


def retractions_key(tombstone: ItemKey) -> ItemKey:
    """Return where the time line of a tombstone stands in the index, under the tombstone's day."""
    day = tombstone.sort.removeprefix(RETRACTED).partition("T")[0]
    partition = retractions_partition(date.fromisoformat(day))
    return ItemKey(partition, f"{day}#{tombstone.partition}")


def read_retractions_sort(sort: str) -> tuple[date, Partition]:
    """Return the day and the time line that an item of the index names."""
    day, _, timeline = sort.partition("#")
    return date.fromisoformat(day), Partition.parse(timeline)


def claim_key(base_path: str) -> ItemKey:
    return ItemKey(Partition(PartitionKind.PATH, base_path), CLAIM)


def quarantine_key(key: str) -> ItemKey:
    """Return where a bad version is on record: by its object key, which need not name an event."""
    return ItemKey(QUARANTINE, key)


def image_key(key: str) -> ItemKey:
    return ItemKey(Partition(PartitionKind.IMAGE, key), SNAPSHOT)


def image_use_key(key: str, identity: str) -> ItemKey:
    """Return where an event says that it shows an image: beside the head of the image."""
    return ItemKey(Partition(PartitionKind.IMAGE, key), f"{USE}{identity}")


def aggregate_key(partition: Partition) -> ItemKey | None:
    """Return where a day, a month or a year leaves its figures: in the partition above it."""
    if partition.kind is PartitionKind.DAY:
        above = Partition(PartitionKind.MONTH, partition.name[:7])
    elif partition.kind is PartitionKind.MONTH:
        above = Partition(PartitionKind.YEAR, partition.name[:4])
    elif partition.kind is PartitionKind.YEAR:
        above = CALENDAR
    else:
        return None
    return ItemKey(above, f"{AGGREGATE}{partition.name}")
