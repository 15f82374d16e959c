"""What each function may do is what its services call, and where: neither less nor more."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.lanes import Lane, lane_of
from gazette.models.tasks.reports import IngestReport
from gazette.runtime.triggers import read_notifications
from gazette.services.expire.expiry import Expirer
from gazette.services.release.release import Releaser
from gazette_cli.emulators.template import TEMPLATE, properties, resources
from tests.template.asked_by_lambda import asked_by_lambda, grants_of
from tests.template.reading import FUNCTIONS, TEMPLATE_TREE, role_of, statements
from tests.unit.images.image_files import PNG, image_file
from tests.unit.publish.worlds import World, hours

ROLES = sorted(resources(TEMPLATE_TREE, "AWS::IAM::Role"))
LEDGER = '{"Fn::GetAtt": ["Ledger", "Arn"]}'
SOURCE = '{"Fn::GetAtt": ["SourceBucket", "Arn"]}'
SITE = '{"Fn::GetAtt": ["SiteBucket", "Arn"]}'
LEADING = "dynamodb:LeadingKeys"
REMOVED_FROM = [
    *("TOPIC#*", "CATEGORY#*", "AUTHOR#*", "SITE#", "DAY#*", "RELATED#*", "IMAGE#*", "QUARANTINE#"),
]
VERSIONS = "events, images and files of the source bucket"
ERASURES = f"{VERSIONS}, and erasures"
DOCUMENTS = '{"Fn::Sub": "${SiteBucket.Arn}/*"}'
# The action that allows a call, and what it is allowed on. A function reads versions of the source
# and the tags of the site, for which S3 has one call and two actions.
NEEDED = {
    "s3.ListObjectVersions": ("s3:ListBucketVersions", SOURCE),
    "s3.ListObjectsV2": ("s3:ListBucket", SITE),
    "s3.GetObject": ("s3:GetObjectVersion", VERSIONS),
    "s3.HeadObject": ("s3:GetObject", DOCUMENTS),
    "s3.PutObject": ("s3:PutObject", DOCUMENTS),
    "s3.DeleteObject": ("s3:DeleteObject", DOCUMENTS),
    "dynamodb.BatchGetItem": ("dynamodb:BatchGetItem", LEDGER),
    "dynamodb.DeleteItem": ("dynamodb:DeleteItem", LEDGER),
    "dynamodb.GetItem": ("dynamodb:GetItem", LEDGER),
    "dynamodb.PutItem": ("dynamodb:PutItem", LEDGER),
    "dynamodb.Query": ("dynamodb:Query", LEDGER),
}
# S3 answers 403 instead of 404 without it.
SEE_MISSING_DOCUMENTS = ("s3:ListBucket", SITE)
# The ledger of an early release has no documents.
READ_OLD_EVENTS = ("s3:GetObjectVersion", json.dumps({"Fn::Sub": "${SourceBucket.Arn}/events/*"}))
PUBLISHING = {Lane.NOW: "PublishChanges", Lane.LATER: "PublishLater"}


def calls_of_a_life() -> dict[str, Counter[str]]:
    """Publish, correct, move and withdraw an event and its image; return who called what.

    One notification comes twice, and one event is held until its release.
    """
    world = World()
    called: dict[str, Counter[str]] = {
        name: Counter() for name in ("IngestEvent", *PUBLISHING.values())
    }
    settle = partial(settle_world, world, called)
    fields = {"topics": ["Foxes"], "category": "Nature", "body": "x"}
    world.put("a", hours(0), **fields, image={"key": "images/a.png", "alt": "x"})
    settle()
    first = list(world.records().values())
    world.put("a", hours(1), **fields, slug="b", revision={"kind": "correction", "note": "x"})
    world.put("b", hours(1), **fields, translations=["a"])
    settle()
    world.delete("a", hours(2))
    world.notifications.append(event_key("b"))
    settle()
    world.put("c", hours(3), published="2026-07-04T12:00:00Z")
    settle()
    world.calls.clear()
    Releaser(world.ledger, Outbox(world)).release(hours(4))
    called["ReleaseDue"] = Counter(world.calls)
    world.now = hours(4)
    settle()
    for late in (live_item for live_item in first if keys.is_listed(live_item.key)):
        world.ledger.put(late)  # by an ingest that is overtaken
    settle()
    for name in ("b", "c"):
        world.delete(name, hours(5))
    settle()
    called["PublishChanges"].update(calls_for_an_image())
    world.calls.clear()
    Expirer(world.ledger, tombstone_days=1).expire(hours(60), timedelta(days=3))
    called["ExpireEntries"] = Counter(world.calls)
    return called


def settle_world(world: World, called: dict[str, Counter[str]]) -> None:
    """Ingest and publish until nothing is left to do; count the calls of each function."""
    while world.notifications or world.changes:
        world.calls.clear()
        notifications = [world.notifications.pop(0) for _ in list(world.notifications)]
        world.ingest(
            *(
                notification.removeprefix("events/").removesuffix(".json")
                for notification in notifications
            )
        )
        called["IngestEvent"].update(world.calls)
        changes = [world.changes.pop(0) for _ in list(world.changes)]
        for lane, function in PUBLISHING.items():
            world.calls.clear()
            world.publish(item_key for item_key in changes if lane_of(item_key) is lane)
            called[function].update(world.calls)


class Outbox(NamedTuple):
    """Passes the notifications of a release on to ingest."""

    world: World

    def send_all(self, bodies: Sequence[str]) -> Sequence[str]:
        for body in bodies:
            (notification,) = read_notifications(json.loads(body))
            self.world.notifications.extend(notification.keys)
        return []


def calls_for_an_image() -> Counter[str]:
    """Return what publishing calls when an image comes, becomes smaller and goes."""
    world = World()
    calls: Counter[str] = Counter()
    for hour, raw in enumerate((image_file(400, 30), PNG, None)):
        if raw is None:
            world.source.delete("images/a.png", hours(hour))
        else:
            world.source.put("images/a.png", raw, hours(hour))
        world.ingestor.ingest(world.notifications.pop(0), IngestReport())
        world.calls.clear()
        world.publish([world.changes.pop(0) for _ in list(world.changes)])
        calls.update(world.calls)
    return calls


@pytest.fixture(scope="module")
def called() -> dict[str, Counter[str]]:
    return calls_of_a_life()


def granted(function: str) -> set[tuple[str, str]]:
    """Return what a function may do to the archive; what it logs and passes on is apart."""
    found = set()
    for statement in statements(properties(TEMPLATE_TREE, role_of(function))):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found.add((action, _named(json.dumps(statement.get("Resource")))))
    return {
        (action, resource)
        for action, resource in found
        if action.startswith(("s3:", "dynamodb:"))
        and "Stream" not in resource
        and "/stream/" not in resource
        and "FailedBatchBucket" not in resource
        and "Webhooks" not in resource  # no part of the archive
    }


def _named(resource: str) -> str:
    folders = [
        json.dumps({"Fn::Sub": f"${{SourceBucket.Arn}}/{f}/*"})
        for f in ("events", "images", "static", "erasures")
    ]
    names = {f"[{', '.join(folders[:3])}]": VERSIONS, f"[{', '.join(folders)}]": ERASURES}
    return names.get(resource, resource)


@pytest.mark.parametrize(
    "name", ["IngestEvent", *PUBLISHING.values(), "ExpireEntries", "ReleaseDue"]
)
def test_a_function_may_make_only_its_own_calls(name: str, called: dict[str, Counter[str]]) -> None:
    needed = {NEEDED[call] for call, times in called[name].items() if times}
    if name in PUBLISHING.values():
        needed.add(SEE_MISSING_DOCUMENTS)
    if name == PUBLISHING[Lane.LATER]:
        needed.add(READ_OLD_EVENTS)
    if name == "IngestEvent":
        needed = {(action, ERASURES if on == VERSIONS else on) for action, on in needed}
    assert granted(f"{name}Function") == needed


@pytest.mark.parametrize("function", FUNCTIONS)
def test_beyond_that_a_function_may_only_do_what_lambda_needs_and_store_failures(
    function: str,
) -> None:
    """tests/e2e takes away each of the others, one by one, and sees that something fails."""
    archive = {(action, sid) for action, _, sid in grants_of(role_of(function))} - {
        (action, sid) for action, _, sid in asked_by_lambda(function)
    }
    others = {action for action, _ in archive if not action.startswith(("s3:", "dynamodb:"))}
    own = {
        "InvalidateEdgeFunction": {"cloudfront:CreateInvalidation"},
        "FanOutFeedsFunction": {"sns:Publish"},
    }
    assert others <= {"sqs:SendMessage", *own.get(function, ())}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_change_the_source_bucket(function: str) -> None:
    for action, resource in granted(function):
        if "Source" in resource or resource in {VERSIONS, ERASURES}:
            assert action in {"s3:ListBucketVersions", "s3:GetObjectVersion"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_delete_more_from_the_ledger_than_what_lists_events(function: str) -> None:
    """Path claims and histories cannot be made again: they stay, whatever a function does."""
    for statement in statements(properties(TEMPLATE_TREE, role_of(function))):
        is_ledger = json.dumps(statement.get("Resource")) == LEDGER
        if is_ledger and "dynamodb:DeleteItem" in statement["Action"]:
            assert statement["Action"] == "dynamodb:DeleteItem"
            assert statement["Condition"] == {"ForAllValues:StringLike": {LEADING: REMOVED_FROM}}
    others = {action for action, resource in granted(function) if resource == LEDGER}
    assert others <= {
        *("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"),
        *("dynamodb:PutItem", "dynamodb:DeleteItem"),
    }


def test_every_listed_item_may_be_removed_and_no_other() -> None:
    sorts = (keys.ENTRY, keys.RETRACTED, keys.USE, keys.REVISION, keys.SNAPSHOT, keys.CLAIM)
    written = {
        PartitionKind.EVENT: sorts[3:5],
        PartitionKind.PATH: sorts[5:],
        PartitionKind.IMAGE: sorts[2:5],
        PartitionKind.QUARANTINE: ("events/a.json",),
        **dict.fromkeys(("TOPIC", "CATEGORY", "AUTHOR", "SITE", "DAY", "RELATED"), sorts[:2]),
    }
    listing = {
        str(PartitionKind(kind))
        for kind, some in written.items()
        if any(keys.is_listed(ItemKey(Partition(PartitionKind(kind)), sort)) for sort in some)
    }
    assert {pattern.partition("#")[0] for pattern in REMOVED_FROM} == listing


@pytest.mark.parametrize("role", ROLES)
def test_only_actions_without_resources_are_allowed_on_everything(role: str) -> None:
    for statement in statements(properties(TEMPLATE_TREE, role)):
        if statement.get("Resource") == "*":
            assert statement["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_assumed_by_one_service_and_has_no_policy_of_others(role: str) -> None:
    own = properties(TEMPLATE_TREE, role)
    (assume,) = statements(own["AssumeRolePolicyDocument"])
    assert assume["Effect"] == "Allow"
    assert isinstance(assume["Principal"]["Service"], str)
    assert "ManagedPolicyArns" not in own


def test_the_template_holds_no_secret_and_asks_for_none() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert re.findall(r"AKIA[0-9A-Z]{16}|-----BEGIN|resolve:secretsmanager|NoEcho", text) == []
    for function in FUNCTIONS:
        variables = properties(TEMPLATE_TREE, function)["Environment"]["Variables"]
        assert [n for n in variables if re.search("SECRET|PASSWORD|TOKEN|PRIVATE", n)] == []
