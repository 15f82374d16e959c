"""Counts of a topic: days are counted from entries; months and the total are sums of days."""

from collections import Counter
from collections.abc import Iterable, Mapping

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import (
    TopicCount,
    TopicMonthCount,
    coarse_count,
)
from gazette.models.ledger.entry import Entry, TopicRef
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.product import RELATED_TOPICS_SHOWN


def month_count(month: str, days: Mapping[int, int]) -> TopicMonthCount:
    """Sum a month (``2026-07``) from the number of entries of its days."""
    live = sorted(day for day, count in days.items() if count)
    last = live[-1] if live else 0
    return TopicMonthCount(
        count=sum(days.values()),
        first=f"{month}-{live[0]:02}" if live else None,
        last=f"{month}-{last:02}" if live else None,
        days=tuple(days.get(day, 0) for day in range(1, last + 1)),
    )


def days_of(item: LedgerItem) -> dict[int, int] | None:
    """Return the number of entries of each day of a month, None if they are not known."""
    days = TopicMonthCount.model_validate_json(item.payload).days
    return None if days is None else dict(enumerate(days, 1))


def by_day(entry_sorts: Iterable[str]) -> dict[int, int]:
    """Count entries of one month by their day, from their sort keys."""
    return Counter(keys.published_of(sort).day for sort in entry_sorts)


def read_months(items: Iterable[LedgerItem]) -> dict[str, TopicMonthCount]:
    """Read the counts of the months with entries, oldest first."""
    months = {
        item.key.sort.removeprefix(keys.MONTHS): TopicMonthCount.model_validate_json(item.payload)
        for item in items
    }
    return {name: month for name, month in months.items() if month.count}


def count_key(timeline: Partition) -> ItemKey:
    """Return the key under which the index above a topic, category or author counts it."""
    if timeline.kind is PartitionKind.TOPIC:
        return keys.initial_key(timeline.name)
    prefix = keys.AUTHOR if timeline.kind is PartitionKind.AUTHOR else keys.CATEGORY
    return ItemKey(partitions.TOPICS, f"{prefix}{timeline.name}")


def topic_count(topic: TopicRef, months: Iterable[LedgerItem]) -> TopicCount:
    """Sum the counts of a topic for the index of topics."""
    live = read_months(months)
    return TopicCount(
        slug=topic.slug,
        label=topic.label,
        count=coarse_count(sum(month.count for month in live.values())),
    )


def related_topics(topic: TopicRef, entries: Iterable[Entry]) -> list[tuple[TopicRef, int]]:
    """Return the topics that most often share an event with a topic, with the number of events."""
    found = most_frequent_topics(entries, RELATED_TOPICS_SHOWN + 1)
    return [pair for pair in found if pair[0].slug != topic.slug][:RELATED_TOPICS_SHOWN]


def most_frequent_topics(entries: Iterable[Entry], most: int) -> list[tuple[TopicRef, int]]:
    """Return the topics that most events have, and how many have them."""
    found: dict[str, TopicRef] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        for topic in entry.topics:
            found.setdefault(topic.slug, topic)
            counts[topic.slug] += 1
    slugs = sorted(counts, key=lambda slug: (-counts[slug], slug))[:most]
    return [(found[slug], counts[slug]) for slug in slugs]
