"""How much a topic holds: days are counted from entries, months and the whole are their sums."""

from collections.abc import Iterable, Sequence

from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicCount, TopicDayCount, TopicMonthCount
from gazette.models.ledger.entry import Entry, TopicRef
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import RELATED_TOPICS_SHOWN


def day_record(item_key: ItemKey, entries: Sequence[LedgerItem]) -> LedgerItem:
    """Count the live entries of one day; ``place`` is where they are tallied."""
    count_of_day = TopicDayCount(count=sum(not entry.deleted for entry in entries))
    return LedgerItem(item_key, _revisions(entries), count_of_day.model_dump_json())


def month_record(item_key: ItemKey, days: Sequence[LedgerItem]) -> LedgerItem:
    """Sum a month from the tallies of its days."""
    topic_counts = {
        record.key.sort.removeprefix(keys.DAYS): TopicDayCount.model_validate_json(record.payload)
        for record in days
    }
    live = sorted(day for day, count_of_day in topic_counts.items() if count_of_day.count)
    count_of_day = TopicMonthCount(
        count=sum(count_of_day.count for count_of_day in topic_counts.values()),
        first=live[0] if live else None,
        last=live[-1] if live else None,
    )
    return LedgerItem(item_key, _revisions(days), count_of_day.model_dump_json())


def read_months(records: Iterable[LedgerItem]) -> dict[str, TopicMonthCount]:
    """Read the months of a topic that hold entries, oldest first."""
    topic_counts = (
        (record.key.sort.removeprefix(keys.MONTHS), record.payload) for record in records
    )
    months = {name: TopicMonthCount.model_validate_json(payload) for name, payload in topic_counts}
    return {name: month for name, month in months.items() if month.count}


def topic_record(topic: TopicRef, months: Sequence[LedgerItem]) -> LedgerItem:
    """Make what a topic leaves in the index of topics."""
    live = read_months(months)
    counts = TopicCount(
        slug=topic.slug,
        label=topic.label,
        count=sum(month.count for month in live.values()),
        last=max((month.last for month in live.values() if month.last), default=None),
    )
    return LedgerItem(keys.initial_key(topic.slug), _revisions(months), counts.model_dump_json())


def related_topics(topic: TopicRef, entries: Iterable[Entry]) -> list[tuple[TopicRef, int]]:
    """Return the topics that stand beside a topic most often in these entries, with how often."""
    neighbours: dict[str, TopicRef] = {}
    counts: dict[str, int] = {}
    for entry in entries:
        for other in entry.topics:
            if other.slug != topic.slug:
                neighbours.setdefault(other.slug, other)
                counts[other.slug] = counts.get(other.slug, 0) + 1
    most = sorted(counts, key=lambda slug: (-counts[slug], slug))[:RELATED_TOPICS_SHOWN]
    return [(neighbours[slug], counts[slug]) for slug in most]


def _revisions(records: Iterable[LedgerItem]) -> int:
    return sum(record.revision for record in records)
