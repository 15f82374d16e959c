"""What template.yaml keeps closed, and what it keeps for good."""

import json
import re
from fnmatch import fnmatchcase

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
    (statement,) = [found for found in statements(policy) if found["Sid"] == "DenyPlainHttp"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"Fn::GetAtt": [bucket, "Arn"]} in statement["Resource"]
    assert {"Fn::Sub": f"${{{bucket}.Arn}}/*"} in statement["Resource"]


@pytest.mark.parametrize(
    ("header", "value", "is_refused"),
    [
        ("server-side-encryption-customer-algorithm", "AES256", True),
        ("server-side-encryption", "aws:kms", True),
        ("server-side-encryption", "aws:kms:dsse", True),
        ("server-side-encryption", "AES256", False),
        ("storage-class", "GLACIER", True),
        ("storage-class", "DEEP_ARCHIVE", True),
        ("storage-class", "GLACIER_IR", False),
        ("storage-class", "STANDARD_IA", False),
        ("acl", "private", False),
    ],
)
def test_an_upload_that_gazette_could_not_read_is_refused(
    header: str, value: str, is_refused: bool
) -> None:
    request = {f"s3:x-amz-{header}": value}
    denied = [
        statement["Sid"]
        for statement in statements(properties(TEMPLATE_TREE, "SourceBucketPolicy"))
        if statement["Action"] == "s3:PutObject" and _matches(statement["Condition"], request)
    ]
    assert len(denied) == is_refused


def _matches(condition: dict[str, dict[str, str]], request: dict[str, str]) -> bool:
    """Evaluate a condition of one operator and one key, as IAM does."""
    ((operator, tests),) = condition.items()
    ((key, expected),) = tests.items()
    match operator:
        case "Null":
            return (key not in request) == (expected == "true")
        case "StringLike":
            return fnmatchcase(request.get(key, ""), expected)
        case _:
            assert operator == "StringEquals"
            return request.get(key, "") in expected


def test_the_uploads_that_are_refused_are_those_of_everybody_into_the_whole_bucket() -> None:
    denials = [
        statement
        for statement in statements(properties(TEMPLATE_TREE, "SourceBucketPolicy"))
        if statement["Action"] == "s3:PutObject"
    ]
    assert [statement["Sid"] for statement in denials] == [
        "DenyKeysOfCustomers",
        "DenyKmsKeys",
        "DenyArchiveStorage",
    ]
    for statement in denials:
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Resource"] == {"Fn::Sub": "${SourceBucket.Arn}/*"}


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


def test_every_change_of_what_is_read_sends_a_notification() -> None:
    notified = {
        (queue["Event"], tuple(rule["Value"] for rule in queue["Filter"]["S3Key"]["Rules"]))
        for queue in properties(TEMPLATE_TREE, "SourceBucket")["NotificationConfiguration"][
            "QueueConfigurations"
        ]
    }
    assert notified == {
        (event, what)
        for event in ("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*")
        for what in (("events/",), ("images/",), ("static/",), ("erasures/",))
    }


def test_every_revision_ever_published_is_kept() -> None:
    assert properties(TEMPLATE_TREE, "SourceBucket")["VersioningConfiguration"] == {
        "Status": "Enabled"
    }
    (rule,) = properties(TEMPLATE_TREE, "SourceBucket")["LifecycleConfiguration"]["Rules"]
    assert set(rule) == {"Id", "Status", "AbortIncompleteMultipartUpload"}


@of_every_bucket
def test_the_parts_of_an_upload_that_was_never_completed_are_deleted(bucket: str) -> None:
    rules = properties(TEMPLATE_TREE, bucket)["LifecycleConfiguration"]["Rules"]
    assert [
        rule["AbortIncompleteMultipartUpload"] for rule in rules if rule["Status"] == "Enabled"
    ] == [{"DaysAfterInitiation": 7}]


@pytest.mark.parametrize("resource", sorted({*BUCKETS, *TABLES}))
def test_what_a_stack_holds_outlives_it_unless_it_was_never_created(resource: str) -> None:
    own = TEMPLATE_TREE["Resources"][resource]
    assert own["DeletionPolicy"] == "RetainExceptOnCreate"
    assert own["UpdateReplacePolicy"] == "Retain"


def test_the_ledger_has_backups_and_a_stream() -> None:
    ledger = properties(TEMPLATE_TREE, "Ledger")
    assert ledger["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert ledger["SSESpecification"] == {"SSEEnabled": True}
    assert ledger["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert ledger["DeletionProtectionEnabled"] == {"Ref": "LedgerDeletionProtection"}
    assert TEMPLATE_TREE["Parameters"]["LedgerDeletionProtection"]["Default"] == "true"


def test_what_must_never_change_has_no_default() -> None:
    """The ids of all feeds begin with it (SPEC A2): somebody has to choose it."""
    assert "Default" not in TEMPLATE_TREE["Parameters"]["TagAuthority"]


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
