"""A time line is not loaded again after a write, but counted: nobody who was overtaken wins."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product, zip_longest
from random import Random
from typing import TypeAlias

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document, document
from gazette.ports import Ledger
from gazette.services.publish.batch import publish_tasks
from gazette.services.publish.ledger_view import LedgerView
from gazette.services.publish.publications import Publications
from gazette.services.publish.site_writer import SiteWriter
from gazette.store.memory import MemoryLedger
from tests.faults.gates import GatedLedger, GatedSiteStore
from tests.faults.workers import Workers
from tests.unit.publish.worlds import MORNING, World, hours

FOXES = partitions.topic_partition("foxes")
INPUT = ItemKey(FOXES, keys.LAST_CHANGED)
TOPIC = PublishTask(TaskKind.TIMELINE, FOXES)


@dataclass
class Calls:
    """Acts before each call of one writer, which has the number of the call."""

    act: Callable[[int], None] | None = None
    count: int = 0

    def __call__(self) -> None:
        act, self.act = self.act, None  # what others do meanwhile is not interrupted
        if act:
            self.count += 1
            act(self.count - 1)
            self.act = act


class Ground:
    """A ledger with one input, a site that shows it, and writers that other things overtake."""

    def __init__(self) -> None:
        self.calls = calls = Calls()

        class HeardLedger(MemoryLedger):
            def get(self, item_key: ItemKey) -> LedgerItem | None:
                calls()
                return super().get(item_key)

            def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
                calls()
                return super().get_several(item_keys)

            def replace(self, item: LedgerItem, expected_revision: int) -> bool:
                calls()
                return super().replace(item, expected_revision)

        class HeardSite(MemorySiteStore):
            def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
                calls()
                return super().etags(paths)

            def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
                calls()
                super().write(documents, seen)

        self.ledger = HeardLedger(Counter(), lambda _: None, lambda: MORNING)
        self.site = HeardSite(Counter())

    def set(self, payload: str) -> None:
        stored = self.ledger.get(INPUT)
        self.ledger.put(LedgerItem(INPUT, stored.revision + 1 if stored else 1, payload))

    def publish(self, make: "type[SiteWriter]" = SiteWriter) -> PublishReport:
        """Publish as one that a record has called."""
        view = LedgerView(self.ledger)
        return self.publish_by(make(view, self.site, {TaskKind.TIMELINE: Shown(view)}, view=view))

    def repair(self) -> PublishReport:
        """Publish as a reconciliation does: without counting."""
        view = LedgerView(self.ledger)
        writer = SiteWriter(view, self.site, {TaskKind.TIMELINE: Shown(view)}, view=view)
        return self.publish_by(replace(writer, counts_publications=False))

    def publish_by(self, writer: SiteWriter) -> PublishReport:
        report = PublishReport()
        publish_tasks(writer, [TOPIC], report)
        return report

    def shown(self) -> str:
        return self.site.documents["page.txt"].body.decode()


@dataclass(frozen=True)
class Shown:
    """Publishes the input."""

    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ("page.txt",)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def compose(self, task: PublishTask) -> BuildResult:
        loaded = self.load(task)
        return BuildResult((document("page.txt", loaded.encode()),), loaded=loaded)

    def load(self, _task: PublishTask) -> str:
        item = self.ledger.get(INPUT)
        assert item is not None
        return item.payload


class Uncounted(Publications):
    """Publications of a writer that believes that nobody else publishes."""

    def count(self, _task: PublishTask) -> bool:
        return True


class Careless(SiteWriter):
    """A writer that neither counts nor loads again."""

    def publications(self) -> Publications:
        return Uncounted(self.ledger)


class CrashError(Exception):
    """The function has died: its batch is brought again."""


def crash() -> None:
    raise CrashError


def stages(count: int) -> Iterator[tuple[int, ...]]:
    """Yield the numbers of the calls before which others act, none smaller than the last one."""
    for numbers in product(range(9), repeat=count):
        if list(numbers) == sorted(numbers):
            yield numbers


Publish: TypeAlias = Callable[[Ground], PublishReport]
WRITERS: dict[str, Publish] = {
    "publisher": Ground.publish,
    "reconciliation": Ground.repair,
}


@pytest.mark.parametrize("payloads", ["ABA", "ABB", "AAB", "AB", "ABC"])
@pytest.mark.parametrize("crashes", [False, True])
@pytest.mark.parametrize("late", WRITERS.values(), ids=WRITERS)
def test_whatever_happens_between_the_calls_of_a_writer_the_newest_state_is_shown(
    payloads: str, late: Publish, *, crashes: bool
) -> None:
    """The writer of the second state is overtaken by further states and by their publishers.

    Each comes before any of its calls, or when it is done. At last it may die.
    """
    for numbers in stages(2 * (len(payloads) - 2) + crashes):
        ground = overtake(payloads, numbers, late, Ground.publish)
        assert ground.shown() == payloads[-1], numbers


@pytest.mark.parametrize(
    ("late", "publish"),
    [
        (lambda ground: ground.publish(Careless), Ground.publish),
        (Ground.publish, lambda ground: ground.publish(Careless)),
    ],
    ids=["late", "publisher"],
)
def test_an_older_state_would_win_if_one_of_two_writers_did_not_count(
    late: Publish, publish: Publish
) -> None:
    shown = [overtake("ABA", numbers, late, publish).shown() for numbers in stages(2)]
    assert {"A", "B"} == set(shown)


def overtake(payloads: str, numbers: Sequence[int], late: Publish, publish: Publish) -> Ground:
    """Publish the second state late: others act before its calls of these numbers.

    They set each further state, and publish it. A last number is when the late writer dies.
    """
    ground = Ground()
    ground.set(payloads[0])
    publish(ground)
    ground.set(payloads[1])
    steps: list[Callable[[], object]] = []
    for payload in payloads[2:]:
        steps += [partial(ground.set, payload), partial(publish, ground)]
    waiting = list(zip_longest(numbers, steps, fillvalue=None))

    def act(number: int) -> None:
        while waiting and (waiting[0][0] or 0) <= number:
            step = waiting[0][1]
            if step is None:
                raise CrashError
            waiting.pop(0)
            step()

    ground.calls.act = act
    report = late(ground)
    ground.calls.act = None
    if report.failed:
        assert {type(failure.error) for failure in report.failed} == {CrashError}
        late(ground)  # its task is brought again
    for _, step in waiting:
        if step is not None:
            step()
    return ground


def test_two_tasks_of_a_time_line_are_counted_once_and_not_loaded_again() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.settle()
    world.calls.clear()
    before = world.ledger.get(keys.published_key(partitions.SITE))
    world.publish([keys.ItemKey(partitions.SITE, keys.entry_sort(hours(0), "a"))])
    after = world.ledger.get(keys.published_key(partitions.SITE))
    assert before is not None
    assert after == before._replace(revision=before.revision + 1)


def test_the_home_requests_the_indexes_once() -> None:
    """A request that is refused costs as much as one that is written."""
    world = World()
    world.put("a", hours(0))
    world.settle()
    world.calls.clear()
    world.publish([keys.ItemKey(partitions.SITE, keys.EXPIRED)])
    assert world.ledger.get(keys.indexes_request_key()) is not None
    assert world.calls["dynamodb.PutItem"] == len(["the count"])


def test_a_count_that_cannot_be_written_fails_its_tasks_alone() -> None:
    ground = Ground()
    ground.set("A")

    class Busy(LedgerView):
        def replace(self, item: LedgerItem, expected_revision: int) -> bool:
            raise TimeoutError(item, expected_revision)

    view = Busy(ground.ledger)
    writer = SiteWriter(view, ground.site, {TaskKind.TIMELINE: Shown(view)}, view=view)
    report = ground.publish_by(writer)
    assert [failure.subject for failure in report.failed] == ["timeline TOPIC#foxes"]


@pytest.mark.parametrize("seed", range(60))
def test_in_any_order_of_the_calls_of_many_writers_the_newest_state_is_shown(seed: int) -> None:
    random, ground, workers = Random(seed), Ground(), Workers()  # noqa: S311  # an order to be had again
    gated, site = GatedLedger(ground.ledger, workers), GatedSiteStore(ground.site, workers)

    def change(payload: str) -> None:
        ground.set(payload)
        view = LedgerView(gated)
        writer = SiteWriter(view, site, {TaskKind.TIMELINE: Shown(view)}, view=view)
        is_repaired = random.random() < 0.3
        # The publisher that a record calls may run at the same time as a reconciliation.
        for counts in (False, True) if is_repaired else (True,):
            report = ground.publish_by(replace(writer, counts_publications=counts))
            assert report.failed == []

    for payload in "ABABA":
        workers.start(partial(change, payload))
    while workers.busy:
        workers.go_on(random.choice(workers.busy))
    item = ground.ledger.get(INPUT)
    assert item is not None
    assert ground.shown() == item.payload
