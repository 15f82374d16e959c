"""The site's own hub on a local stack: a real subscriber follows three topics."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from gazette.models.contract import identity
from gazette.models.contract.identity import erasure_key
from gazette_cli.commands.cli import main
from gazette_cli.emulators.ministack import REGION, Ministack
from gazette_cli.emulators.stack import ACCESS_KEY, STACK_NAME, Stack, running_stack
from tests.e2e.certificates import make_tls
from tests.e2e.permissions import Role
from tests.stack.conftest import SITE_URL, eventually
from tests.stack.push_subscriber import PushSubscriber, ask_hub, push_subscriber
from tests.stack.settling import RunningStack, settled
from tests.stack.test_failures import PARAMETERS

pytestmark = pytest.mark.ministack

PATHS = ("feed.atom", "topics/harbour/feed.rss", "topics/harbour/feed.json")
TOPICS = {f"{SITE_URL}/{path}": path for path in PATHS}
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
SECRET = "sésame"


@pytest.fixture(scope="module")
def hub_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with a hub and an event, so that its feeds exist; each call needs a permission."""
    tls = make_tls(tmp_path_factory.mktemp("tls"))
    with (
        pytest.MonkeyPatch.context() as environment,
        running_stack(
            PARAMETERS | {"HubEnabled": "true"},
            make=lambda: Ministack(tls, enforces_iam=True),
        ) as stack,
    ):
        environment.setenv("AWS_CA_BUNDLE", str(tls.certificate))
        for role in ("PublishChangesRole", "FanOutFeedsRole"):
            allow_batches(stack, role)
        write(stack, "first", "Ferry returns")
        assert eventually(lambda: all(stack.read(path) for path in PATHS), 60)
        yield stack


def allow_batches(stack: Stack, logical_id: str) -> None:
    """Let a role that may send messages send batches of them: the emulator asks for both."""
    session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
    endpoint = stack.ministack.endpoint
    formation = session.client("cloudformation", endpoint_url=endpoint)
    detail = formation.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=logical_id)
    name = detail["StackResourceDetail"].get("PhysicalResourceId", "")
    iam: Any = session.client("iam", endpoint_url=endpoint)  # its types are not installed
    policy_name = logical_id.removesuffix("Role")
    policy = iam.get_role_policy(RoleName=name, PolicyName=policy_name)["PolicyDocument"]
    widened = Role(name, policy_name, policy).without()
    iam.put_role_policy(RoleName=name, PolicyName=policy_name, PolicyDocument=json.dumps(widened))
    formation.close()
    iam.close()


@pytest.fixture
def subscriber() -> Iterator[PushSubscriber]:
    with push_subscriber(SECRET) as subscriber:
        yield subscriber


def write(stack: Stack, name: str, title: str, **fields: object) -> None:
    document = {"title": title, "date": "2026-11-03", "topics": ["Harbour"], "slug": name}
    stack.write(identity.event_key(name), json.dumps(document | fields).encode())


def subscribe(stack: Stack, subscriber: PushSubscriber, mode: str = "subscribe") -> None:
    for topic in TOPICS:
        fields = {"mode": mode, "topic": topic, "callback": subscriber.callback()}
        assert ask_hub(stack, **fields, secret=SECRET) == (202, "")
    wanted = {(mode, topic) for topic in TOPICS}
    assert eventually(lambda: wanted <= set(subscriber.confirmed), 60)


def rebuild(stack: Stack) -> None:
    address = ["--endpoint-url", stack.ministack.endpoint, "--region", REGION]
    assert main(["rebuild", "--stack-name", STACK_NAME, *address]) == 0


def not_quiet(subscriber: PushSubscriber) -> bool:
    """Return whether a document comes within some seconds; a change right after news is news."""
    count = len(subscriber.delivered)
    return eventually(lambda: len(subscriber.delivered) != count, 4)


def quiet(stack: Stack, subscriber: PushSubscriber) -> int:
    """Wait until nothing is left to publish or to deliver; return how many documents came."""
    settled(RunningStack(stack))
    running = RunningStack(stack)
    queues = ("FanOutQueueUrl", "DeliverQueueUrl", "VerifyQueueUrl")
    assert eventually(lambda: not any(map(running.waiting, queues)), 60)
    return len(subscriber.delivered)


