"""Counts and messages stay below the bounds of AWS, however many things they count."""

from datetime import date, timedelta

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import DayCount, InitialCounts, PeriodCounts, TopicCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.limits import (
    MAX_ITEM_BYTES,
    MAX_LABEL_CHARACTERS,
    MAX_PARTS,
    MAX_SORT_KEY_BYTES,
)
from gazette.models.tasks.reconciliation import (
    AuditWork,
    IngestWork,
    Iteration,
    PublishWork,
    UnlistedWork,
)
from gazette.models.tasks.retry import retries_of
from gazette.projections.topics.topic_index import initial_counts
from tests.unit.ledger.largest import LONGEST_ID, WIDE
from tests.unit.publish.worlds import MORNING

# What SQS takes, and what Step Functions passes from state to state.
MAX_MESSAGE_BYTES = 262_144


def test_a_year_of_busy_days_fits_into_an_item() -> None:
    first = date(2024, 1, 1)
    days = {
        (first + timedelta(number)).isoformat(): DayCount(
            count=10**6, updated=MORNING, revisions=10**9
        )
        for number in range(366)
    }
    item_key = keys.aggregate_key(Partition(PartitionKind.YEAR, "2024"))
    assert item_key is not None
    counts = PeriodCounts(days=days, revisions=9)
    assert LedgerItem(item_key, 9, counts.model_dump_json()).size_bytes < MAX_ITEM_BYTES


def test_the_largest_topics_of_an_initial_fit_into_an_item_with_the_longest_labels() -> None:
    initial = keys.initial_key("x").partition
    topics = [
        TopicCount(
            slug=f"x{number:04d}{WIDE * 48}",
            label=WIDE * MAX_LABEL_CHARACTERS,
            count=10**6,
            last="2026-07-04",
        )
        for number in range(150)
    ]
    items = [
        LedgerItem(ItemKey(initial, f"{keys.AGGREGATE}{topic.slug}"), 1, topic.model_dump_json())
        for topic in topics
    ]
    counts = initial_counts(items)
    item_key = ItemKey(partitions.TOPICS, f"{keys.AGGREGATE}{initial.name}")
    record = LedgerItem(item_key, 1, counts.model_dump_json())
    assert len(InitialCounts.model_validate_json(record.payload).largest) == 100
    assert record.size_bytes < MAX_ITEM_BYTES


def test_a_message_of_a_retry_holds_the_longest_sort_keys() -> None:
    sorts = [f"{number:03d}{'x' * (MAX_SORT_KEY_BYTES - 3)}" for number in range(450)]
    messages = retries_of(partitions.event_partition(LONGEST_ID), sorts)
    assert [sort for message in messages for sort in message.sorts] == sorts
    sizes = [len(message.model_dump_json().encode()) for message in messages]
    assert max(sizes) < MAX_MESSAGE_BYTES


def test_the_state_of_a_rebuild_fits_with_the_longest_keys() -> None:
    key, path = "events/" + "x" * 1017, "image/" + "x" * 1018
    parts = tuple(IngestWork(after=key, until=key) for _ in range(MAX_PARTS))
    unlisted = tuple(UnlistedWork(segment=n, segments=MAX_PARTS) for n in range(MAX_PARTS))
    segments = tuple(PublishWork(segment=n, segments=MAX_PARTS) for n in range(MAX_PARTS))
    audit = AuditWork(after=path, orphans=(path,) * 20)
    state = Iteration(
        iterations=100,
        wait=60,
        parts=(*parts, *unlisted),
        segments=(*segments, AuditWork()),
        ingested=(*parts, *unlisted),
        published=(*segments, audit),
        orphans=(path,) * 20,
    )
    assert len(state.model_dump_json().encode()) < MAX_MESSAGE_BYTES
