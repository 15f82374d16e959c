"""Dead letters and failed batches are read as failed work with a reason and a replay."""

import json
from datetime import UTC, datetime

import pytest

from gazette.models.frozen import Stored
from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.hub.requests import Mode, SubscriptionRequest
from gazette.models.ledger.partitions import topic_partition
from gazette.models.tasks.retry import Retry
from gazette.models.webhooks.messages import RevisionNews, WebhookDelivery
from gazette_cli.operate.dead_letters import Failed, Kind, Run, Send, Start, read_batch, read_letter

SENT = 1783152001000
REVISION = RevisionNews(event_id="a", number=2, identifier="x")
AT = datetime(2026, 7, 4, 8, 0, 1, tzinfo=UTC)


def letter(body: object, reason: str = "", **attributes_given: str) -> Failed:
    text = body if isinstance(body, str) else json.dumps(body)
    named = {**attributes_given, **({"reason": reason} if reason else {})}
    attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in named.items()
    }
    return read_letter(
        {
            "MessageId": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
            "Body": text,
            "Attributes": {"SentTimestamp": str(SENT)},
            **({"MessageAttributes": attributes} if attributes else {}),
        }
    )


def notification(*keys: str) -> dict[str, object]:
    return {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": k}}} for k in keys]}


def stream_record(pk: str, sk: str) -> dict[str, object]:
    keys = {"pk": {"S": pk}, "sk": {"S": sk}}
    return {"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": "1", "Keys": keys}}


def failed_batch(payload: object, condition: str = "RetryAttemptsExhausted") -> bytes:
    """Return the object that Lambda writes for a failed batch of a DynamoDB stream.

    See https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html.
    """
    return json.dumps(
        {
            "requestContext": {
                "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
                "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:gazette-publish",
                "condition": condition,
                "approximateInvokeCount": 6,
            },
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-07-04T08:00:01.000Z",
            "DDBStreamBatchInfo": {"shardId": "shardId-0001", "batchSize": 3},
            "payload": payload,
        }
    ).encode()


def test_a_hub_ping_names_hub_and_feed_and_is_sent_again() -> None:
    body = json.dumps({"hub": "https://hub.example/", "feed": "https://gazette.example/feed.rss"})
    failed = letter(body, "HubRefusedError: https://hub.example/ answered 410")
    assert failed.kind is Kind.HUB_PING
    assert failed.subject == "https://hub.example/ of https://gazette.example/feed.rss"
    assert failed.reason == "HubRefusedError: https://hub.example/ answered 410"
    assert failed.replay == Send("AnnounceQueueUrl", (body,))


def test_an_incomplete_hub_ping_is_unknown() -> None:
    failed = letter({"hub": "https://hub.example/"}, "UnreadableError: is no hub ping")
    assert (failed.kind, failed.replay) == (Kind.UNKNOWN, None)


def test_page_news_names_its_pages_and_is_sent_again() -> None:
    body = json.dumps({"pages": ["https://gazette.example/news/2026/07/4/a.html"]})
    failed = letter(body, "HubRefusedError: https://api.indexnow.org/indexnow answered 403")
    assert failed.kind is Kind.PAGE_NEWS
    assert failed.subject == "https://gazette.example/news/2026/07/4/a.html"
    assert failed.replay == Send("AnnounceQueueUrl", (body,))


def test_an_edge_invalidation_names_its_paths_and_is_sent_again() -> None:
    body = json.dumps({"paths": ["news/2026/07/4/a.r1.html", "news/2026/07/4/a.r1.md"]})
    failed = letter(body, "EdgeRefusedError: CloudFront answered InvalidArgument")
    assert failed.kind is Kind.INVALIDATION
    assert failed.subject == "news/2026/07/4/a.r1.html, news/2026/07/4/a.r1.md"
    assert failed.replay == Send("InvalidateQueueUrl", (body,))


def test_an_edge_invalidation_without_paths_is_unknown() -> None:
    failed = letter({"paths": []}, "UnreadableInvalidationError: is no edge invalidation")
    assert (failed.kind, failed.replay) == (Kind.UNKNOWN, None)


TOPIC = "https://gazette.example/feed.atom"


