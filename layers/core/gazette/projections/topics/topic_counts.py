"""Counts of a topic: days are counted from entries, months and the total are sums of days."""

from collections.abc import Iterable, Sequence

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicCount, TopicDayCount, TopicMonthCount
from gazette.models.ledger.entry import Entry, TopicRef
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import RELATED_TOPICS_SHOWN


def day_item(item_key: ItemKey, entries: Sequence[LedgerItem]) -> LedgerItem:
    """Count the live entries of one day; ``item_key`` is the key of the count."""
    day_count = TopicDayCount(count=sum(not entry.deleted for entry in entries))
    return LedgerItem(item_key, _revisions(entries), day_count.model_dump_json())


def month_item(item_key: ItemKey, days: Sequence[LedgerItem]) -> LedgerItem:
    """Sum the counts of the days of a month."""
    counts = {
        item.key.sort.removeprefix(keys.DAYS): TopicDayCount.model_validate_json(item.payload)
        for item in days
    }
    live = sorted(day for day, day_count in counts.items() if day_count.count)
    month_count = TopicMonthCount(
        count=sum(day_count.count for day_count in counts.values()),
        first=live[0] if live else None,
        last=live[-1] if live else None,
    )
    return LedgerItem(item_key, _revisions(days), month_count.model_dump_json())


def read_months(items: Iterable[LedgerItem]) -> dict[str, TopicMonthCount]:
    """Read the counts of the months with entries, oldest first."""
    months = {
        item.key.sort.removeprefix(keys.MONTHS): TopicMonthCount.model_validate_json(item.payload)
        for item in items
    }
    return {name: month for name, month in months.items() if month.count}


def topic_item(topic: TopicRef, months: Sequence[LedgerItem]) -> LedgerItem:
    """Make the item of a topic in the index of topics."""
    live = read_months(months)
    counts = TopicCount(
        slug=topic.slug,
        label=topic.label,
        count=sum(month.count for month in live.values()),
        last=max((month.last for month in live.values() if month.last), default=None),
    )
    return LedgerItem(keys.initial_key(topic.slug), _revisions(months), counts.model_dump_json())


def related_topics(topic: TopicRef, entries: Iterable[Entry]) -> list[tuple[TopicRef, int]]:
    """Return the topics that most often share an event with a topic, with the number of events."""
    others: dict[str, TopicRef] = {}
    counts: dict[str, int] = {}
    for entry in entries:
        for other in entry.topics:
            if other.slug != topic.slug:
                others.setdefault(other.slug, other)
                counts[other.slug] = counts.get(other.slug, 0) + 1
    slugs = sorted(counts, key=lambda slug: (-counts[slug], slug))[:RELATED_TOPICS_SHOWN]
    return [(others[slug], counts[slug]) for slug in slugs]


def _revisions(items: Iterable[LedgerItem]) -> int:
    return sum(item.revision for item in items)
