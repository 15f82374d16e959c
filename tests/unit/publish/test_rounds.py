"""Tasks of a batch are built through one view, written one after another, and checked together."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_TASKS_A_ROUND
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind, stream_tasks
from gazette.models.views.site_document import Document, document
from gazette.ports import HasTime, Ledger
from gazette.runtime.builders import make_builders
from gazette.services.publish import single_items
from gazette.services.publish.batch import publish_tasks
from gazette.services.publish.ledger_view import LedgerView
from gazette.services.publish.site_writer import SiteWriter
from gazette.store.memory import MemoryLedger
from tests.unit.publish.worlds import MORNING, SITE, World, hours

DAYS = [PublishTask(TaskKind.DAY, Partition.parse(f"DAY#2026-07-0{number}")) for number in (1, 2)]
INPUT = ItemKey(partitions.SITE, keys.AGED)


class Recorded(MemorySiteStore):
    """A site that says what is done to it."""

    def __init__(self, done: list[str]) -> None:
        super().__init__(Counter())
        self.done = done
        self.fails = 0

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        self.done.append(f"etags {' '.join(paths)}")
        if self.fails:
            self.fails -= 1
            raise TimeoutError
        return super().etags(paths)

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        super().write(documents, seen)
        self.done += [f"write {document.path}" for document in documents]


class ReadLedger(MemoryLedger):
    """A ledger that says when an item is read."""

    def __init__(self, done: list[str]) -> None:
        super().__init__(Counter(), lambda _: None, lambda: MORNING)
        self.done = done

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        self.done.append("read")
        return super().get(item_key)


@dataclass
class InputBuilder:
    """Publishes one input of the ledger for each task, and requests something."""

    ledger: Ledger
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    requested: tuple[LedgerItem, ...] = ()
    further: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        self._do("paths", task)
        return (f"{task.partition.name}.txt",)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def compose(self, task: PublishTask) -> BuildResult:
        loaded = self.load(task)
        self._do("compose", task)
        documents = tuple(document(path, loaded.encode()) for path in self.paths(task))
        return BuildResult(
            documents,
            follow_ups=self.requested,
            further_paths=self.further,
            further_prefixes=self.prefixes,
            loaded=loaded,
        )

    def load(self, task: PublishTask) -> str:
        self._do("load", task)
        item = self.ledger.get(INPUT)
        return item.payload if item else ""

    def _do(self, step: str, task: PublishTask) -> None:
        if action := self.meanwhile.get(f"{step} {task.partition.name}"):
            action()


class Batch:
    """A writer of two days that show the same input."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.ledger = ReadLedger(self.done)
        self.site = Recorded(self.done)
        view = LedgerView(self.ledger)
        self.builder = InputBuilder(view)
        kinds = (TaskKind.DAY, TaskKind.TOPIC_COUNT, TaskKind.TIMELINE)
        builders = dict.fromkeys(kinds, self.builder)
        self.writer = SiteWriter(view, self.site, builders, view=view)
        self.report = PublishReport()
        self.set("one")

    def set(self, payload: str) -> None:
        stored = self.ledger.get(INPUT)
        self.ledger.put(LedgerItem(INPUT, stored.revision + 1 if stored else 1, payload))

    def publish(
        self, tasks: Sequence[PublishTask] = DAYS, has_time: HasTime = lambda: True
    ) -> list[str]:
        self.done.clear()
        publish_tasks(self.writer, tasks, self.report, has_time)
        return self.done

    def bodies(self) -> list[bytes]:
        return [document.body for document in self.site.documents.values()]


def test_etags_are_read_before_the_view_and_the_check_reads_after_all_writes() -> None:
    batch = Batch()
    assert batch.publish() == [
        "etags 2026-07-01.txt 2026-07-02.txt",
        "read",
        "write 2026-07-01.txt",
        "write 2026-07-02.txt",
        "read",
    ]
    assert (batch.report.tasks, batch.report.conflicts, batch.report.failed) == (2, 0, [])