@pytest.mark.parametrize(
    ("message", "kind", "subject", "queue"),
    [
        (
            SubscriptionRequest(
                mode=Mode.SUBSCRIBE,
                topic=TOPIC,
                callback="https://reader.example/hidden",
                lease_seconds=1,
            ),
            Kind.SUBSCRIPTION,
            f"subscribe reader.example to {TOPIC}",
            "VerifyQueueUrl",
        ),
        (FeedNews(topic=TOPIC, path="feed.atom"), Kind.PUSH, TOPIC, "FanOutQueueUrl"),
        (
            Delivery(topic=TOPIC, path="feed.atom", subscribers=("a", "b")),
            Kind.PUSH,
            f"{TOPIC} to 2 subscribers",
            "DeliverQueueUrl",
        ),
        (REVISION, Kind.WEBHOOK, "revision 2 of a", "FanOutQueueUrl"),
        (
            WebhookDelivery(**REVISION.model_dump(), webhooks=("b",)),
            Kind.WEBHOOK,
            "revision 2 of a to 1 webhooks",
            "DeliverQueueUrl",
        ),
    ],
)
def test_a_message_of_the_own_hub_is_sent_again(
    message: Stored, kind: Kind, subject: str, queue: str
) -> None:
    body = message.model_dump_json()
    failed = letter(body, "ClientError: later")
    assert (failed.kind, failed.subject) == (kind, subject)
    assert failed.replay == Send(queue, (body,))


BATCH = {
    "Records": [
        stream_record("TOPIC#harbour", "ENTRY#1"),
        stream_record("EVENT#a", "REVISION#000001"),
        stream_record("TOPIC#harbour", "ENTRY#1"),
    ]
}


def invocation(**more: object) -> dict[str, object]:
    """Return the record that Lambda sends of a failed asynchronous invocation."""
    return {
        "version": "1.0",
        "timestamp": "2026-07-04T08:00:01.000Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:gazette-expire:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        **more,
    }


MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:gazette-rebuild"


def execution(**detail: object) -> dict[str, object]:
    """Return the event of an execution that did not succeed."""
    detail_given = {"stateMachineArn": MACHINE, "status": "TIMED_OUT", **detail}
    return {"detail-type": "Step Functions Execution Status Change", "detail": detail_given}


def test_a_notification_is_sent_back_to_the_queue_unchanged() -> None:
    body = json.dumps(notification("events/2026/river+opens.json"))
    failed = letter(body, "NoSuchBucket: no")
    assert failed == Failed(
        "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        Kind.NOTIFICATION,
        "events/2026/river opens.json",
        "NoSuchBucket: no",
        AT,
        Send("IngestQueueUrl", (body,)),
    )


def test_a_missing_reason_is_reported_as_unknown() -> None:
    assert letter(notification("events/a.json")).reason.startswith("unknown: the function ended")


def test_a_partition_is_replayed_from_its_first_attempt() -> None:
    retry = Retry(partition=topic_partition("harbour"), sorts=("ENTRY#1",))
    failed = letter(retry.model_copy(update={"attempt": 4}).model_dump_json(), "ValueError: oh")
    assert (failed.kind, failed.subject, failed.reason) == (
        Kind.PARTITION,
        "TOPIC#harbour",
        "ValueError: oh",
    )
    assert isinstance(failed.replay, Send)
    assert failed.replay.output == "PublishRetryQueueUrl"


@pytest.mark.parametrize("payload", [BATCH, json.dumps(BATCH)], ids=["object", "text"])
def test_a_batch_is_replayed_partition_by_partition(payload: object) -> None:
    failed = read_batch("aws/lambda/x/shard/2026/07/04/y", AT, failed_batch(payload))
    assert failed.subject == "3 changes of TOPIC#harbour, EVENT#a"
    assert failed.reason == "ended the function at every attempt"
    assert isinstance(failed.replay, Send)
    assert [Retry.model_validate_json(body) for body in failed.replay.bodies] == [
        Retry(partition=topic_partition("harbour"), sorts=("ENTRY#1",)),
        Retry.model_validate({"partition": "EVENT#a", "sorts": ["REVISION#000001"]}),
    ]


