from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document, document
from gazette.ports import ConflictError
from gazette.services.pauses import NO_PAUSES, Pauses
from gazette.services.publish.site_writer import SiteWriter
from gazette.store.memory import MemoryLedger
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, World, hours

DAY = PublishTask(TaskKind.DAY, Partition.parse("DAY#2026-07-04"))


@dataclass
class ScriptedBuilder:
    """Returns the results of a script, one per reading, after doing the action given for each."""

    results: list[BuildResult]
    known: tuple[str, ...] = ("a.txt", "b.txt")
    # What is loaded after a write; by default nothing has changed.
    loads: list[object] = field(default_factory=list)
    meanwhile: list[LedgerItem | Document] = field(default_factory=list)
    world: "WithBuilders | None" = None
    composed: int = 0
    loaded: int = 0

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        assert task == DAY
        return self.known

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def compose(self, task: PublishTask) -> BuildResult:
        assert task == DAY
        assert self.world is not None
        self.composed += 1
        if self.meanwhile:
            self.world.write_meanwhile(self.meanwhile.pop(0))
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]

    def load(self, task: PublishTask) -> object:
        assert task == DAY
        self.loaded += 1
        return self.loads.pop(0) if self.loads else None


class WithBuilders:
    """A writer with one scripted builder."""

    def __init__(self, builder: ScriptedBuilder) -> None:
        self.calls: Counter[str] = Counter()
        self.ledger = MemoryLedger(self.calls, lambda _: None, lambda: MORNING)
        self.store = MemorySiteStore(self.calls)
        self.pauses: list[float] = []
        self.writer = SiteWriter(
            self.ledger,
            self.store,
            {TaskKind.DAY: builder},
            pauses=Pauses(self.pauses.append, lambda: 0.5),
        )
        self.report = PublishReport()
        builder.world = self

    def publish(self) -> None:
        self.writer.publish(DAY, self.report)

    def write_meanwhile(self, what: LedgerItem | Document) -> None:
        """Do what another writer of the same partition would."""
        if isinstance(what, LedgerItem):
            self.ledger.put(what)
        else:
            self.store.write([what], self.store.etags([what.path]))

    def bodies(self) -> dict[str, bytes]:
        return {path: document.body for path, document in self.store.documents.items()}


def text(path: str, body: str) -> Document:
    return document(path, body.encode())


def counts(payload: str) -> LedgerItem:
    item_key = keys.aggregate_key(DAY.partition)
    assert item_key is not None
    return LedgerItem(item_key, int(payload), payload)


def test_a_kind_without_a_builder_publishes_nothing() -> None:
    world = World()
    report = world.publish([keys.claim_key("a"), keys.quarantine_key("events/a.json")])
    assert report == PublishReport()
    assert world.site() == {}


def test_only_documents_that_differ_are_written() -> None:
    builder = ScriptedBuilder(
        [
            BuildResult((text("a.txt", "1"), text("b.txt", "1"))),
            BuildResult((text("a.txt", "1"), text("b.txt", "22"))),
        ]
    )
    world = WithBuilders(builder)
    world.publish()
    world.publish()
    assert world.bodies() == {"a.txt": b"1", "b.txt": b"22"}
    assert (world.report.tasks, world.report.conflicts) == (2, 0)
    assert (world.report.documents_written, world.report.documents_unchanged) == (3, 1)
    assert world.report.bytes_written == 4
    assert world.calls["s3.PutObject"] == 3


def test_only_existing_documents_are_removed() -> None:
    builder = ScriptedBuilder(
        [BuildResult((text("a.txt", "1"),)), BuildResult(removals=("a.txt", "b.txt"))]
    )
    world = WithBuilders(builder)
    world.publish()
    world.publish()
    world.publish()
    assert world.bodies() == {}
    assert world.report.documents_removed == 1
    assert world.calls["s3.DeleteObject"] == 1


def test_marks_are_written_when_they_reflect_more() -> None:
    world = WithBuilders(
        ScriptedBuilder([BuildResult(follow_ups=(counts(text),)) for text in ("1", "1", "2")])
    )
    for _ in range(3):
        world.publish()
    item_key = counts("0").key
    assert world.ledger.get(item_key) == counts("2")
    assert world.report.items_written == 2


