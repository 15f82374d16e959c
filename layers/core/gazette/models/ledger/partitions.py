"""The partitions of the ledger: which there are, and how they are named.

Every function may write to a partition, and one builder publishes it: ``EVENT#<id>`` holds what the
pages of an event show, ``DAY#…`` what the index of a day shows, and so on.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self


class PartitionKind(StrEnum):
    """The kind of a partition, which decides the builder."""

    EVENT = "EVENT"
    RELATED = "RELATED"
    TOPIC = "TOPIC"
    CATEGORY = "CATEGORY"
    AUTHOR = "AUTHOR"
    SITE = "SITE"
    UPDATES = "UPDATES"
    CORRECTIONS = "CORRECTIONS"
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    CALENDAR = "CALENDAR"
    INITIAL = "INITIAL"
    TOPICS = "TOPICS"
    SEARCH_MONTH = "SEARCHMONTH"
    SEARCH_YEAR = "SEARCHYEAR"
    RETRACTIONS = "RETRACTIONS"
    # How often a time line was published. The stream leaves it out.
    PUBLISHED = "PUBLISHED"
    IMAGE = "IMAGE"
    PATH = "PATH"
    QUARANTINE = "QUARANTINE"
    # Accepted documents, remarks about published ones, and events that time alone will change.
    DOCUMENT = "DOCUMENT"
    REMARKS = "REMARKS"
    SCHEDULE = "SCHEDULE"
    REBUILD = "REBUILD"
    # Only in ledgers of release 0.1.0: nothing reads or publishes it, and a rebuild leaves it.
    OLD_RELATED = "NEAR"


_KINDS = frozenset(map(str, PartitionKind))
# Time lines of events.
TIMELINES = frozenset(
    {PartitionKind.TOPIC, PartitionKind.CATEGORY, PartitionKind.AUTHOR, PartitionKind.SITE}
)


class Partition(NamedTuple):
    """A partition of the ledger, written ``KIND#name``."""

    kind: PartitionKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}#{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the partition that `__str__` wrote."""
        kind, _, name = text.partition("#")
        return cls(PartitionKind(kind), name)

    @staticmethod
    def is_known(text: str) -> bool:
        """Return whether this release knows the kind; a later one may have written others."""
        return text.partition("#")[0] in _KINDS


SITE = Partition(PartitionKind.SITE)
CALENDAR = Partition(PartitionKind.CALENDAR)
TOPICS = Partition(PartitionKind.TOPICS)
QUARANTINE = Partition(PartitionKind.QUARANTINE)
SCHEDULE = Partition(PartitionKind.SCHEDULE)
REMARKS = Partition(PartitionKind.REMARKS)


def event_partition(identity: str) -> Partition:
    return Partition(PartitionKind.EVENT, identity)


def related_partition(slug: str) -> Partition:
    """Return the index of events that can be related by a topic."""
    return Partition(PartitionKind.RELATED, slug)


def topic_partition(slug: str) -> Partition:
    return Partition(PartitionKind.TOPIC, slug)


def category_partition(slug: str) -> Partition:
    return Partition(PartitionKind.CATEGORY, slug)


def author_partition(slug: str) -> Partition:
    return Partition(PartitionKind.AUTHOR, slug)


def day_partition(day: date) -> Partition:
    return Partition(PartitionKind.DAY, day.isoformat())


def updates_partition(timeline: Partition) -> Partition:
    """Return the partition with the updates of a time line, which has that time line's name."""
    return Partition(PartitionKind.UPDATES, str(timeline))


def corrections_partition(timeline: Partition) -> Partition:
    return Partition(PartitionKind.CORRECTIONS, str(timeline))


def changes_partitions(timeline: Partition) -> tuple[Partition, Partition]:
    """Return the partitions of updates and of corrections of a time line."""
    return updates_partition(timeline), corrections_partition(timeline)


def timeline_of(partition: Partition) -> Partition:
    """Return the time line of a partition with updates or corrections."""
    return Partition.parse(partition.name)


def retractions_partition(day: date) -> Partition:
    """Return the index of the time lines with tombstones of a month, by day."""
    return Partition(PartitionKind.RETRACTIONS, day.isoformat()[:7])
