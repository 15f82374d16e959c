"""The pages of a scan are cut between partitions; what is seen in part is not believed."""

from gazette.models.ledger import partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.tasks import tasks_for
from gazette.ports import LedgerPage
from gazette.projections.topics.topic_counts import month_count
from gazette.services.reconcile.topic_counts_check import right_counts
from gazette.services.reconcile.whole_partitions import ScanStep, scan_steps
from tests.unit.publish.worlds import World

A, B, C = (partitions.event_partition(name) for name in "abc")


def page(*items: tuple[Partition, int], is_last: bool = False) -> LedgerPage:
    found = tuple(ItemKey(partition, f"REVISION#{number}") for partition, number in items)
    return LedgerPage(found, None if is_last else found[-1], (), tuple(n for _, n in items))


def seen(steps: list[ScanStep]) -> list[str]:
    return ["".join(f"{key.partition.name}{n}" for key, n in s.revisions.items()) for s in steps]


def test_a_partition_that_goes_on_is_kept_for_the_next_step() -> None:
    pages = [page((A, 1), (B, 1)), page((B, 2), (C, 1)), page((C, 2), is_last=True)]
    steps = list(scan_steps(pages, None))
    assert seen(steps) == ["a1", "b1b2", "c1c2"]
    assert [step.cut for step in steps] == [frozenset()] * 3
    assert steps[1].partition_revisions() == {B: {"REVISION#1": 1, "REVISION#2": 2}}


def test_a_scan_goes_on_behind_the_last_whole_partition() -> None:
    first = next(scan_steps([page((A, 1), (B, 1))], None))
    assert first.last == ItemKey(A, "REVISION#1")
    (again,) = scan_steps([page((B, 1), (B, 2), is_last=True)], first.last)
    assert again.partition_revisions() == {B: {"REVISION#1": 1, "REVISION#2": 2}}


def test_a_partition_that_fills_a_page_is_seen_in_part() -> None:
    pages = [page((A, 1), (B, 1)), page((B, 2)), page((B, 3), (C, 1)), page(is_last=True)]
    steps = list(scan_steps(pages, None))
    assert seen(steps) == ["a1", "b1b2", "b3", "c1"]
    assert [B in step.cut for step in steps] == [False, True, True, True]
    assert steps[1].partition_revisions() == steps[2].partition_revisions() == {}
    assert steps[1].last == ItemKey(B, "REVISION#2")


def test_a_scan_that_goes_on_within_a_partition_does_not_see_the_whole() -> None:
    (step,) = scan_steps([page((A, 2), is_last=True)], ItemKey(A, "REVISION#1"))
    assert step.partition_revisions() == {}


def test_the_entries_of_a_time_line_that_is_seen_in_part_are_counted_again() -> None:
    world, topic = World(), partitions.topic_partition("foxes")
    entry = ItemKey(topic, "ENTRY#2026-07-04T08:00:00Z#a")
    payload = month_count("2026-07", {4: 1}).model_dump_json()
    world.ledger.put(LedgerItem(ItemKey(topic, "MONTHS#2026-07"), 1, payload))
    tasks = tasks_for(entry)
    whole = ScanStep({entry: 1}, None, (), frozenset())
    assert {task.sort for task in right_counts(world.ledger, tasks, whole)} == {"ENTRY#2026-07-04"}
    assert right_counts(world.ledger, tasks, whole._replace(cut=frozenset({topic}))) == set()


def test_no_page_is_no_step() -> None:
    assert list(scan_steps([], None)) == []
