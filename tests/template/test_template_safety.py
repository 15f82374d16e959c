"""What template.yaml keeps closed, and what it keeps for good."""

import json
import re

import pytest

from gazette_cli.emulators.template import TEMPLATE, properties, resources
from tests.template.reading import TEMPLATE_TREE, statements

BUCKETS = sorted(resources(TEMPLATE_TREE, "AWS::S3::Bucket"))
TABLES = sorted(resources(TEMPLATE_TREE, "AWS::DynamoDB::Table"))
QUEUES = sorted(resources(TEMPLATE_TREE, "AWS::SQS::Queue"))
of_every_bucket = pytest.mark.parametrize("bucket", BUCKETS)


@of_every_bucket
def test_a_bucket_is_closed_and_encrypted(bucket: str) -> None:
    own = properties(TEMPLATE_TREE, bucket)
    assert set(own["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(own["PublicAccessBlockConfiguration"]) == 4
    assert own["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = own["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


@of_every_bucket
def test_a_bucket_refuses_plain_http(bucket: str) -> None:
    policies = resources(TEMPLATE_TREE, "AWS::S3::BucketPolicy").values()
    (policy,) = [p for p in policies if p["Properties"]["Bucket"] == {"Ref": bucket}]
    (statement,) = [found for found in statements(policy) if found["Effect"] == "Deny"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"Fn::GetAtt": [bucket, "Arn"]} in statement["Resource"]
    assert {"Fn::Sub": f"${{{bucket}.Arn}}/*"} in statement["Resource"]


of_every_queue = pytest.mark.parametrize("queue", QUEUES)


@of_every_queue
def test_a_queue_is_encrypted(queue: str) -> None:
    assert properties(TEMPLATE_TREE, queue)["SqsManagedSseEnabled"] is True


@of_every_queue
def test_a_queue_refuses_plain_http(queue: str) -> None:
    policies = resources(TEMPLATE_TREE, "AWS::SQS::QueuePolicy").values()
    (policy,) = [p for p in policies if {"Ref": queue} in p["Properties"]["Queues"]]
    (statement,) = [found for found in statements(policy) if found["Effect"] == "Deny"]
    assert (statement["Principal"], statement["Action"]) == ("*", "sqs:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] in ("*", {"Fn::GetAtt": [queue, "Arn"]})


def test_only_the_source_bucket_may_send_notifications() -> None:
    allowed = [
        statement
        for statement in statements(properties(TEMPLATE_TREE, "IngestQueuePolicy"))
        if statement["Effect"] == "Allow"
    ]
    name = properties(TEMPLATE_TREE, "SourceBucket")["BucketName"]["Fn::Sub"]
    source = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{name}"}
    assert [statement["Condition"] for statement in allowed] == [
        {
            "ArnEquals": {"aws:SourceArn": source},
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        }
    ]


def test_every_change_of_an_event_or_an_image_sends_a_notification() -> None:
    notified = {
        (queue["Event"], tuple(rule["Value"] for rule in queue["Filter"]["S3Key"]["Rules"]))
        for queue in properties(TEMPLATE_TREE, "SourceBucket")["NotificationConfiguration"][
            "QueueConfigurations"
        ]
    }
    events, images = ("events/", ".json"), ("images/",)
    assert notified == {
        (event, what)
        for event in ("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*")
        for what in (events, images)
    }


def test_every_revision_ever_published_is_kept() -> None:
    assert properties(TEMPLATE_TREE, "SourceBucket")["VersioningConfiguration"] == {
        "Status": "Enabled"
    }
    assert "LifecycleConfiguration" not in properties(TEMPLATE_TREE, "SourceBucket")


@pytest.mark.parametrize("resource", sorted({*BUCKETS, *TABLES}))
def test_what_a_stack_holds_outlives_it(resource: str) -> None:
    assert TEMPLATE_TREE["Resources"][resource]["DeletionPolicy"] == "Retain"
    assert TEMPLATE_TREE["Resources"][resource]["UpdateReplacePolicy"] == "Retain"


def test_the_ledger_has_backups_and_a_stream() -> None:
    ledger = properties(TEMPLATE_TREE, "Ledger")
    assert ledger["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert ledger["SSESpecification"] == {"SSEEnabled": True}
    assert ledger["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert ledger["DeletionProtectionEnabled"] == {"Ref": "LedgerDeletionProtection"}
    assert TEMPLATE_TREE["Parameters"]["LedgerDeletionProtection"]["Default"] == "true"


def test_nobody_is_allowed_anything_without_being_named() -> None:
    for statement in statements(TEMPLATE_TREE["Resources"]):
        if statement["Effect"] == "Allow":
            assert "Service" in statement.get("Principal", {"Service": ""})
            assert "NotAction" not in statement
            assert "NotResource" not in statement


def test_no_action_is_allowed_by_a_star() -> None:
    for statement in statements(TEMPLATE_TREE["Resources"]):
        if statement["Effect"] == "Allow":
            assert "*" not in json.dumps(statement["Action"])


def test_a_star_has_its_reason_on_the_line_above() -> None:
    lines = TEMPLATE.read_text(encoding="utf-8").splitlines()
    stars = [
        number
        for number, line in enumerate(lines)
        if re.search(r'(Action: \S+:\*|Resource: "\*")', line)
    ]
    assert stars
    assert [number for number in stars if "# Reason for the star: " not in lines[number - 1]] == []