def test_a_subscriber_of_three_topics_gets_all_news_signed_and_nothing_else(
    hub_stack: Stack, subscriber: PushSubscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, ACCESS_KEY)
    subscribe(hub_stack, subscriber)
    hub = hub_stack.outputs["HubAddress"]
    for path in PATHS:
        assert hub.encode() in (hub_stack.read(path) or b"")

    write(hub_stack, "ferry", "Ferry is late")
    assert eventually(lambda: subscriber.topics("Ferry is late") == TOPICS.keys(), 60)

    note = {"kind": "correction", "note": "It was early."}
    write(hub_stack, "ferry", "Ferry is early", revision=note)
    assert eventually(lambda: subscriber.topics("It was early.") == TOPICS.keys(), 60)

    write(hub_stack, "ferry", "Ferry is early", revision=note)  # the same bytes
    minor = {"kind": "minor"}
    while not_quiet(subscriber):
        pass
    subscriber.delivered.clear()
    write(hub_stack, "ferry", "Ferry is early!", revision=minor)
    assert eventually(lambda: b"early!" in (hub_stack.read("feed.atom") or b""), 60)
    assert quiet(hub_stack, subscriber) == 0

    rebuild(hub_stack)
    assert quiet(hub_stack, subscriber) == 0

    note = {"kind": "retraction", "note": "There is no ferry."}
    write(hub_stack, "ferry", "Ferry is early", revision=note)
    assert eventually(lambda: subscriber.topics("There is no ferry.") == TOPICS.keys(), 60)

    write(hub_stack, "first", "Ferry returns", body="A private name.")
    assert eventually(lambda: subscriber.topics("A private name.") == TOPICS.keys(), 60)
    quiet(hub_stack, subscriber)
    subscriber.delivered.clear()
    erasure = {"revisions": "all", "reason": "By order of a court."}
    hub_stack.write(erasure_key("first"), json.dumps(erasure).encode())
    assert eventually(lambda: subscriber.topics("By order of a court.") == TOPICS.keys(), 60)
    assert subscriber.topics("A private name.") == set()

    for one in subscriber.delivered:
        assert one.is_signed
        assert one.media_type == TYPES[one.topic.rpartition(".")[2]]
    # The last document of each topic is what stands in the bucket.
    last = {one.topic: one.body for one in subscriber.delivered}
    assert last == {topic: hub_stack.read(path) for topic, path in TOPICS.items()}
    subscribe(hub_stack, subscriber, "unsubscribe")


def test_a_subscriber_that_answers_410_gets_nothing_more_and_delays_nobody(
    hub_stack: Stack, subscriber: PushSubscriber
) -> None:
    (topic, *_) = TOPICS
    for path in ("/push", "/over"):
        callback = subscriber.callback(path)
        assert ask_hub(hub_stack, mode="subscribe", topic=topic, callback=callback)[0] == 202
    assert eventually(lambda: len(subscriber.confirmed) == 2, 60)
    subscriber.statuses["/over"] = 410
    quiet(hub_stack, subscriber)
    for number in (1, 2):
        write(hub_stack, "ferry 410", f"Ferry number {number}")
        assert eventually(lambda: subscriber.topics(f"Ferry number {number}") == {topic}, 60)  # noqa: B023  # at once
        quiet(hub_stack, subscriber)
    paths = [one.path for one in subscriber.delivered]
    assert paths.count("/over") < paths.count("/push")


def test_the_hub_says_what_is_wrong_with_a_request(
    hub_stack: Stack, subscriber: PushSubscriber
) -> None:
    fields = {"mode": "subscribe", "callback": subscriber.callback()}
    status, text = ask_hub(hub_stack, **fields, topic="https://other.example/feed.atom")
    assert (status, text.startswith("hub.topic is no feed of this site")) == (400, True)
    status, text = ask_hub(
        hub_stack, mode="subscribe", topic=next(iter(TOPICS)), callback="http://10.0.0.1/"
    )
    assert (status, text) == (400, "hub.callback is no public address\n")
