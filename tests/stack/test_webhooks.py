"""Webhooks on a local stack without a hub: added by the command, signed, and filtered."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gazette.models.contract import identity
from gazette.models.contract.identity import erasure_key
from gazette_cli.commands.cli import main
from gazette_cli.emulators.ministack import REGION, Ministack
from gazette_cli.emulators.stack import STACK_NAME, Stack, running_stack
from tests.contract.local_subscriber import LocalSubscriber, local_subscriber
from tests.e2e.certificates import make_tls
from tests.stack.conftest import eventually
from tests.stack.test_failures import PARAMETERS
from tests.stack.test_own_hub import allow_batches
from tests.unit.webhooks.webhook_stage import Receiver

pytestmark = pytest.mark.ministack

CORRECTED = {"kind": "correction", "note": "The time was wrong."}


@pytest.fixture(scope="module")
def webhook_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with webhooks and no hub; each call needs a permission."""
    tls = make_tls(tmp_path_factory.mktemp("tls"))
    with (
        pytest.MonkeyPatch.context() as environment,
        running_stack(
            PARAMETERS | {"WebhooksEnabled": "true"},
            make=lambda: Ministack(tls, enforces_iam=True),
        ) as stack,
    ):
        environment.setenv("AWS_CA_BUNDLE", str(tls.certificate))
        for role in ("PublishChangesRole", "FanOutFeedsRole"):
            allow_batches(stack, role)
        yield stack


def command(stack: Stack, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    address = ["--endpoint-url", stack.ministack.endpoint, "--region", REGION]
    capsys.readouterr()
    assert main(["webhooks", *arguments, "--stack-name", STACK_NAME, *address]) == 0
    return capsys.readouterr().out


def write(stack: Stack, title: str, **fields: object) -> None:
    document = {"title": title, "date": "2026-11-03", "topics": ["Harbour"], "slug": "ferry"}
    stack.write(identity.event_key("ferry"), json.dumps(document | fields).encode())


def taken(subscriber: LocalSubscriber, receiver: Receiver) -> list[dict[str, Any]]:
    """Return the messages that came and whose signatures fit, each once."""
    found = []
    for request in list(subscriber.requests):
        head, _, body = request.partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
        headers = {name.lower(): value for name, _, value in lines}
        if receiver.take(headers, body, int(headers["webhook-timestamp"])):
            found.append(json.loads(body))
    return found


def test_a_webhook_gets_the_kinds_that_it_asks_for(
    webhook_stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    with local_subscriber() as subscriber:
        added = command(
            webhook_stack,
            capsys,
            *("add", subscriber.url, "--topic", "Harbour", "--kind", "correction", "erasure"),
        )
        receiver = Receiver(added.split()[-1])
        assert command(webhook_stack, capsys, "test", subscriber.url).endswith("answered 200\n")
        write(webhook_stack, "Ferry returns")
        assert eventually(lambda: webhook_stack.read("topics/harbour/feed.json") is not None, 60)
        write(webhook_stack, "Ferry returns at nine", revision=CORRECTED)
        assert eventually(lambda: len(subscriber.requests) >= 2, 60)
        erasure = {"revisions": [2], "reason": "Personal data."}
        webhook_stack.write(erasure_key("ferry"), json.dumps(erasure).encode())
        assert eventually(lambda: len(subscriber.requests) >= 3, 60)
        test, corrected, erased = taken(subscriber, receiver)
    assert test["type"] == "webhook.test"
    assert (corrected["type"], corrected["data"]["title"]) == (
        "event.corrected",
        "Ferry returns at nine",
    )
    assert erased["type"] == "event.erased"
    assert "nine" not in json.dumps(erased)
    listed = json.loads(command(webhook_stack, capsys, "list", "--json"))
    assert [one["failures"] for one in listed["webhooks"]] == [0]