def test_what_stands_is_read_once_and_not_checked() -> None:
    batch = Batch()
    batch.publish()
    assert batch.publish() == ["etags 2026-07-01.txt 2026-07-02.txt", "read"]


def test_a_task_that_the_check_finds_different_is_published_alone() -> None:
    batch = Batch()
    batch.builder.meanwhile["compose 2026-07-02"] = lambda: batch.set("two")
    batch.publish()
    assert batch.bodies() == [b"two", b"two"]
    assert (batch.report.tasks, batch.report.conflicts, batch.report.failed) == (2, 2, [])


def test_a_task_that_meets_another_writer_is_published_alone() -> None:
    batch = Batch()

    def write_meanwhile() -> None:
        batch.builder.meanwhile.clear()
        batch.set("newer")
        other = document("2026-07-02.txt", b"newer")
        MemorySiteStore.write(batch.site, [other], {other.path: None})

    batch.builder.meanwhile["compose 2026-07-01"] = write_meanwhile
    batch.publish()
    assert batch.bodies() == [b"newer", b"newer"]
    assert (batch.report.conflicts, batch.report.documents_written) == (2, 2)


def test_what_no_time_is_left_for_after_the_check_is_delivered_again() -> None:
    batch = Batch()
    batch.builder.meanwhile["compose 2026-07-02"] = lambda: batch.set("two")
    answers = iter([True])
    batch.publish(has_time=lambda: next(answers, False))
    assert batch.report.not_begun == ["day DAY#2026-07-02"]
    assert batch.bodies() == [b"two", b"one"]


@pytest.mark.parametrize("is_alone", [False, True])
def test_further_paths_are_read_before_the_task_is_built_again_alone(*, is_alone: bool) -> None:
    batch = Batch()
    batch.builder.further = ("more.txt",)
    batch.done.clear()
    if is_alone:
        batch.writer.publish(DAYS[0], batch.report)
    else:
        batch.publish(DAYS[:1])
    assert batch.done == [
        "etags 2026-07-01.txt",
        "read",
        "etags more.txt",
        "read",
        "write 2026-07-01.txt",
        "read",
    ]


def test_what_others_have_written_stays_when_a_task_has_no_further_documents_any_more() -> None:
    """An empty day lists its folder, and meanwhile another writer publishes the first event."""
    batch = Batch()
    batch.builder.prefixes = ("2026-07-01/",)

    def write_meanwhile() -> None:
        batch.builder.prefixes = ()
        batch.builder.meanwhile.clear()

    other = document("2026-07-01/index.html", b"other")
    MemorySiteStore.write(batch.site, [other], {other.path: None})
    batch.builder.meanwhile["load 2026-07-02"] = write_meanwhile
    batch.publish()
    assert batch.site.documents[other.path] == other


def test_if_the_etags_of_a_round_cannot_be_read_each_task_reads_its_own() -> None:
    batch = Batch()
    batch.site.fails = 2
    done = batch.publish()
    assert done[:2] == ["etags 2026-07-01.txt 2026-07-02.txt", "etags 2026-07-01.txt"]
    assert [failure.subject for failure in batch.report.failed] == ["day DAY#2026-07-01"]
    assert list(batch.site.documents) == ["2026-07-02.txt"]


def fail() -> None:
    raise TimeoutError


@pytest.mark.parametrize("step", ["paths", "load", "compose"])
def test_a_task_that_cannot_be_built_fails_alone(step: str) -> None:
    batch = Batch()
    batch.builder.meanwhile[f"{step} 2026-07-01"] = fail
    batch.publish()
    assert [failure.subject for failure in batch.report.failed] == ["day DAY#2026-07-01"]
    assert list(batch.site.documents) == ["2026-07-02.txt"]


def test_a_task_that_cannot_be_checked_fails_alone() -> None:
    batch = Batch()

    def fail_from_now_on() -> None:
        batch.builder.meanwhile["load 2026-07-01"] = fail

    batch.builder.meanwhile["compose 2026-07-02"] = fail_from_now_on
    batch.publish()
    assert [failure.subject for failure in batch.report.failed] == ["day DAY#2026-07-01"]
    assert len(batch.site.documents) == 2


