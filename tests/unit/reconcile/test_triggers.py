import json
from urllib.parse import quote, quote_plus

import pytest

from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import topic_partition
from gazette.models.tasks.messages import Notification, StreamRecord
from gazette.models.tasks.retry import Retry
from gazette.runtime.triggers import batch_response, read_notifications, read_stream


def s3_event(*keys: str) -> dict[str, object]:
    return {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"object": {"key": k}},
            }
            for k in keys
        ]
    }


def sqs_record(identifier: str, body: str, receives: int = 1) -> dict[str, object]:
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {
        "messageId": identifier,
        "eventSource": "aws:sqs",
        "body": body,
        "attributes": attributes,
    }


def test_a_batch_of_messages_names_the_keys_of_each() -> None:
    event = {
        "Records": [
            sqs_record("1", json.dumps(s3_event("events/a.json", "events/b.json"))),
            sqs_record("2", json.dumps(s3_event("events/a.json"))),
        ]
    }
    messages = read_notifications(event)
    assert [(message.identifier, message.keys) for message in messages] == [
        ("1", ("events/a.json", "events/b.json")),
        ("2", ("events/a.json",)),
    ]


def test_a_notification_has_its_body_and_receive_count() -> None:
    body = json.dumps(s3_event("events/a.json"))
    (message,) = read_notifications({"Records": [sqs_record("1", body, receives=4)]})
    assert message == Notification("1", ("events/a.json",), None, body, 4)


def test_a_bare_s3_event_is_a_message_without_a_name() -> None:
    assert read_notifications(s3_event("events/a.json")) == [Notification("", ("events/a.json",))]


@pytest.mark.parametrize(
    "key", ["events/a b+c.json", "events/2026/ñandú 日本 %.json", "events/a&b"]
)
def test_keys_come_form_encoded(key: str) -> None:
    for encoded in (quote_plus(key), quote_plus(key, safe="/"), quote(key)):
        assert read_notifications(s3_event(encoded)) == [Notification("", (key,))]


def test_the_event_that_s3_tests_a_queue_with_names_no_key() -> None:
    test = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "source"}
    assert read_notifications(test) == [Notification("", ())]
    (message,) = read_notifications({"Records": [sqs_record("1", json.dumps(test))]})
    assert (message.keys, message.problem) == ((), None)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Hello from SQS!",
        "[]",
        "null",
        "3",
        '{"Records": 3}',
        '{"Records": [{}]}',
        '{"Records": [{"s3": {"object": {"key": null}}}]}',
        "[" * 100000,
        '{"Records": [null]}',
    ],
)
def test_a_message_that_cannot_be_read_has_a_problem_and_spoils_no_other(body: str) -> None:
    good = sqs_record("2", json.dumps(s3_event("events/a.json")))
    unreadable, readable = read_notifications({"Records": [sqs_record("1", body), good]})
    assert (unreadable.identifier, unreadable.keys) == ("1", ())
    assert unreadable.problem is not None
    assert unreadable.problem.startswith("is no S3 notification: ")
    assert (readable.keys, readable.problem) == (("events/a.json",), None)


def test_of_a_stream_record_only_the_place_is_read() -> None:
    event = {
        "Records": [
            {
                "eventName": name,
                "dynamodb": {
                    "SequenceNumber": number,
                    "Keys": {"pk": {"S": "TOPIC#a"}, "sk": {"S": "ENTRY#b"}},
                },
            }
            for name, number in (("INSERT", "1"), ("MODIFY", "2"))
        ]
    }
    item_key = ItemKey(topic_partition("a"), "ENTRY#b")
    assert read_stream(event) == [StreamRecord("1", item_key), StreamRecord("2", item_key)]


def test_work_that_failed_before_comes_from_a_queue() -> None:
    retry = Retry(partition=topic_partition("a"), sorts=("ENTRY#b", "REBUILD#c"), attempt=3)
    event = {"Records": [sqs_record("m", retry.model_dump_json())]}
    assert read_stream(event) == [StreamRecord("m", item_key, 3) for item_key in retry.item_keys]


def test_the_response_lists_the_records_to_deliver_again() -> None:
    assert batch_response([]) == {"batchItemFailures": []}
    assert batch_response(["1", "2"]) == {
        "batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]
    }


def test_a_change_of_a_partition_that_only_a_later_release_knows_is_left_out() -> None:
    keys_of = {"pk": {"S": "LATER#a"}, "sk": {"S": "ENTRY#a"}}
    event = {"Records": [{"dynamodb": {"SequenceNumber": "1", "Keys": keys_of}}]}
    assert read_stream(event) == []
