"""The SQS outbox: many messages in few calls, and an error for each refused message."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from gazette.delivery.sqs import SqsOutbox

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BODIES = [f'{{"number": {number}}}' for number in range(23)]


@pytest.fixture
def sqs() -> Iterator["SQSClient"]:
    with mock_aws():
        client = boto3.Session("testing", "testing", region_name="us-east-1").client("sqs")
        yield client
        client.close()


def test_many_messages_are_sent_ten_per_call(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="hub-pings")["QueueUrl"]
    calls: list[int] = []
    sqs.meta.events.register("before-call.sqs.SendMessageBatch", lambda **_: calls.append(1))
    assert list(SqsOutbox(lambda: sqs, url).send_all(BODIES)) == []
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    assert sorted(found) == sorted(BODIES)
    assert len(calls) == 3


def test_without_messages_no_call_is_made() -> None:
    def client() -> "SQSClient":
        raise AssertionError

    assert list(SqsOutbox(client, "https://queue.example").send_all([])) == []


def test_a_refused_message_is_returned_with_its_error() -> None:
    class Busy:
        """A client that refuses every third message."""

        def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803  # boto3's
            assert QueueUrl == "https://queue.example"
            refused = [{"Code": "InternalError", "Message": entry["Id"]} for entry in Entries[::3]]
            return {"Successful": [], "Failed": [*refused[:-1], {"Code": "Throttled"}]}

    outbox = SqsOutbox(Busy, "https://queue.example")  # type: ignore[arg-type]  # it has the methods in use
    refused = outbox.send_all(BODIES[:4])
    assert list(refused) == ["InternalError: 0", "Throttled: None"]
