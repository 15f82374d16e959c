from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models import keys
from gazette.models.assignments import Assignment, DeskKind
from gazette.models.edition import Edition, PublishReport
from gazette.models.keys import Partition
from gazette.models.publication import Document, document
from gazette.models.record import Record
from gazette.ports import ConflictError
from gazette.services.publish import Publisher
from gazette.store.memory import MemoryLedger
from tests.unit.pictures import PNG
from tests.unit.worlds import World, hours

DAY = Assignment(DeskKind.DAY, Partition.parse("DAY#2026-07-04"))


@dataclass
class ScriptedDesk:
    """Composes the editions of a script, one a reading; what it says is done before each."""

    editions: list[Edition]
    known: tuple[str, ...] = ("a.txt", "b.txt")
    meanwhile: list[Record | Document] = field(default_factory=list)
    world: "Desked | None" = None
    composed: int = 0

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        assert assignment == DAY
        return self.known

    def compose(self, assignment: Assignment) -> Edition:
        assert assignment == DAY
        assert self.world is not None
        self.composed += 1
        if self.meanwhile:
            self.world.write_meanwhile(self.meanwhile.pop(0))
        return self.editions.pop(0) if len(self.editions) > 1 else self.editions[0]


class Desked:
    """A publisher with one scripted desk."""

    def __init__(self, desk: ScriptedDesk) -> None:
        self.calls: Counter[str] = Counter()
        self.ledger = MemoryLedger(self.calls, lambda _: None)
        self.store = MemorySiteStore(self.calls)
        self.publisher = Publisher(self.ledger, self.store, {DeskKind.DAY: desk})
        self.report = PublishReport()
        desk.world = self

    def publish(self) -> None:
        self.publisher.publish(DAY, self.report)

    def write_meanwhile(self, what: Record | Document) -> None:
        """Do what another publisher of the same partition would."""
        if isinstance(what, Record):
            self.ledger.put(what)
        else:
            self.store.write([what], self.store.etags([what.path]))

    def bodies(self) -> dict[str, bytes]:
        return {path: document.body for path, document in self.store.documents.items()}


def text(path: str, body: str) -> Document:
    return document(path, body.encode())


def figures(payload: str) -> Record:
    place = keys.rollup_place(DAY.partition)
    assert place is not None
    return Record(place, int(payload), payload)


def test_a_kind_without_a_desk_publishes_nothing() -> None:
    world = World()
    report = world.publish([keys.claim_place("a"), keys.quarantine_place("events/a.json")])
    assert report == PublishReport()
    assert world.site() == {}


def test_what_differs_is_written_and_what_stands_is_not() -> None:
    desk = ScriptedDesk(
        [
            Edition((text("a.txt", "1"), text("b.txt", "1"))),
            Edition((text("a.txt", "1"), text("b.txt", "22"))),
        ]
    )
    world = Desked(desk)
    world.publish()
    world.publish()
    assert world.bodies() == {"a.txt": b"1", "b.txt": b"22"}
    assert (world.report.assignments, world.report.conflicts) == (2, 0)
    assert (world.report.documents_written, world.report.documents_unchanged) == (3, 1)
    assert world.report.bytes_written == 4
    assert world.calls["s3.PutObject"] == 3


def test_only_what_stands_is_removed() -> None:
    desk = ScriptedDesk([Edition((text("a.txt", "1"),)), Edition(removals=("a.txt", "b.txt"))])
    world = Desked(desk)
    world.publish()
    world.publish()
    world.publish()
    assert world.bodies() == {}
    assert world.report.documents_removed == 1
    assert world.calls["s3.DeleteObject"] == 1


def test_marks_are_written_when_they_reflect_more() -> None:
    world = Desked(ScriptedDesk([Edition(marks=(figures(text),)) for text in ("1", "1", "2")]))
    for _ in range(3):
        world.publish()
    place = figures("0").place
    assert world.ledger.get(place) == figures("2")
    assert world.report.records_written == 2


def test_a_publisher_that_was_overtaken_starts_over() -> None:
    """Another one has read newer records and writes between the etags and the write."""
    old, new = Edition((text("a.txt", "old"),)), Edition((text("a.txt", "new"),))
    world = Desked(ScriptedDesk([old, new], meanwhile=[text("a.txt", "new")]))
    world.publish()
    assert world.bodies() == {"a.txt": b"new"}
    assert (world.report.conflicts, world.report.documents_unchanged) == (1, 1)
    assert world.report.documents_written == 0


