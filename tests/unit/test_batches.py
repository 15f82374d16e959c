from collections.abc import Mapping, Sequence
from dataclasses import replace

from gazette.models import keys
from gazette.models.assignments import Assignment, DeskKind, assignments_of
from gazette.models.edition import Edition, Failure, IngestReport, PublishReport
from gazette.models.keys import Partition, Place
from gazette.models.publication import document
from gazette.ports import ObjectVersion
from gazette.services.batches import (
    Message,
    StreamRecord,
    failed_messages,
    failed_records,
    ingest_batch,
    publish_batch,
)
from gazette.services.documents import DocumentReader
from gazette.services.event_desk import EventDesk
from gazette.services.ingest import Ingestor
from gazette.services.publish import Publisher
from tests.unit.worlds import SITE, World, hours


class Refusing:
    """A source bucket that cannot be reached for one key."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self._key = key

    def versions(self, key: str) -> list[ObjectVersion]:
        if key == self._key:
            raise TimeoutError(key)
        return self._world.source.versions(key)

    def read(self, key: str, version_id: str) -> bytes:
        if key == self._key:
            raise TimeoutError(key)
        return self._world.source.read(key, version_id)


def failing(*subjects: str) -> IngestReport:
    return IngestReport(failed=[Failure(subject, ValueError()) for subject in subjects])


def test_a_key_is_ingested_once_however_often_it_is_hinted_at() -> None:
    world = World()
    world.put("a", hours(0))
    report = ingest_batch(
        world.ingestor, [Message("1", ("events/a.json",) * 2), Message("2", ("events/a.json",))]
    )
    assert (report.keys, len(report.recorded), report.stale) == (1, 1, 0)


def test_a_key_that_fails_fails_alone() -> None:
    world = World()
    for name in "abc":
        world.put(name, hours(0), title=name)
    ingestor = Ingestor(Refusing(world, "events/b.json"), world.ledger)
    messages = [
        Message("1", ("events/a.json", "events/b.json")),
        Message("2", ("events/c.json",)),
        Message("3", ("events/b.json",)),
    ]
    report = ingest_batch(ingestor, messages)
    assert [(name, number) for name, number, _ in report.recorded] == [("a", 1), ("c", 1)]
    assert [failure.subject for failure in report.failed] == ["events/b.json"]
    assert isinstance(report.failed[0].error, TimeoutError)
    assert failed_messages(messages, report) == ["1", "3"]


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    world = World()
    world.put("a", hours(0))
    messages = [Message("1", (), "is no S3 notification"), Message("2", ("events/a.json",))]
    report = ingest_batch(world.ingestor, messages)
    assert [failure.subject for failure in report.failed] == ["1"]
    assert str(report.failed[0].error) == "is no S3 notification"
    assert len(report.recorded) == 1
    assert failed_messages(messages, report) == ["1"]


def test_a_message_of_no_keys_is_done() -> None:
    assert ingest_batch(World().ingestor, [Message("1", ())]) == IngestReport()
    assert failed_messages([Message("1", ())], failing("a")) == []


def test_identifiers_come_back_in_the_order_of_the_messages() -> None:
    messages = [Message(str(number), (f"events/{number % 2}.json",)) for number in (5, 4, 3, 2)]
    assert failed_messages(messages, failing("events/1.json")) == ["5", "3"]


class RecordingDesk:
    """Keeps which assignments it was asked for, in order; some of them fail."""

    def __init__(self, failing: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self._failing = failing

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        self.asked.append(str(assignment))
        return ()

    def compose(self, assignment: Assignment) -> Edition:
        if str(assignment) in self._failing:
            raise TimeoutError(str(assignment))
        return Edition()


class Combining:
    """Finds one assignment for all that are looked for, or nothing at all."""

    def __init__(self, instead: Assignment | None) -> None:
        self._instead = instead

    def find(self, assignments: Sequence[Assignment]) -> Mapping[Assignment, Sequence[Assignment]]:
        if self._instead is None:
            raise TimeoutError("no answer")
        return dict.fromkeys(assignments, (self._instead,))


def recording(desk: RecordingDesk, instead: Assignment | None = None) -> Publisher:
    world = World()
    desks = dict.fromkeys(DeskKind, desk)
    finders = {DeskKind.SEGMENT: Combining(instead)}
    return Publisher(world.ledger, world.store, desks, finders)


def stream(*texts: str) -> list[StreamRecord]:
    """Make records of places that are written ``PARTITION#name SORT``, numbered from 0."""
    split = [text.split(" ") for text in texts]
    return [
        StreamRecord(str(number), Place(Partition.parse(partition), sort))
        for number, (partition, sort) in enumerate(split)
    ]


