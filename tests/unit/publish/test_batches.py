from collections.abc import Mapping, Sequence
from dataclasses import replace

from gazette.models.contract.document import EventDocument
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.object_version import ObjectVersion
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.messages import Notification, StreamRecord
from gazette.models.tasks.reports import Failure, IngestReport, PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind, tasks_for
from gazette.models.views.site_document import document
from gazette.ports import HasTime, NoTimeError
from gazette.services.ingest.batch import failed_notifications, ingest_batch
from gazette.services.ingest.ingest import Ingestor
from gazette.services.publish.batch import failed_records, publish_batch, records_not_begun
from gazette.services.publish.event.event_builder import EventBuilder
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.source.document_reader import DocumentReader
from gazette.services.source.document_store import DocumentStore
from tests.unit.publish.worlds import SITE, World, hours


class Refusing:
    """A source bucket that cannot be reached for one key."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self._key = key

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        if key == self._key:
            raise TimeoutError(key)
        return self._world.source.versions(key, known_until)

    def read(self, key: str, version_id: str) -> bytes:
        if key == self._key:
            raise TimeoutError(key)
        return self._world.source.read(key, version_id)


class Unreachable(DocumentStore):
    """A store that cannot be reached for one event."""

    def get(self, event_id: str, identity: str) -> EventDocument | None:
        if event_id == "a":
            raise TimeoutError(event_id)
        return super().get(event_id, identity)


def failing(*subjects: str) -> IngestReport:
    return IngestReport(failed=[Failure(subject, ValueError()) for subject in subjects])


def identifiers(failed: Sequence[tuple[Notification, Exception]]) -> list[str]:
    return [notification.identifier for notification, _ in failed]


def test_a_key_with_several_notifications_is_ingested_once() -> None:
    world = World()
    world.put("a", hours(0))
    report = ingest_batch(
        world.ingestor,
        [Notification("1", ("events/a.json",) * 2), Notification("2", ("events/a.json",))],
    )
    assert (report.keys, len(report.recorded), report.stale) == (1, 1, 0)


def test_a_key_that_fails_fails_alone() -> None:
    world = World()
    for name in "abc":
        world.put(name, hours(0), title=name)
    ingestor = Ingestor(Refusing(world, "events/b.json"), world.ledger, world.clock)
    messages = [
        Notification("1", ("events/a.json", "events/b.json")),
        Notification("2", ("events/c.json",)),
        Notification("3", ("events/b.json",)),
    ]
    report = ingest_batch(ingestor, messages)
    assert [(name, number) for name, number, _ in report.recorded] == [("a", 1), ("c", 1)]
    assert [failure.subject for failure in report.failed] == ["events/b.json"]
    assert isinstance(report.failed[0].error, TimeoutError)
    assert identifiers(failed_notifications(messages, report)) == ["1", "3"]


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    world = World()
    world.put("a", hours(0))
    messages = [
        Notification("1", (), "is no S3 notification"),
        Notification("2", ("events/a.json",)),
    ]
    report = ingest_batch(world.ingestor, messages)
    assert [failure.subject for failure in report.failed] == ["1"]
    assert str(report.failed[0].error) == "is no S3 notification"
    assert len(report.recorded) == 1
    assert identifiers(failed_notifications(messages, report)) == ["1"]


def test_a_message_of_no_keys_is_done() -> None:
    assert ingest_batch(World().ingestor, [Notification("1", ())]) == IngestReport()
    assert failed_notifications([Notification("1", ())], failing("a")) == []


def test_identifiers_come_back_in_the_order_of_the_messages() -> None:
    messages = [
        Notification(str(number), (f"events/{number % 2}.json",)) for number in (5, 4, 3, 2)
    ]
    assert identifiers(failed_notifications(messages, failing("events/1.json"))) == ["5", "3"]


class RecordingBuilder:
    """Remembers the tasks in their order; some of them fail."""

    def __init__(self, failing: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self._failing = failing

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ()

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.paths(task)

    def compose(self, task: PublishTask) -> BuildResult:
        self.asked.append(str(task))
        if str(task) in self._failing:
            raise TimeoutError(str(task))
        return BuildResult()

    def load(self, task: PublishTask) -> object:
        reason = f"{task} wrote nothing, so there is nothing to check"
        raise AssertionError(reason)


class Combining:
    """Finds one task for every record, or none."""

    def __init__(self, instead: PublishTask | None) -> None:
        self._instead = instead

    def find(self, tasks: Sequence[PublishTask]) -> Mapping[PublishTask, Sequence[PublishTask]]:
        if self._instead is None:
            raise TimeoutError("no answer")
        return dict.fromkeys(tasks, (self._instead,))


def recording(builder: RecordingBuilder, instead: PublishTask | None = None) -> SiteWriter:
    world = World()
    builders = dict.fromkeys(TaskKind, builder)
    finders = {TaskKind.SEGMENT: Combining(instead)}
    return SiteWriter(world.ledger, world.store, builders, finders)


def stream(*texts: str) -> list[StreamRecord]:
    """Make records of places that are written ``PARTITION#name SORT``, numbered from 0."""
    split = [text.split(" ") for text in texts]
    return [
        StreamRecord(str(number), ItemKey(Partition.parse(partition), sort))
        for number, (partition, sort) in enumerate(split)
    ]