@pytest.mark.parametrize(
    ("stale", "body"), [(Edition((text("a.txt", "B"),)), "A"), (Edition(removals=("a.txt",)), "A")]
)
def test_who_looks_again_finds_that_the_same_bytes_had_become_newer(
    stale: Edition, body: str
) -> None:
    """A, then for a moment B, then A again: whoever read meanwhile sees the tag that it expects."""
    newest = Edition((text("a.txt", body),))
    desk = ScriptedDesk([newest, stale, newest])
    world = Desked(desk)
    world.publish()
    world.publisher = replace(world.publisher, looks_again=True)
    world.publish()
    assert world.bodies() == {"a.txt": body.encode()}
    assert world.report.conflicts == 1


def test_who_looks_again_does_so_only_after_a_write() -> None:
    desk = ScriptedDesk([Edition((text("a.txt", "1"),), marks=(figures("1"),))])
    world = Desked(desk)
    world.publisher = replace(world.publisher, looks_again=True)
    for composed in (2, 3):
        world.publish()
        assert desk.composed == composed
    assert world.report.records_written == 1


def test_a_publisher_that_was_overtaken_removes_nothing() -> None:
    gone, back = Edition(removals=("a.txt",)), Edition((text("a.txt", "back"),))
    start = Edition((text("a.txt", "old"),))
    desk = ScriptedDesk([start, gone, back])
    world = Desked(desk)
    world.publish()
    desk.meanwhile.append(text("a.txt", "back"))
    world.publish()
    assert world.bodies() == {"a.txt": b"back"}
    assert world.report.conflicts == 1


def test_marks_of_an_overtaken_publisher_are_not_written() -> None:
    editions = [Edition(marks=(figures("1"),)), Edition(marks=(figures("2"),))]
    world = Desked(ScriptedDesk(editions, meanwhile=[figures("2")]))
    world.publish()
    assert world.ledger.get(figures("0").place) == figures("2")
    assert (world.report.conflicts, world.report.records_written) == (0, 0)
    world.publish()
    assert world.ledger.get(figures("0").place) == figures("2")
    assert world.report.records_written == 0


def test_a_path_that_came_in_between_is_looked_at_first() -> None:
    desk = ScriptedDesk([Edition((text("c.txt", "1"),))], known=("a.txt",))
    world = Desked(desk)
    with pytest.raises(ConflictError, match=r"c\.txt"):
        world.publish()
    desk.known = ("a.txt", "c.txt")
    world.publish()
    assert world.bodies() == {"c.txt": b"1"}


def test_a_publisher_gives_up_after_five_attempts() -> None:
    edition = Edition((text("a.txt", "mine"),))
    others = [text("a.txt", str(number)) for number in range(9)]
    desk = ScriptedDesk([edition], meanwhile=list[Record | Document](others))
    world = Desked(desk)
    with pytest.raises(ConflictError, match=r"a\.txt"):
        world.publish()
    assert (world.report.conflicts, len(desk.meanwhile)) == (5, 4)
    assert world.bodies() == {"a.txt": b"4"}


def test_an_error_that_is_no_conflict_is_not_tried_again() -> None:
    class Broken(ScriptedDesk):
        def compose(self, assignment: Assignment) -> Edition:
            raise LookupError(str(assignment))

    world = Desked(Broken([Edition()]))
    with pytest.raises(LookupError, match="day DAY#2026-07-04"):
        world.publish()
    assert world.report.conflicts == 0


def test_a_revision_that_comes_while_an_event_is_published_is_published() -> None:
    """The event moves between the reading of its paths and that of its newest revision."""
    world = World()
    world.put("a", hours(0))
    world.ingest("a")

    class Interfering(MemorySiteStore):
        def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
            found = super().etags(paths)
            if world.head("a").versions == 1:
                world.put("a", hours(1), title="River closes")
                world.ingest("a")
            return found

        def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
            written.append([document.path for document in documents])
            super().write(documents, seen)

    written: list[list[str]] = []
    store = Interfering(world.calls)
    report = world.publish([keys.revision_place("a", 1)], store)
    assert report.conflicts == 1
    assert [sorted(path.rpartition("/")[2] for path in paths) for paths in written] == [
        [
            "river-closes.html",
            "river-closes.json",
            "river-closes.md",
            "river-closes.xml",
            "river-opens.history.atom",
            "river-opens.history.json",
            "river-opens.html",
            "river-opens.json",
            "river-opens.md",
            "river-opens.xml",
        ],
        [f"river-opens.r1.{extension}" for extension in ("html", "json", "md", "xml")],
    ]


def test_publishing_again_writes_nothing() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], category="Nature")
    world.source.put("images/a.png", PNG, hours(0))
    world.settle()
    before = world.site()
    report = world.publish(world.records())
    assert (report.documents_written, report.documents_removed, report.records_written) == (0, 0, 0)
    assert report.documents_unchanged == len(before)
    assert world.site() == before
    assert world.changes == []