def test_a_task_that_cannot_be_published_alone_fails_alone() -> None:
    batch = Batch()

    def change() -> None:
        batch.set("two")
        batch.builder.meanwhile["paths 2026-07-01"] = fail

    batch.builder.meanwhile["compose 2026-07-02"] = change
    batch.publish()
    assert [failure.subject for failure in batch.report.failed] == ["day DAY#2026-07-01"]
    assert batch.bodies() == [b"one", b"two"]


@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("stands", [False, True])
def test_what_another_writer_does_before_a_follow_up_is_written_is_seen(
    is_alone: bool, stands: bool
) -> None:
    """Such as an image that arrives, and finds no note yet that an event misses it."""
    batch = Batch()
    if stands:
        batch.publish()
    ledger = batch.ledger
    note = LedgerItem(ItemKey(partitions.SITE, f"{keys.MISSING}2026-07-01T00:00:00Z#a"), 1, "{}")
    batch.builder.requested = (note,)

    class Meanwhile(LedgerView):
        def put(self, item: LedgerItem) -> bool:
            batch.set("two")
            return super().put(item)

    batch.writer = replace(batch.writer, ledger=Meanwhile(ledger))
    if is_alone:
        batch.writer.publish(DAYS[0], batch.report)
    else:
        batch.publish(DAYS[:1])
    assert batch.bodies()[0] == b"two"


def test_follow_ups_that_fail_are_retried() -> None:
    batch = Batch()
    batch.builder.requested = (
        LedgerItem(keys.rebuild_request_key(partitions.TOPICS, "SITE"), 1, "{}"),
    )

    class Failing(LedgerView):
        def put(self, item: LedgerItem) -> bool:
            raise TimeoutError(str(item.key))

    batch.writer = replace(batch.writer, ledger=Failing(batch.ledger))
    batch.publish()
    assert [failure.subject for failure in batch.report.failed] == [str(task) for task in DAYS]


def test_what_several_tasks_request_is_written_once() -> None:
    batch = Batch()
    request = LedgerItem(keys.rebuild_request_key(partitions.TOPICS, "SITE"), 3, "{}")
    batch.builder.requested = (request, request._replace(revision=2))
    puts: list[LedgerItem] = []

    class Putting(LedgerView):
        def put(self, item: LedgerItem) -> bool:
            puts.append(item)
            return super().put(item)

    batch.writer = replace(batch.writer, ledger=Putting(batch.ledger))
    batch.publish()
    assert puts == [request]
    assert batch.report.items_written == 1


def test_more_tasks_than_a_round_has_are_checked_before_the_next_ones_are_written() -> None:
    batch = Batch()
    tasks = [
        PublishTask(TaskKind.DAY, Partition.parse(f"DAY#{number:04}-01-01"))
        for number in range(1, MAX_TASKS_A_ROUND + 2)
    ]
    done = [step.split()[0] for step in batch.publish(tasks)]
    assert [step for step, before in zip(done, ["", *done], strict=False) if step != before] == [
        *("etags", "read", "write", "etags", "read", "write", "read")
    ]


def test_a_round_after_a_task_that_was_published_alone_reads_through_a_new_view() -> None:
    batch = Batch()
    tasks = [
        PublishTask(TaskKind.DAY, Partition.parse(f"DAY#{number:04}-01-01"))
        for number in range(1, MAX_TASKS_A_ROUND + 2)
    ]
    batch.builder.meanwhile["compose 0064-01-01"] = lambda: batch.set("two")
    done = batch.publish(tasks)
    assert set(batch.bodies()) == {b"two"}
    *_, last = (position for position, step in enumerate(done) if step == "write 0065-01-01.txt")
    assert done[last - 1] == "read"