def test_a_task_is_done_once_and_pages_are_written_before_the_feeds_that_link_to_them() -> None:
    builder = RecordingBuilder()
    records = stream(
        "CALENDAR# ROLLUP#2026",
        "MONTH#2026-07 ROLLUP#2026-07-04",
        "DAY#2026-07-04 ENTRY#a",
        "TOPIC#a REBUILD#a",
        "EVENT#a REVISION#000001",
        "EVENT#a REVISION#000002",
        "TOPIC#a RETRACTED#a",
        "TOPICS# ROLLUP#a",
        "IMAGE#images/a.png HEAD",
    )
    report = publish_batch(recording(builder), records)
    assert builder.asked == [
        "image IMAGE#images/a.png",
        "event EVENT#a",
        "revision EVENT#a REVISION#000001",
        "revision EVENT#a REVISION#000002",
        "history EVENT#a REVISION#000001",
        "history EVENT#a REVISION#000002",
        "period_neighbours CALENDAR# ROLLUP#2026",
        "period_neighbours MONTH#2026-07 ROLLUP#2026-07-04",
        "timeline TOPIC#a",
        "day DAY#2026-07-04",
        "month MONTH#2026-07",
        "calendar CALENDAR#",
        "topics TOPICS#",
        "search_day DAY#2026-07-04",
    ]
    assert (report.tasks, report.failed) == (len(builder.asked), [])


def test_a_first_attempt_verifies_after_it_has_written_as_a_retry_does() -> None:
    """Another batch may publish the same partition: the stream is no lock."""
    loaded: list[str] = []

    class Writing(RecordingBuilder):
        def paths(self, task: PublishTask) -> tuple[str, ...]:
            return (*super().paths(task), "a.txt")

        def compose(self, task: PublishTask) -> BuildResult:
            self.asked.append(str(task))
            return BuildResult((document("a.txt", f"{task} {len(self.asked)}".encode()),))

        def load(self, task: PublishTask) -> object:
            loaded.append(str(task))
            return None

    writer = recording(Writing())
    (record,) = stream("TOPIC#a REBUILD#a")
    for attempt in (1, 2):
        report = publish_batch(writer, [record._replace(attempt=attempt)])
        assert report.documents_written == 1
        assert loaded == ["timeline TOPIC#a"] * attempt


def test_a_task_that_stands_for_several_is_published_once() -> None:
    segment = PublishTask(TaskKind.SEGMENT, partitions.SITE, "SEGMENT#x")
    builder = RecordingBuilder()
    records = stream("SITE# ENTRY#a", "SITE# ENTRY#b")
    publish_batch(recording(builder, segment), records)
    assert builder.asked == ["site SITE#", "news SITE#", "segment SITE# SEGMENT#x"]


def test_a_failed_task_that_stands_for_several_fails_the_records_of_all() -> None:
    segment = PublishTask(TaskKind.SEGMENT, partitions.SITE, "SEGMENT#x")
    writer = recording(RecordingBuilder([str(segment)]), segment)
    records = stream("SITE# ENTRY#a", "EVENT#a REVISION#000001", "SITE# ENTRY#b")
    report = publish_batch(writer, records)
    assert [failure.subject for failure in report.failed] == [
        "segment SITE# ENTRY#a",
        "segment SITE# ENTRY#b",
    ]
    assert failed_records(records, report) == ["0", "2"]


def test_a_finder_that_fails_fails_alone() -> None:
    builder = RecordingBuilder()
    records = stream("EVENT#a REVISION#000001", "SITE# ENTRY#a")
    report = publish_batch(recording(builder), records)
    assert [failure.subject for failure in report.failed] == ["segment SITE# ENTRY#a"]
    assert isinstance(report.failed[0].error, TimeoutError)
    assert "site SITE#" in builder.asked
    assert failed_records(records, report) == ["1"]


def test_records_are_returned_in_their_order_whichever_task_failed() -> None:
    records = stream(
        "TOPIC#a REBUILD#b", "TOPIC#b REBUILD#a", "TOPIC#a RETRACTED#a", "EVENT#a HEAD"
    )
    report = PublishReport(failed=[Failure("timeline TOPIC#a", ValueError())])
    assert failed_records(records, report) == ["0", "2"]


