from collections.abc import Mapping, Sequence

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.limits import MAX_WRITE_ATTEMPTS
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError
from gazette.services.pauses import NO_PAUSES, Pauses
from tests.unit.images.image_files import PNG
from tests.unit.publish.scripted import ScriptedBuilder, WithBuilders, counts, text
from tests.unit.publish.worlds import World, hours


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


def test_a_task_whose_ledger_never_rests_fails_by_its_name() -> None:
    """So the retry queue, and the log, say what was not published."""
    results = [BuildResult((text("a.txt", str(number)),), loaded=number) for number in range(200)]
    world = WithBuilders(ScriptedBuilder(results))
    with pytest.raises(ConflictError, match="day DAY#2026-07-04"):
        world.publish()
    assert len(world.pauses) == MAX_WRITE_ATTEMPTS - 1


def test_a_document_that_a_check_finds_newer_is_written_over_the_etag_that_was_read_first() -> None:
    """The first write had nothing to say about it, and it is not read again (SPEC V2)."""
    first = BuildResult((text("a.txt", "1"),), loaded=1)
    second = BuildResult((text("a.txt", "1"), text("b.txt", "2")), loaded=2)
    world = WithBuilders(ScriptedBuilder([first, second], loads=[2, 2]))
    world.write_meanwhile(text("b.txt", "1"))
    world.calls.clear()
    world.publish()
    assert world.bodies() == {"a.txt": b"1", "b.txt": b"2"}
    assert world.calls["s3.HeadObject"] == len(("a.txt", "b.txt"))
    assert (world.report.conflicts, world.pauses) == (1, [])


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
    assert report.conflicts == 3  # the page, the revision and the history have more paths now
    assert [sorted(path.rpartition("/")[2] for path in paths) for paths in written] == [
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
        [f"river-opens.r1.{extension}" for extension in ("html", "json", "md", "xml")],
        [f"river-opens.history.{extension}" for extension in ("atom", "json")],
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
    # That a time line was published is counted, for those who publish it at the same time.
    assert {item_key.partition.kind for item_key in world.changes} == {PartitionKind.PUBLISHED}
