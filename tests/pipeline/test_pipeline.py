"""A write to S3 becomes published documents, over moto and wired as in template.yaml."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import feedparser
from lxml import etree

from gazette.models.tasks.retry import Retry
from gazette.models.tasks.tasks import TaskKind
from gazette.runtime.bootstrap.publish import site_writer
from gazette.store.dynamodb_items import read_raw
from tests.emulators.moto_stack import LEDGER, SOURCE_BUCKET
from tests.pipeline.conftest import Pipeline

BRIDGE = "events/2026/bridge.json"
TAG = "tag:gazette.example,2026:event/2026/bridge"
DOCUMENT: dict[str, Any] = {
    "title": "The bridge opens",
    "date": "2026-03-04",
    "topics": ["Harbour", "Bridges"],
    "body": "At *six*.",
}


def written(**changes: object) -> bytes:
    return json.dumps(DOCUMENT | changes).encode()


def at(hour: int) -> datetime:
    return datetime(2026, 3, 4, hour, tzinfo=UTC)


def entries(pipeline: Pipeline, path: str) -> list[Any]:
    body = pipeline.read(path)
    assert body is not None
    feed = feedparser.parse(body)
    assert not feed.bozo
    found: list[Any] = feed.entries
    return found


def page(pipeline: Pipeline, path: str) -> dict[str, Any]:
    body = pipeline.read(path)
    assert body is not None
    loaded: dict[str, Any] = json.loads(body)
    return loaded


def test_a_write_becomes_a_page_feeds_indexes_and_a_sitemap(pipeline: Pipeline) -> None:
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.settle()
    assert page(pipeline, "news/2026/03/4/the-bridge-opens.json")["id"] == TAG
    for feed in ("feed.rss", "feed.atom", "topics/bridges/feed.rss", "topics/harbour/feed.atom"):
        (entry,) = entries(pipeline, feed)
        assert entry.id == TAG
        assert entry.title == "The bridge opens"
        assert entry.published_parsed[:6] == (2026, 3, 4, 7, 0, 0)
    assert page(pipeline, "news/2026/03/4/index.json")["events"][0]["id"] == TAG
    urlset = etree.fromstring(pipeline.read("sitemaps/2026-03-04.xml") or b"")
    addresses = [loc.text for loc in urlset.iter("{*}loc")]
    assert "https://gazette.example/news/2026/03/4/the-bridge-opens.html" in addresses
    assert not pipeline.given_up


def test_a_new_revision_replaces_the_page_and_keeps_the_id(pipeline: Pipeline) -> None:
    """SPEC R3, V4, V6."""
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.settle()
    pipeline.put(BRIDGE, written(title="The bridge opens late"), at(8))
    pipeline.settle()
    (entry,) = entries(pipeline, "topics/harbour/feed.atom")
    assert entry.id == TAG
    assert entry.published_parsed[:4] == (2026, 3, 4, 7)
    assert entry.updated_parsed[:4] == (2026, 3, 4, 8)
    assert page(pipeline, "news/2026/03/4/the-bridge-opens.json")["status"] == "moved"
    assert page(pipeline, "news/2026/03/4/the-bridge-opens-late.json")["revision"]["number"] == 2


def test_a_deletion_removes_the_event_and_leaves_a_withdrawn_page(pipeline: Pipeline) -> None:
    """SPEC T5, T7."""
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.settle()
    pipeline.stack.delete(BRIDGE, at(8))
    pipeline.settle()
    assert entries(pipeline, "topics/harbour/feed.rss") == []
    assert page(pipeline, "news/2026/03/4/index.json")["events"] == []
    assert page(pipeline, "news/2026/03/4/the-bridge-opens.json")["status"] == "withdrawn"
    index = etree.fromstring(pipeline.read("sitemap.xml") or b"")
    assert not list(index.iter("{*}loc"))


def test_an_invalid_version_is_quarantined_until_a_valid_one(pipeline: Pipeline) -> None:
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.put("events/2026/other.json", b"{", at(7))
    pipeline.put(BRIDGE, written(date="4 March"), at(8))
    pipeline.settle()
    held = quarantine(pipeline)
    assert {record["key"] for record in held} == {BRIDGE, "events/2026/other.json"}
    (problem,) = next(record["problems"] for record in held if record["key"] == BRIDGE)
    assert problem[0] == "date"
    assert page(pipeline, "news/2026/03/4/the-bridge-opens.json")["revision"]["number"] == 1
    pipeline.put(BRIDGE, written(body="At seven."), at(9))
    pipeline.settle()
    assert [record["key"] for record in quarantine(pipeline)] == ["events/2026/other.json"]
    assert page(pipeline, "news/2026/03/4/the-bridge-opens.json")["revision"]["number"] == 2
    assert pipeline.dead_letters() == []


def test_an_unreadable_message_becomes_a_dead_letter_without_its_batch(pipeline: Pipeline) -> None:
    sqs, url = pipeline.stack.sqs, pipeline.stack.queue_url
    sqs.send_message(QueueUrl=url, MessageBody="no notification")
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.settle()
    assert pipeline.dead_letters() == ["no notification"]
    assert pipeline.read("news/2026/03/4/the-bridge-opens.html")


def test_a_repeated_notification_writes_nothing(pipeline: Pipeline) -> None:
    """SPEC V2."""
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.settle()
    before = modified(pipeline)
    record = {"s3": {"bucket": {"name": SOURCE_BUCKET}, "object": {"key": BRIDGE}}}
    for _ in range(3):
        pipeline.stack.sqs.send_message(
            QueueUrl=pipeline.stack.queue_url, MessageBody=json.dumps({"Records": [record]})
        )
    pipeline.settle()
    assert modified(pipeline) == before


def test_a_partition_that_cannot_be_published_does_not_fail_others(pipeline: Pipeline) -> None:
    """The dead letter names the partition, so that an operator can replay it.

    The stream is not blocked: the retries come from a queue.
    """
    pipeline.put(BRIDGE, written(), at(7))
    pipeline.queue.drain()
    builders = site_writer().builders
    assert isinstance(builders, dict)
    builders[TaskKind.TIMELINE] = BrokenBuilder()
    pipeline.settle()
    assert pipeline.read("news/2026/03/4/the-bridge-opens.html")
    assert pipeline.read("feed.rss")
    assert pipeline.read("topics/bridges/feed.rss") is None
    letters = pipeline.dead_letters(pipeline.stack.publish_dead_letter_url)
    given_up = {str(Retry.model_validate_json(letter).partition) for letter in letters}
    assert given_up == {"TOPIC#harbour", "TOPIC#bridges"}
    assert not pipeline.given_up


class BrokenBuilder:
    """A builder with a bug."""

    def paths(self, partition: object) -> tuple[str, ...]:
        raise RuntimeError(partition)

    def compose(self, partition: object) -> Any:  # noqa: ANN401  # it never gets here
        raise RuntimeError(partition)

    def load(self, partition: object) -> Any:  # noqa: ANN401  # nor here
        raise RuntimeError(partition)


def test_an_event_keeps_the_id_and_the_addresses_that_it_had_elsewhere(pipeline: Pipeline) -> None:
    guid, other = "https://old.example/?p=1", "events/other.json"
    pipeline.put(BRIDGE, written(guid=guid, aliases=["/2019/bridge/"]), at(7))
    pipeline.put(other, written(guid="tag:gazette.example,2026:event/bridge"), at(8))
    pipeline.settle()
    assert [entries(pipeline, f"feed.{form}")[0].id for form in ("rss", "atom")] == [guid, guid]
    moved = page(pipeline, "2019/bridge/index.json")
    assert (moved["id"], moved["status"]) == (guid, "moved")
    assert moved["url"] == "https://gazette.example/news/2026/03/4/the-bridge-opens.html"
    pipeline.put(other, written(guid=guid, aliases=["/2019/bridge"]), at(9))
    pipeline.settle()
    assert len(entries(pipeline, "feed.rss")) == 1
    (problem,) = quarantine(pipeline)
    assert [field for field, _ in problem["problems"]] == ["guid", "aliases.0"]
    assert not pipeline.given_up


def quarantine(pipeline: Pipeline) -> list[dict[str, Any]]:
    items = pipeline.stack.dynamodb.query(
        TableName=LEDGER,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "QUARANTINE#"}},
    )["Items"]
    return [json.loads(read_raw(item).payload) for item in items if "deleted" not in item]


def modified(pipeline: Pipeline) -> dict[str, datetime]:
    contents = pipeline.stack.s3.list_objects_v2(Bucket="gazette-site")["Contents"]
    return {item["Key"]: item["LastModified"] for item in contents}


def test_documents_are_published_as_their_publishers_store_them(pipeline: Pipeline) -> None:
    """Packed, in UTF-16, with empty fields, long numbers and long labels (cases 45 to 49, 72)."""
    long_label = "Fire protection district " * 20
    packed = written(language="", category="", byline="", image={"key": "", "url": ""})
    pipeline.stack.s3.put_object(
        Bucket=SOURCE_BUCKET, Key=BRIDGE, Body=gzip.compress(packed), ContentEncoding="gzip"
    )
    wide = json.dumps({"title": "Ñandú", "date": "2026-03-04", "topics": [long_label, "🦊" * 600]})
    raw = wide.removesuffix("}") + ', "tweet_id": 1234567890123456789}'
    pipeline.put("events/wide.json", raw.encode("utf-16"), at(8))
    pipeline.settle()
    assert page(pipeline, "news/2026/03/4/the-bridge-opens.json")["id"] == TAG
    found = page(pipeline, "news/2026/03/4/ñandú.json")
    assert found["extra"] == {"tweet_id": "1234567890123456789"}
    first, second = found["topics"]
    assert first["label"] == long_label.strip()
    assert second["label"] == "🦊" * 499 + "…"
    assert pipeline.dead_letters() == []