def test_the_subject_of_a_large_batch_is_shortened() -> None:
    records = [stream_record(f"TOPIC#{'long' * 9}{n}", "ENTRY#1") for n in range(100)]
    failed = read_batch("key", AT, failed_batch({"Records": records}, "MaxRecordAgeExceeded"))
    assert len(failed.subject) == 200
    assert failed.subject.endswith("…")
    assert failed.reason == "exceeded the maximum age before it was published"


def test_a_run_is_replayed_with_its_payload() -> None:
    asked = {"time": "2026-07-04T08:02:00Z"}
    failed = letter(
        invocation(
            requestPayload=asked,
            responsePayload={"errorType": "ValidationError", "errorMessage": "no table"},
        )
    )
    assert (failed.kind, failed.subject) == (Kind.RUN, "gazette-expire")
    assert failed.reason == "failed at every attempt: ValidationError: no table"
    assert failed.replay == Run("gazette-expire", asked)


def test_a_run_without_a_response_has_no_reason() -> None:
    failed = letter(invocation(requestPayload={}, responsePayload=None))
    assert failed.reason == "failed at every attempt: no reason given"


def test_an_execution_is_replayed_with_its_input() -> None:
    body = execution(input="{}", error="States.Timeout", cause="It took an hour.")
    failed = letter(body)
    assert (failed.kind, failed.subject) == (Kind.RUN, "gazette-rebuild")
    assert failed.reason == "timed out: States.Timeout: It took an hour."
    assert failed.replay == Start(MACHINE, "{}")


def test_an_execution_without_its_input_is_not_replayed() -> None:
    failed = letter(execution(inputDetails={"included": False}))
    assert (failed.reason, failed.replay) == ("timed out", None)


def test_an_undelivered_start_is_replayed_with_its_input() -> None:
    failed = letter(
        '{"iterations": 1}',
        TARGET_ARN=MACHINE,
        ERROR_CODE="NO_PERMISSIONS",
        ERROR_MESSAGE="It may not.",
    )
    assert (failed.kind, failed.subject) == (Kind.RUN, "gazette-rebuild")
    assert failed.reason == "could not be started: NO_PERMISSIONS: It may not."
    assert failed.replay == Start(MACHINE, '{"iterations": 1}')


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ('{"detail-type": "Scheduled Event"}', "arn:aws:states:us-east-1:1:stateMachine:x"),
        ("{}", "arn:aws:sqs:us-east-1:1:x"),
    ],
)
def test_an_undelivered_event_that_is_not_an_input_is_not_replayed(body: str, target: str) -> None:
    failed = letter(body, TARGET_ARN=target)
    assert (failed.kind, failed.subject, failed.replay) == (Kind.RUN, "x", None)


def test_an_unknown_condition_is_shown_unchanged() -> None:
    assert read_batch("key", AT, failed_batch(BATCH, "SomethingElse")).reason == "SomethingElse"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("hello", "is no S3 notification: "),
        ("[1]", "is no S3 notification: "),
        ({"Event": "s3:TestEvent"}, "names no object to ingest"),
        ({"partition": "NO#SUCH", "sorts": []}, "unknown format: "),
        ({"requestContext": {}}, "unknown format: "),
        ({"requestContext": 3}, "unknown format: "),
        ({"detail": 3}, "unknown format: "),
        ({"requestContext": {"functionArn": 3}}, "unknown format: "),
        ({"requestContext": {"functionArn": "x"}}, "unknown format: "),
        (invocation(DDBStreamBatchInfo={}), "failed at every attempt: no reason given"),
    ],
)
def test_an_unknown_message_is_shown_and_not_replayed(body: object, reason: str) -> None:
    failed = letter(body)
    assert (failed.kind, failed.replay) == (Kind.UNKNOWN, None)
    assert failed.reason.startswith(reason)


def test_a_failure_is_named_by_its_full_or_its_short_name() -> None:
    failed = letter(notification("events/a.json"))
    assert failed.short_name == "01bbb068cb78"
    assert failed.is_named(failed.name)
    assert failed.is_named(failed.short_name)
    assert not failed.is_named("19dd0b57")
