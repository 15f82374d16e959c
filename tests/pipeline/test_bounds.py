"""What fills the contract publishes on AWS, whose keys and items have bounds."""

import json

from gazette.models.contract.identity import event_key
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.ledger.partitions import topic_partition
from gazette.models.limits import MAX_OBJECT_KEY_BYTES, MAX_TOPICS
from gazette.models.paths import timeline_folder
from gazette.store.dynamodb_items import read_raw
from tests.emulators.moto_stack import LEDGER
from tests.pipeline.conftest import Pipeline
from tests.pipeline.test_pipeline import at, entries
from tests.unit.ledger.largest import LONGEST_ID, correction, label, largest_bytes


def test_the_largest_document_and_its_neighbour_publish_with_the_longest_id(
    pipeline: Pipeline,
) -> None:
    """The neighbour asks it for a rebuild, under a key that names the topic and the event."""
    topics = [label(number) for number in range(3)]
    neighbour = json.dumps({"title": "A", "date": "2026-07-04", "topics": topics}).encode()
    pipeline.put(event_key("neighbour"), neighbour, at(7))
    pipeline.put(event_key(LONGEST_ID), largest_bytes(topics=topics), at(8))
    pipeline.settle()
    corrected = largest_bytes(topics=topics, revision=correction())
    pipeline.put(event_key(LONGEST_ID), corrected, at(9))
    pipeline.settle()
    assert pipeline.dead_letters() == []
    assert pipeline.given_up == []
    for topic in topics:
        folder = timeline_folder(topic_partition(topic_slug(topic)))
        assert len(entries(pipeline, f"{folder}feed.atom")) == 2


def test_an_event_with_as_many_long_labels_as_are_taken_publishes(pipeline: Pipeline) -> None:
    pipeline.put(event_key("a"), largest_bytes(title="A"), at(7))
    pipeline.queue.drain()
    assert pipeline.dead_letters() == []
    snapshot = pipeline.stack.dynamodb.get_item(
        TableName=LEDGER, Key={"pk": {"S": "EVENT#a"}, "sk": {"S": "HEAD"}}
    )
    topics = json.loads(read_raw(snapshot["Item"]).payload)["revision"]["entry"]["topics"]
    assert len(topics) == MAX_TOPICS


def test_a_key_as_long_as_s3_takes_is_refused_with_a_reason(pipeline: Pipeline) -> None:
    key = f"events/{'x' * (MAX_OBJECT_KEY_BYTES - len('events/.json'))}.json"
    pipeline.put(key, b'{"title": "A", "date": "2026-07-04"}', at(7))
    pipeline.settle()
    assert pipeline.dead_letters() == []
    item = pipeline.stack.dynamodb.get_item(
        TableName=LEDGER, Key={"pk": {"S": "QUARANTINE#"}, "sk": {"S": key}}
    )
    problems = json.loads(read_raw(item["Item"]).payload)["problems"]
    assert problems == [["key", "is longer than 900 bytes; shorten it"]]