def test_a_task_that_fails_fails_alone() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("b", hours(0), topics=["Foxes"], title="B")
    world.ingest("a", "b")
    builders = dict(world.writer.builders)
    documents = DocumentReader(world.source, Unreachable(world.ledger))
    builders[TaskKind.EVENT] = EventBuilder(SITE, world.ledger, documents)
    records = [StreamRecord(str(n), position) for n, position in enumerate(world.changes)]
    report = publish_batch(replace(world.writer, builders=builders), records)
    assert [failure.subject for failure in report.failed] == ["event EVENT#a"]
    failed = failed_records(records, report)
    assert failed == [
        record.identifier
        for record in records
        if PublishTask(TaskKind.EVENT, partitions.event_partition("a")) in tasks_for(record.key)
    ]
    assert failed
    assert "news/2026/07/4/a.html" not in world.site()
    assert "news/2026/07/4/b.html" in world.site()
    assert "topics/foxes/feed.atom" in world.site()


def test_bookkeeping_publishes_nothing() -> None:
    records = [
        StreamRecord(str(number), position)
        for number, position in enumerate(
            [keys.quarantine_key("events/a.json"), keys.snapshot_key("a"), keys.claim_key("a")]
        )
    ]
    report = publish_batch(World().writer, records)
    assert (report.tasks, report.failed) == (0, [])
    assert failed_records(records, report) == []


def time_for(number: int) -> HasTime:
    """Return a clock that is asked before each piece but the first, and runs out after a few."""
    answers = iter([True] * (number - 1))
    return lambda: next(answers, False)


def test_the_keys_that_no_time_is_left_for_are_delivered_again() -> None:
    world = World()
    for name in "abcd":
        world.put(name, hours(0), title=name)
    notifications = [Notification(name, (f"events/{name}.json",)) for name in "abcd"]
    report = ingest_batch(world.ingestor, notifications, time_for(2))
    assert [name for name, _, _ in report.recorded] == ["a", "b"]
    assert identifiers(failed_notifications(notifications, report)) == ["c", "d"]
    assert all(isinstance(failure.error, NoTimeError) for failure in report.failed)


def test_without_any_time_one_key_is_ingested_and_one_task_run() -> None:
    world = World()
    for name in "ab":
        world.put(name, hours(0), title=name)
    notifications = [Notification(name, (f"events/{name}.json",)) for name in "ab"]
    report = ingest_batch(world.ingestor, notifications, lambda: False)
    assert len(report.recorded) == 1
    builder = RecordingBuilder()
    published = publish_batch(
        recording(builder), stream("TOPIC#a ENTRY#a", "TOPIC#b ENTRY#b"), lambda: False
    )
    assert published.tasks == 1


def test_the_notification_that_was_delivered_most_often_comes_first() -> None:
    """Its next delivery may be its last, and it should not be one for which no time was left."""
    world = World()
    for name in "abc":
        world.put(name, hours(0), title=name)
    receives = {"a": 1, "b": 4, "c": 1}
    notifications = [
        Notification(name, (f"events/{name}.json",), receives=number)
        for name, number in receives.items()
    ]
    report = ingest_batch(world.ingestor, notifications, time_for(1))
    assert [name for name, _, _ in report.recorded] == ["b"]
    assert identifiers(failed_notifications(notifications, report)) == ["a", "c"]


def test_the_tasks_that_no_time_is_left_for_bring_their_records_again() -> None:
    builder = RecordingBuilder()
    records = stream("TOPIC#a REBUILD#b", "EVENT#a REVISION#000001", "TOPIC#b REBUILD#a")
    report = publish_batch(recording(builder), records, time_for(4))
    assert builder.asked == [
        "event EVENT#a",
        "revision EVENT#a REVISION#000001",
        "history EVENT#a REVISION#000001",
        "timeline TOPIC#a",
    ]
    assert report.not_begun == ["timeline TOPIC#b"]
    assert (report.failed, failed_records(records, report)) == ([], [])
    assert records_not_begun(records, report) == ["2"]


def test_run_again_and_again_a_batch_without_time_is_published_in_the_end() -> None:
    world, whole = World(), World()
    for one in (world, whole):
        for name in "abc":
            one.put(name, hours(0), title=name, topics=["Foxes"])
        one.ingest("a", "b", "c")
    whole.settle()
    records = [StreamRecord(str(n), item_key) for n, item_key in enumerate(world.changes)]
    again = ["0"]
    for tasks in range(1, 100, 5):  # what is done already takes less time
        if again:
            again = records_not_begun(
                records, publish_batch(world.writer, records, time_for(tasks))
            )
    assert again == []
    world.notifications.clear()
    world.settle()
    assert world.site() == whole.site()


def test_a_report_names_each_document_that_the_tasks_of_a_batch_have_written() -> None:
    world = World()
    for name in ("a", "b"):
        world.put(name, hours(0))
        world.ingest(name)
    report = world.publish(tuple(world.changes))
    assert report.tasks > 2
    assert len(report.written) == report.documents_written
    pages = {f"{world.newest(name).base_path}.html" for name in ("a", "b")}
    assert pages | {"feed.atom"} <= set(report.written)