def test_a_writer_that_was_overtaken_starts_over() -> None:
    """Another one has read newer records and writes between the etags and the write."""
    old, new = BuildResult((text("a.txt", "old"),)), BuildResult((text("a.txt", "new"),))
    world = WithBuilders(ScriptedBuilder([old, new], meanwhile=[text("a.txt", "new")]))
    world.publish()
    assert world.bodies() == {"a.txt": b"new"}
    assert (world.report.conflicts, world.report.documents_unchanged) == (1, 1)
    assert world.report.documents_written == 0


@pytest.mark.parametrize(
    ("stale", "body"),
    [(BuildResult((text("a.txt", "B"),)), "A"), (BuildResult(removals=("a.txt",)), "A")],
)
def test_a_check_after_writing_finds_that_the_same_bytes_had_become_newer(
    stale: BuildResult, body: str
) -> None:
    """A, then briefly B, then A again: a writer that read A before sees the ETag it expects."""
    newest = BuildResult((text("a.txt", body),))
    builder = ScriptedBuilder([newest, stale, newest])
    world = WithBuilders(builder)
    world.publish()
    builder.loads = ["newest"]
    world.publish()
    assert world.bodies() == {"a.txt": body.encode()}
    assert world.report.conflicts == 1
    # What was just written is not asked for again.
    assert world.calls["s3.HeadObject"] == 2 * len(builder.known)
    assert world.pauses == []


def test_verification_follows_a_write_only() -> None:
    builder = ScriptedBuilder([BuildResult((text("a.txt", "1"),), follow_ups=(counts("1"),))])
    world = WithBuilders(builder)
    for composed in (1, 2):
        world.publish()
        assert (builder.composed, builder.loaded) == (composed, 1)
    assert world.report.items_written == 1


def test_a_removal_is_verified_too() -> None:
    start, deleted = BuildResult((text("a.txt", "1"),)), BuildResult(removals=("a.txt",))
    builder = ScriptedBuilder([start, deleted])
    world = WithBuilders(builder)
    world.publish()
    world.publish()
    assert builder.loaded == 2


def test_what_is_newer_after_a_write_is_written_until_nothing_is() -> None:
    results = [BuildResult((text("a.txt", str(number)),), loaded=number) for number in range(4)]
    builder = ScriptedBuilder(results, loads=[1, 2, 3, 3])
    world = WithBuilders(builder)
    world.publish()
    assert world.bodies() == {"a.txt": b"3"}
    assert (world.report.documents_written, world.report.conflicts) == (4, 3)


def test_an_attempt_that_is_always_overtaken_starts_over_after_a_pause() -> None:
    results = [BuildResult((text("a.txt", str(number)),)) for number in range(9)]
    builder = ScriptedBuilder(results, loads=list(range(8)))
    world = WithBuilders(builder)
    world.publish()
    assert world.bodies() == {"a.txt": b"8"}
    assert len(world.pauses) == 1


def test_a_writer_that_was_overtaken_removes_nothing() -> None:
    deleted, back = BuildResult(removals=("a.txt",)), BuildResult((text("a.txt", "back"),))
    start = BuildResult((text("a.txt", "old"),))
    builder = ScriptedBuilder([start, deleted, back])
    world = WithBuilders(builder)
    world.publish()
    builder.meanwhile.append(text("a.txt", "back"))
    world.publish()
    assert world.bodies() == {"a.txt": b"back"}
    assert world.report.conflicts == 1


def test_marks_of_an_overtaken_writer_are_not_written() -> None:
    results = [BuildResult(follow_ups=(counts("1"),)), BuildResult(follow_ups=(counts("2"),))]
    world = WithBuilders(ScriptedBuilder(results, meanwhile=[counts("2")]))
    world.publish()
    assert world.ledger.get(counts("0").key) == counts("2")
    assert (world.report.conflicts, world.report.items_written) == (0, 0)
    world.publish()
    assert world.ledger.get(counts("0").key) == counts("2")
    assert world.report.items_written == 0


