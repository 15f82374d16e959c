"""A live item that a slow writer puts after its deletion disappears again."""

from dataclasses import replace

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.order import order
from gazette.models.tasks.messages import StreamRecord
from gazette.services.publish.batch import failed_records, publish_batch
from tests.unit.publish.worlds import World, hours

FOXES = partitions.topic_partition("foxes")


def written_by_first_revision(world: World) -> list[LedgerItem]:
    """Publish an event and withdraw it; return the listed items of its first revision."""
    world.put("b", hours(0), title="Bear", topics=["Foxes"])
    world.put("a", hours(0), title="Fox", topics=["Foxes"])
    world.settle()
    first = [item for item in world.records().values() if keys.is_listed(item.key)]
    world.delete("a", hours(1))
    world.settle()
    return [item for item in first if keys.event_of(item.key) == "a"]


@pytest.mark.parametrize("crashes_after", range(1, 5))
def test_a_late_ingest_that_crashes_leaves_no_trace_on_the_site(crashes_after: int) -> None:
    """Nobody repeats its work, because the snapshot is newer: the stream brings what it wrote."""
    world = World()
    late = written_by_first_revision(world)
    expected = world.site()
    assert len(late) >= 4
    for item in late[:crashes_after]:
        assert world.ledger.put(item)
    world.settle()
    assert world.site() == expected
    assert [entry.event_id for entry in world.live(FOXES)] == ["b"]


def test_a_deletion_whose_writer_crashed_before_the_removal_is_finished() -> None:
    world = World()
    world.put("a", hours(0), title="Seen again", topics=["Foxes"])
    world.put("b", hours(1), title="Bear", topics=["Foxes"])
    world.settle()
    item_key = ItemKey(FOXES, keys.entry_sort(hours(0), "a"))
    world.ledger.put(LedgerItem(keys.deletion_key(item_key), order(3), "{}", deleted=True))
    world.settle()
    assert [entry.event_id for entry in world.live(FOXES)] == ["b"]
    assert b"Seen again" not in world.site()["topics/foxes/feed.json"]


def test_a_batch_fails_as_a_whole_while_deletions_cannot_be_read() -> None:
    world = World()

    class Busy:
        def remove_overtaken(self, _item_keys: object) -> None:
            raise TimeoutError

    writer = replace(world.writer, ledger=Busy())  # type: ignore[arg-type]  # only this is called
    records = [StreamRecord("1", ItemKey(FOXES, keys.entry_sort(hours(0), "a")))]
    report = publish_batch(writer, records)
    assert failed_records(records, report) == ["1"]
