"""How much a topic holds: days are counted from entries, months and the whole are their sums."""

from collections.abc import Iterable, Sequence

from gazette.models import keys
from gazette.models.entry import Entry, TopicRef
from gazette.models.keys import Place
from gazette.models.record import Record
from gazette.models.rollup import DayTally, MonthTally, TopicFigures

# So many of the topics that stand beside a topic in its newest events are shown.
_TOGETHER = 8


def day_record(place: Place, entries: Sequence[Record]) -> Record:
    """Count the live entries of one day; ``place`` is where they are tallied."""
    tally = DayTally(count=sum(not entry.gone for entry in entries))
    return Record(place, _revisions(entries), tally.model_dump_json())


def month_record(place: Place, days: Sequence[Record]) -> Record:
    """Sum a month from the tallies of its days."""
    tallies = {
        record.place.sort.removeprefix(keys.DAYS): DayTally.model_validate_json(record.payload)
        for record in days
    }
    live = sorted(day for day, tally in tallies.items() if tally.count)
    tally = MonthTally(
        count=sum(tally.count for tally in tallies.values()),
        first=live[0] if live else None,
        last=live[-1] if live else None,
    )
    return Record(place, _revisions(days), tally.model_dump_json())


def read_months(records: Iterable[Record]) -> dict[str, MonthTally]:
    """Read the months of a topic that hold entries, oldest first."""
    tallies = ((record.place.sort.removeprefix(keys.MONTHS), record.payload) for record in records)
    months = {name: MonthTally.model_validate_json(payload) for name, payload in tallies}
    return {name: month for name, month in months.items() if month.count}


def topic_record(topic: TopicRef, months: Sequence[Record]) -> Record:
    """Make what a topic leaves in the index of topics."""
    live = read_months(months)
    figures = TopicFigures(
        slug=topic.slug,
        label=topic.label,
        count=sum(month.count for month in live.values()),
        last=max((month.last for month in live.values() if month.last), default=None),
    )
    return Record(keys.initial_place(topic.slug), _revisions(months), figures.model_dump_json())


def together(topic: TopicRef, entries: Iterable[Entry]) -> list[tuple[TopicRef, int]]:
    """Return the topics that stand beside a topic most often in these entries, with how often."""
    beside: dict[str, TopicRef] = {}
    counts: dict[str, int] = {}
    for entry in entries:
        for other in entry.topics:
            if other.slug != topic.slug:
                beside.setdefault(other.slug, other)
                counts[other.slug] = counts.get(other.slug, 0) + 1
    most = sorted(counts, key=lambda slug: (-counts[slug], slug))[:_TOGETHER]
    return [(beside[slug], counts[slug]) for slug in most]


def _revisions(records: Iterable[Record]) -> int:
    return sum(record.revision for record in records)
