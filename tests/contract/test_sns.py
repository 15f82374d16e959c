"""The SNS topic: subscribers get what their filter policies take."""

import json

import boto3
from moto import mock_aws

from gazette.delivery.sns import SnsNewsTopic
from gazette.models.webhooks.messages import WebhookMessage
from gazette.models.webhooks.webhook import WebhookKind
from tests.unit.publish.worlds import MORNING

CORRECTIONS_OF_FOXES = {"kind": ["correction"], "topics": ["foxes"]}


def message(kind: WebhookKind, *topics: str) -> WebhookMessage:
    return WebhookMessage(
        event_id="a",
        number=2,
        kind=kind,
        at=MORNING,
        topics=topics,
        erasures=0,
        body=json.dumps({"type": kind.event_type, "data": {"tags": topics}}),
    )


def test_subscribers_filter_by_kind_and_topics() -> None:
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        sns, sqs = session.client("sns"), session.client("sqs")
        arn = sns.create_topic(Name="news")["TopicArn"]
        url = sqs.create_queue(QueueName="corrections")["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        policy = json.dumps(CORRECTIONS_OF_FOXES)
        sns.subscribe(
            TopicArn=arn,
            Protocol="sqs",
            Endpoint=found["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": policy},
        )
        topic = SnsNewsTopic(lambda: sns, arn)
        wanted = message(WebhookKind.CORRECTION, "wolves", "foxes")
        for one in (
            wanted,
            message(WebhookKind.CORRECTION),
            message(WebhookKind.CORRECTION, "wolves"),
            message(WebhookKind.UPDATE, "foxes"),
        ):
            topic.publish(one)
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        (received,) = answer["Messages"]
        assert received["Body"] == wanted.body
        assert received["MessageAttributes"]["id"]["StringValue"] == wanted.identifier
        sns.close()
        sqs.close()
