"""Derived items are computed and replaced, and in any order of their writers none is lost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.order import order
from gazette.models.limits import MAX_WRITE_ATTEMPTS
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.ports import ConflictError, Ledger
from gazette.projections.topics.topic_counts import days_of, month_count
from gazette.runtime.builders import make_builders
from gazette.services.pauses import Pauses
from gazette.services.publish.builder import FollowUpBuilder
from gazette.services.publish.site_writer import SiteWriter
from gazette.store.memory import MemoryLedger
from tests.faults.gates import GatedLedger
from tests.faults.workers import Workers
from tests.unit.publish.worlds import MORNING, SITE, World, hours

FOXES = partitions.topic_partition("foxes")
MONTH = ItemKey(FOXES, "MONTHS#2026-07")
COUNT = ItemKey(FOXES, "COUNT")
TASK = PublishTask(TaskKind.TOPIC_COUNT, FOXES)


def make_ledger() -> MemoryLedger:
    return MemoryLedger(Counter(), lambda _: None, lambda: MORNING)


def count_entries(ledger: Ledger) -> str:
    return str(sum(1 for _ in ledger.scan(FOXES, keys.ENTRY)))


@dataclass
class CountBuilder(FollowUpBuilder[Replacement]):
    """Counts the entries of a topic; others may do something right after it has read them."""

    ledger: Ledger
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def load(self, _task: PublishTask) -> Replacement:
        seen = self.ledger.get(COUNT)
        loaded = Replacement(COUNT, count_entries(self.ledger), seen)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return loaded

    def build(self, _task: PublishTask, loaded: Replacement) -> BuildResult:
        return BuildResult(replacements=(loaded,))


def put_entry(ledger: Ledger, number: int, revision: int = 1, *, deleted: bool = False) -> None:
    item_key = ItemKey(FOXES, keys.entry_sort(MORNING, f"e{number}"))
    ledger.put(LedgerItem(item_key, revision, "{}", deleted))


def write(
    ledger: Ledger, *meanwhile: Callable[[], object], pauses: list[float] | None = None
) -> PublishReport:
    report = PublishReport()
    builder = CountBuilder(ledger, list(meanwhile))
    waited = [] if pauses is None else pauses
    writer = SiteWriter(
        ledger,
        MemorySiteStore(Counter()),
        {TaskKind.TOPIC_COUNT: builder},
        pauses=Pauses(waited.append, lambda: 0.5),
    )
    writer.publish(TASK, report)
    return report


def test_a_derived_item_has_a_revision_of_its_own() -> None:
    ledger = make_ledger()
    put_entry(ledger, 1, revision=700)
    assert write(ledger).items_written == 1
    assert ledger.get(COUNT) == LedgerItem(COUNT, 1, "1")
    put_entry(ledger, 1, revision=701, deleted=True)
    assert write(ledger).items_written == 1
    assert ledger.get(COUNT) == LedgerItem(COUNT, 2, "0")


def test_what_is_right_is_not_written_again() -> None:
    ledger = make_ledger()
    write(ledger)
    assert write(ledger).items_written == 0
    assert ledger.get(COUNT) == LedgerItem(COUNT, 1, "0")


def test_a_count_with_the_great_number_of_an_older_release_is_replaced() -> None:
    ledger = make_ledger()
    ledger.put(LedgerItem(COUNT, 4711, "9"))
    put_entry(ledger, 1)
    write(ledger)
    assert ledger.get(COUNT) == LedgerItem(COUNT, 4712, "1")


def test_inputs_that_change_during_the_write_are_read_again() -> None:
    """The other writer found the old count right, because the inputs had changed back."""
    ledger = make_ledger()
    put_entry(ledger, 1)
    report = write(ledger, lambda: put_entry(ledger, 1, revision=2, deleted=True))
    assert report.items_written == 2
    assert ledger.get(COUNT) == LedgerItem(COUNT, 2, "0")


def test_a_faster_writer_makes_the_other_one_pause_and_start_over() -> None:
    ledger = make_ledger()
    put_entry(ledger, 1)

    def be_faster() -> None:
        put_entry(ledger, 2)
        write(ledger)

    pauses: list[float] = []
    report = write(ledger, be_faster, pauses=pauses)
    assert (report.items_written, report.conflicts) == (0, 1)
    assert pauses == [0.025]
    assert ledger.get(COUNT) == LedgerItem(COUNT, 1, "2")


def test_a_writer_that_is_never_the_fastest_gives_up() -> None:
    class Refusing(MemoryLedger):
        def replace(self, _item: LedgerItem, _expected_revision: int) -> bool:
            return False

    ledger = Refusing(Counter(), lambda _: None, lambda: MORNING)
    pauses: list[float] = []
    with pytest.raises(ConflictError, match="COUNT"):
        write(ledger, pauses=pauses)
    assert len(pauses) == MAX_WRITE_ATTEMPTS - 1
    assert ledger.get(COUNT) is None


def interleave(works: list[Callable[[], None]], workers: Workers, random: Random) -> None:
    """Run all works at once; before every call a random one of them goes on."""
    for work in works:
        workers.start(work)
    while workers.busy:
        workers.go_on(random.choice(workers.busy))


@pytest.mark.parametrize("seed", range(40))
def test_no_update_is_lost_in_any_order_of_the_calls(seed: int) -> None:
    random, ledger, workers = Random(seed), make_ledger(), Workers()  # noqa: S311  # an order to be had again
    gated = GatedLedger(ledger, workers)
    left = {number for number in range(6) if random.random() < 0.5}

    def change(number: int) -> None:
        put_entry(gated, number)
        write(gated)
        if number in left:
            put_entry(gated, number, 2, deleted=True)
            write(gated)

    interleave([partial(change, number) for number in range(6)], workers, random)
    count = ledger.get(COUNT)
    assert count is not None
    assert count.payload == count_entries(ledger) == str(6 - len(left))


# What the ledger says of the month before: nothing, or what an earlier release or this one counted.
MONTHS_BEFORE = (
    None,
    '{"count":5,"first":"2026-07-04","last":"2026-07-05"}',
    month_count("2026-07", {4: 3, 5: 2}).model_dump_json(),
)


@pytest.mark.parametrize("before", MONTHS_BEFORE)
@pytest.mark.parametrize("seed", range(10))
def test_a_month_counts_what_is_there_whichever_day_is_written_last(
    seed: int, before: str | None
) -> None:
    random, world, workers = Random(seed), World(), Workers()  # noqa: S311  # an order to be had again
    for number in range(5):
        published = (MORNING + timedelta(days=number % 2)).isoformat()
        fields = {"title": "T", "topics": ["Foxes"], "published": published}
        world.put(f"e{number}", hours(99), **fields)
    world.ingest(*(f"e{number}" for number in range(5)))
    if before:
        world.ledger.put(LedgerItem(MONTH, 1, before))
    gated = GatedLedger(world.ledger, workers)
    builders = make_builders(SITE, gated, world.source, lambda: world.now)
    writer = SiteWriter(gated, world.store, builders)

    def leave(number: int) -> None:
        put_entry_of(world, gated, number)
        task = PublishTask(TaskKind.TOPIC_COUNT, FOXES, f"ENTRY#2026-07-0{4 + number % 2}")
        writer.publish(task, PublishReport())

    interleave([partial(leave, number) for number in range(4)], workers, random)
    month = world.ledger.get(MONTH)
    assert month is not None
    assert days_of(month) == {1: 0, 2: 0, 3: 0, 4: 1}


def put_entry_of(world: World, ledger: Ledger, number: int) -> None:
    entry = world.newest(f"e{number}")
    item_key = ItemKey(FOXES, keys.entry_sort(entry.published, entry.event_id))
    ledger.put(LedgerItem(item_key, order(3), "{}", deleted=True))