def test_a_document_that_a_rival_replaced_while_a_sum_was_written_is_written_again() -> None:
    """It was right when its ETag was read. So it would be taken for right, if that ETag stayed."""
    batch = Batch()
    tasks = [
        PublishTask(TaskKind.TOPIC_COUNT, Partition.parse("TOPIC#sum")),
        PublishTask(TaskKind.TIMELINE, Partition.parse("TOPIC#page")),
    ]
    right, older = (document("page.txt", body) for body in (b"two", b"one"))

    def change_the_input() -> None:
        batch.set("two")
        batch.builder.meanwhile["compose sum"] = replace_the_page

    def replace_the_page() -> None:
        batch.builder.meanwhile.clear()
        MemorySiteStore.write(batch.site, [older], {older.path: right.etag})

    MemorySiteStore.write(batch.site, [right], {right.path: None})
    batch.builder.meanwhile["compose sum"] = change_the_input
    batch.publish(tasks)
    assert batch.site.documents[right.path].body == b"two"


class Gets(MemoryLedger):
    """A ledger that remembers which single items were read."""

    def __init__(self, ledger: MemoryLedger) -> None:
        super().__init__(Counter(), lambda _: None, lambda: MORNING)
        self._partitions = ledger._partitions
        self.keys: set[ItemKey] = set()

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        self.keys.add(item_key)
        return super().get(item_key)


def test_a_builder_reads_each_item_that_is_read_before_it() -> None:
    """Else the call would read more than needed, for every task of its kind."""
    world = World()
    update = {"kind": "update", "note": "More."}
    for number, name in enumerate(("a", "b")):
        world.put(name, hours(number), topics=["Foxes"], category="Nature")
    world.put("a", hours(3), title="A", topics=["Foxes"], category="Nature", revision=update)
    world.settle()
    ledger = Gets(world.ledger)
    builders = make_builders(SITE, ledger, world.source, lambda: world.now)
    found: set[TaskKind] = set()
    for task in _every_task(world):
        ledger.keys.clear()
        builders[task.kind].load(task)
        assert ledger.keys >= set(single_items.single_items(task)), task
        found.add(task.kind)
    assert found >= single_items._FINDERS.keys()


def test_the_pages_that_are_read_before_a_builder_answer_all_that_it_reads_of_their_lists() -> None:
    """Else they would be read in vain, for every task of their kind."""
    world = World()
    for number in range(12):
        world.put(f"e{number}", hours(number), topics=["Foxes"], title=f"T{number}")
    world.settle()
    task = PublishTask(TaskKind.TIMELINE, partitions.topic_partition("foxes"))
    view = LedgerView(world.ledger)
    builder = make_builders(SITE, view, world.source, lambda: world.now)[task.kind]
    view.renew(single_items.single_items(task), single_items.first_pages(task))
    world.calls.clear()
    alone = builder.load(task)
    assert world.calls == {}
    view.close()
    assert builder.load(task) == alone


def _every_task(world: World) -> Iterator[PublishTask]:
    for item_key in world.records():
        for task in stream_tasks(item_key):
            if task.kind not in {TaskKind.SEGMENT, TaskKind.RELATED}:
                yield task


def test_a_view_whose_items_cannot_be_read_at_once_reads_each_alone() -> None:
    class Busy(MemoryLedger):
        def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
            raise TimeoutError(item_keys)

    ledger = Busy(Counter(), lambda _: None, lambda: MORNING)
    ledger.put(LedgerItem(INPUT, 1, "one"))
    view = LedgerView(ledger)
    view.renew([INPUT, keys.last_deleted_key(partitions.SITE)])
    assert view.get(INPUT) == LedgerItem(INPUT, 1, "one")


def test_items_that_are_read_at_once_are_known_whether_they_exist_or_not() -> None:
    calls: Counter[str] = Counter()
    ledger = MemoryLedger(calls, lambda _: None, lambda: MORNING)
    ledger.put(LedgerItem(INPUT, 1, "one"))
    view, missing = LedgerView(ledger), keys.last_deleted_key(partitions.SITE)
    assert view.get_several([INPUT, missing]) == {INPUT: LedgerItem(INPUT, 1, "one")}
    calls.clear()
    view.renew([INPUT, missing])
    assert (view.get(INPUT), view.get(missing)) == (LedgerItem(INPUT, 1, "one"), None)
    assert calls == {"dynamodb.BatchGetItem": 1}
