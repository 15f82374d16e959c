from gazette.models import keys
from gazette.models.edition import Failure, IngestReport, PublishReport
from gazette.models.keys import Partition, PartitionKind
from gazette.ports import ObjectVersion
from gazette.services.batches import Message, failed_identifiers, ingest_batch, publish_batch
from gazette.services.event_desk import EventDesk
from gazette.services.ingest import Ingestor
from gazette.services.publish import Desk, Publisher
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
    assert failed_identifiers(messages, report.failed) == ["1", "3"]


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    world = World()
    world.put("a", hours(0))
    messages = [Message("1", (), "is no S3 notification"), Message("2", ("events/a.json",))]
    report = ingest_batch(world.ingestor, messages)
    assert [failure.subject for failure in report.failed] == ["1"]
    assert str(report.failed[0].error) == "is no S3 notification"
    assert len(report.recorded) == 1
    assert failed_identifiers(messages, report.failed) == ["1"]


def test_a_message_of_no_keys_is_done() -> None:
    assert ingest_batch(World().ingestor, [Message("1", ())]) == IngestReport()
    assert failed_identifiers([Message("1", ())], [Failure("a", ValueError())]) == []


def test_identifiers_come_back_in_the_order_of_the_messages() -> None:
    messages = [Message(str(number), (f"TOPIC#{number % 2}",)) for number in (5, 4, 3, 2)]
    assert failed_identifiers(messages, [Failure("TOPIC#1", ValueError())]) == ["5", "3"]


class RecordingPublisher(Publisher):
    """Keeps which partitions it was asked for, in order."""

    asked: list[str]

    def publish(self, partition: Partition, report: PublishReport) -> None:
        self.asked.append(str(partition))
        super().publish(partition, report)


def recording(world: World) -> RecordingPublisher:
    desks: dict[PartitionKind, Desk] = {}
    publisher = RecordingPublisher(world.ledger, world.store, desks)
    object.__setattr__(publisher, "asked", [])
    return publisher


def test_a_partition_is_published_once_and_pages_before_the_feeds_that_link_to_them() -> None:
    publisher = recording(World())
    subjects = ["CALENDAR#", "MONTH#2026-07", "DAY#2026-07-04", "TOPIC#a", "EVENT#a", "TOPIC#a"]
    messages = [Message(str(n), (s,)) for n, s in enumerate([*subjects, "IMAGE#images/a.png"])]
    publish_batch(publisher, messages)
    assert publisher.asked == [
        "IMAGE#images/a.png",
        "EVENT#a",
        "TOPIC#a",
        "DAY#2026-07-04",
        "MONTH#2026-07",
        "CALENDAR#",
    ]


def test_a_partition_that_fails_fails_alone() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("b", hours(0), topics=["Foxes"], title="B")
    world.ingest("a", "b")
    desks = dict(world.publisher.desks)
    source = Refusing(world, "events/a.json")
    desks[PartitionKind.EVENT] = EventDesk(SITE, world.ledger, source)
    publisher = Publisher(world.ledger, world.store, desks)
    messages = [Message(str(n), (s,)) for n, s in enumerate(["EVENT#a", "EVENT#b", "TOPIC#foxes"])]
    report = publish_batch(publisher, messages)
    assert [failure.subject for failure in report.failed] == ["EVENT#a"]
    assert failed_identifiers(messages, report.failed) == ["0"]
    assert "news/2026/07/4/b.html" in world.site()
    assert "topics/foxes/feed.atom" in world.site()


def test_the_quarantine_publishes_nothing() -> None:
    report = publish_batch(World().publisher, [Message("1", (str(keys.QUARANTINE),))])
    assert (report.partitions, report.failed) == (0, [])