def test_a_path_that_came_in_between_is_looked_at_first() -> None:
    builder = ScriptedBuilder([BuildResult((text("c.txt", "1"),))], known=("a.txt",))
    world = WithBuilders(builder)
    with pytest.raises(ConflictError, match=r"c\.txt"):
        world.publish()
    builder.known = ("a.txt", "c.txt")
    world.publish()
    assert world.bodies() == {"c.txt": b"1"}


def test_a_writer_gives_up_after_sixteen_attempts_and_longer_and_longer_pauses() -> None:
    result = BuildResult((text("a.txt", "mine"),))
    others = [text("a.txt", str(number)) for number in range(20)]
    builder = ScriptedBuilder([result], meanwhile=list[LedgerItem | Document](others))
    world = WithBuilders(builder)
    with pytest.raises(ConflictError, match=r"a\.txt"):
        world.publish()
    assert (world.report.conflicts, len(builder.meanwhile)) == (16, 4)
    assert world.bodies() == {"a.txt": b"15"}
    assert world.pauses[:7] == pytest.approx([0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1])
    assert world.pauses[7:] == [1] * 8


def test_pauses_are_random_up_to_their_longest() -> None:
    slept: list[float] = []
    for number in (0.0, 0.25, 0.999):
        Pauses(slept.append, lambda number=number: number).wait(3)  # type: ignore[misc]
    assert slept == pytest.approx([0, 0.05, 0.1998])
    NO_PAUSES.wait(16)  # it returns at once, and never draws a number
    assert NO_PAUSES.random() == 0


def test_a_refused_replacement_starts_the_task_over() -> None:
    """Another publisher has written the same number with something else."""
    key = counts("0").key
    results = [
        BuildResult(replacements=(Replacement(key, payload, seen),))
        for payload, seen in (("1", None), ("2", counts("1")))
    ]
    world = WithBuilders(ScriptedBuilder(results, meanwhile=[counts("1")]))
    world.publish()
    assert world.ledger.get(counts("0").key) == counts("2")
    assert (world.report.conflicts, world.report.items_written) == (1, 1)


def test_an_error_that_is_no_conflict_is_not_tried_again() -> None:
    class Broken(ScriptedBuilder):
        def compose(self, task: PublishTask) -> BuildResult:
            raise LookupError(str(task))

    world = WithBuilders(Broken([BuildResult()]))
    with pytest.raises(LookupError, match="day DAY#2026-07-04"):
        world.publish()
    assert world.report.conflicts == 0


def test_a_revision_that_is_recorded_during_publishing_is_published() -> None:
    """The event moves between the reading of its paths and that of its newest revision."""
    world = World()
    world.put("a", hours(0))
    world.ingest("a")

    class Interfering(MemorySiteStore):
        def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
            found = super().etags(paths)
            if world.snapshot("a").number == 1:
                world.put("a", hours(1), title="River closes")
                world.ingest("a")
            return found

        def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
            written.append([document.path for document in documents])
            super().write(documents, seen)

    written: list[list[str]] = []
    store = Interfering(world.calls)
    report = world.publish([keys.revision_key("a", 1)], store)
    assert report.conflicts == 1
    assert [sorted(path.rpartition("/")[2] for path in paths) for paths in written] == [
        [f"river-opens.r1.{extension}" for extension in ("html", "json", "md", "xml")],
        [f"river-opens.history.{extension}" for extension in ("atom", "json")],
        [
            "river-closes.html",
            "river-closes.json",
            "river-closes.md",
            "river-closes.xml",
            "river-opens.html",
            "river-opens.json",
            "river-opens.md",
            "river-opens.xml",
        ],
    ]


def test_publishing_again_writes_nothing() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], category="Nature")
    world.source.put("images/a.png", PNG, hours(0))
    world.settle()
    before = world.site()
    report = world.publish(world.records())
    assert (report.documents_written, report.documents_removed, report.items_written) == (0, 0, 0)
    assert report.documents_unchanged == len(before)
    assert world.site() == before
    assert world.changes == []