def test_an_assignment_is_worked_off_once_and_pages_before_the_feeds_that_link_to_them() -> None:
    desk = RecordingDesk()
    records = stream(
        "CALENDAR# ROLLUP#2026",
        "MONTH#2026-07 ROLLUP#2026-07-04",
        "DAY#2026-07-04 ENTRY#a",
        "TOPIC#a NUDGE#a",
        "EVENT#a REVISION#000001",
        "EVENT#a REVISION#000002",
        "TOPIC#a RETRACTED#a",
        "TOPICS# ROLLUP#a",
        "IMAGE#images/a.png HEAD",
    )
    report = publish_batch(recording(desk), records)
    assert desk.asked == [
        "image IMAGE#images/a.png",
        "event EVENT#a",
        "revision EVENT#a REVISION#000001",
        "revision EVENT#a REVISION#000002",
        "period CALENDAR# ROLLUP#2026",
        "period MONTH#2026-07 ROLLUP#2026-07-04",
        "timeline TOPIC#a",
        "day DAY#2026-07-04",
        "month MONTH#2026-07",
        "calendar CALENDAR#",
        "topics TOPICS#",
    ]
    assert (report.assignments, report.failed) == (len(desk.asked), [])


def test_a_second_try_looks_again_after_it_has_written() -> None:
    """Meanwhile the stream may have told others of the same partition."""
    composed: list[bytes] = []

    class Writing(RecordingDesk):
        def paths(self, assignment: Assignment) -> tuple[str, ...]:
            return (*super().paths(assignment), "a.txt")

        def compose(self, assignment: Assignment) -> Edition:
            composed.append(f"{assignment} {len(self.asked)}".encode())
            return Edition((document("a.txt", composed[-1]),))

    publisher = recording(Writing())
    (record,) = stream("TOPIC#a NUDGE#a")
    publish_batch(publisher, [record])
    assert composed == [b"timeline TOPIC#a 1"]
    publish_batch(publisher, [record._replace(attempt=2)])
    assert composed[1:] == [b"timeline TOPIC#a 2"] * 2


def test_what_a_finder_finds_for_several_is_published_once() -> None:
    segment = Assignment(DeskKind.SEGMENT, keys.SITE, "SEGMENT#x")
    desk = RecordingDesk()
    records = stream("SITE# ENTRY#a", "SITE# ENTRY#b")
    publish_batch(recording(desk, segment), records)
    assert desk.asked == ["segment SITE# SEGMENT#x", "site SITE#", "news SITE#"]


def test_what_fails_for_several_brings_the_records_of_all_of_them_again() -> None:
    segment = Assignment(DeskKind.SEGMENT, keys.SITE, "SEGMENT#x")
    publisher = recording(RecordingDesk([str(segment)]), segment)
    records = stream("SITE# ENTRY#a", "EVENT#a REVISION#000001", "SITE# ENTRY#b")
    report = publish_batch(publisher, records)
    assert [failure.subject for failure in report.failed] == [
        "segment SITE# ENTRY#a",
        "segment SITE# ENTRY#b",
    ]
    assert failed_records(records, report) == ["0", "2"]


def test_a_finder_that_fails_fails_alone() -> None:
    desk = RecordingDesk()
    records = stream("EVENT#a REVISION#000001", "SITE# ENTRY#a")
    report = publish_batch(recording(desk), records)
    assert [failure.subject for failure in report.failed] == ["segment SITE# ENTRY#a"]
    assert isinstance(report.failed[0].error, TimeoutError)
    assert "site SITE#" in desk.asked
    assert failed_records(records, report) == ["1"]


def test_records_come_back_in_their_order_by_any_of_their_assignments() -> None:
    records = stream("TOPIC#a NUDGE#b", "TOPIC#b NUDGE#a", "TOPIC#a RETRACTED#a", "EVENT#a HEAD")
    report = PublishReport(failed=[Failure("timeline TOPIC#a", ValueError())])
    assert failed_records(records, report) == ["0", "2"]


def test_an_assignment_that_fails_fails_alone() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("b", hours(0), topics=["Foxes"], title="B")
    world.ingest("a", "b")
    desks = dict(world.publisher.desks)
    source = Refusing(world, "events/a.json")
    desks[DeskKind.EVENT] = EventDesk(SITE, world.ledger, DocumentReader(source))
    records = [StreamRecord(str(n), place) for n, place in enumerate(world.changes)]
    report = publish_batch(replace(world.publisher, desks=desks), records)
    assert [failure.subject for failure in report.failed] == ["event EVENT#a"]
    failed = failed_records(records, report)
    assert failed == [
        record.identifier
        for record in records
        if Assignment(DeskKind.EVENT, keys.event_partition("a")) in assignments_of(record.place)
    ]
    assert failed
    assert "news/2026/07/4/a.html" not in world.site()
    assert "news/2026/07/4/b.html" in world.site()
    assert "topics/foxes/feed.atom" in world.site()


def test_bookkeeping_publishes_nothing() -> None:
    records = [
        StreamRecord(str(number), place)
        for number, place in enumerate(
            [keys.quarantine_place("events/a.json"), keys.head_place("a"), keys.claim_place("a")]
        )
    ]
    report = publish_batch(World().publisher, records)
    assert (report.assignments, report.failed) == (0, [])
    assert failed_records(records, report) == []
