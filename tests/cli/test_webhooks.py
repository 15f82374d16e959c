"""`gazette webhooks`: add, list, remove, rotate and test, over moto and with a receiver here."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from moto import mock_aws

from gazette.delivery.callbacks import HttpCallbackClient
from gazette.models.hub.callback_rules import CallbackRules
from gazette.models.limits import MAX_WEBHOOKS
from gazette.models.webhooks.webhook import Webhook, WebhookKind
from gazette.store.memory_webhooks import MemoryWebhooks
from gazette_cli.commands.cli import FAILED, main
from gazette_cli.emulators.template import load_template
from gazette_cli.operate.deployment import DeploymentError, StackAddress
from gazette_cli.operate.webhooks import Filter, WebhookError, Webhooks, webhooks_of
from tests.contract.local_subscriber import LocalSubscriber, answer, local_subscriber
from tests.emulators.moto_stack import (
    REGION,
    WEBHOOKS,
    MotoStack,
    create_stack,
    create_webhooks,
)
from tests.unit.publish.worlds import MORNING
from tests.unit.webhooks.webhook_stage import URL, Receiver, webhook_at

LOCAL = CallbackRules(is_local=True)


class Watched:
    """The commands on webhooks in memory, with a clock."""

    def __init__(self, rules: CallbackRules = CallbackRules()) -> None:  # noqa: B008  # frozen
        self.now = MORNING
        self.store = MemoryWebhooks()
        self.webhooks = Webhooks(self.store, HttpCallbackClient(rules, 2), rules, lambda: self.now)

    @property
    def only(self) -> Webhook:
        (found,) = self.store.every()
        return found


def secret_in(text: str) -> str:
    (line,) = [line for line in text.splitlines() if "whsec_" in line]
    return line.rpartition(" ")[2]


def test_an_added_webhook_gets_a_secret_that_is_shown_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watched = Watched()
    wanted = Filter(("foxes",), (WebhookKind.CORRECTION,))
    assert watched.webhooks.add("HTTPS://Receiver.example/hook", wanted) == 0
    assert secret_in(capsys.readouterr().out) == watched.only.secret
    assert (watched.only.url, watched.only.topics) == (URL, ("foxes",))
    watched.webhooks.list_all(as_json=True)
    watched.webhooks.list_all(as_json=False)
    listed = capsys.readouterr().out
    assert "whsec_" not in listed
    assert "correction" in listed


def test_the_list_is_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    watched = Watched()
    watched.webhooks.list_all(as_json=False)
    assert capsys.readouterr().out == "No webhooks.\n"
    watched.store.add(webhook_at(failures=2))
    watched.webhooks.list_all(as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "webhooks": [
            {
                "url": URL,
                "topics": [],
                "kinds": [],
                "added_at": "2026-07-04T08:00:00Z",
                "former_until": 0,
                "failures": 2,
            }
        ]
    }


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://receiver.example/", "is no https address"),
        ("https://10.0.0.1/", "is no public address"),
        ("https://169.254.169.254/latest", "is no public address"),
        ("https://receiver.example:25/", "has another port"),
        ("receiver", "receiver "),
    ],
)
def test_an_address_that_must_not_be_called_is_refused(url: str, problem: str) -> None:
    with pytest.raises(WebhookError, match=problem):
        Watched().webhooks.add(url, Filter())


def test_an_address_has_one_webhook_and_a_stack_a_hundred() -> None:
    watched = Watched()
    watched.store.add(webhook_at())
    with pytest.raises(WebhookError, match="has a webhook"):
        watched.webhooks.add(URL, Filter())
    for number in range(MAX_WEBHOOKS - 1):
        watched.store.add(webhook_at(f"{URL}/{number}"))
    with pytest.raises(WebhookError, match="which is the limit"):
        watched.webhooks.add(f"{URL}/more", Filter())


def test_a_removed_webhook_does_not_exist() -> None:
    watched = Watched()
    watched.store.add(webhook_at())
    assert watched.webhooks.remove(URL) == 0
    assert watched.store.every() == []
    for command in (watched.webhooks.remove, watched.webhooks.rotate, watched.webhooks.test):
        with pytest.raises(WebhookError, match="has no webhook"):
            command(URL)


def test_a_rotated_secret_signs_together_with_the_one_before_for_a_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watched = Watched()
    watched.store.add(before := webhook_at(failures=1))
    assert watched.webhooks.rotate(URL) == 0
    output = capsys.readouterr().out
    assert "until 2026-07-05T08:00:00Z" in output
    now = int(MORNING.timestamp())
    new = watched.only.secret
    assert f": {new}\n" in output
    assert watched.only.secrets(now) == (new, before.secret)
    assert watched.only.secrets(now + int(timedelta(days=1).total_seconds())) == (new,)
    assert not watched.store.remove(before)  # what was decided about it does not count


def test_two_who_rotate_at_the_same_time_do_not_lose_a_secret() -> None:
    watched = Watched()

    class Meeting(MemoryWebhooks):
        def replace(self, webhook: Webhook, registration: str) -> bool:
            super().replace(webhook_at(registration="another"), registration)
            return super().replace(webhook, registration)

    store = Meeting()
    store.add(webhook_at())
    own = Webhooks(store, watched.webhooks.callbacks, CallbackRules(), watched.webhooks.clock)
    with pytest.raises(WebhookError, match="try again"):
        own.rotate(URL)


@pytest.fixture
def receiver() -> Iterator[LocalSubscriber]:
    with local_subscriber() as subscriber:
        yield subscriber


def test_a_test_message_is_signed_and_its_answer_is_shown(
    receiver: LocalSubscriber, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = Watched(LOCAL)
    watched.webhooks.add(receiver.url, Filter())
    secret = secret_in(capsys.readouterr().out)
    assert watched.webhooks.test(receiver.url) == 0
    assert capsys.readouterr().out == f"{receiver.url} answered 200\n"
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    headers = {name.lower(): value for name, _, value in lines}
    assert Receiver(secret).take(headers, body, int(MORNING.timestamp()))
    assert json.loads(body)["type"] == "webhook.test"


def test_a_test_that_is_refused_fails(
    receiver: LocalSubscriber, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = Watched(LOCAL)
    watched.webhooks.add(receiver.url, Filter())
    receiver.respond = answer(b"", "401 Unauthorized")
    assert watched.webhooks.test(receiver.url) == 1
    assert "answered 401" in capsys.readouterr().out


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoStack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield create_stack(load_template())


def test_the_webhooks_are_those_of_the_table_of_the_stack(stack: MotoStack) -> None:
    create_webhooks(stack, load_template())
    address = StackAddress("gazette", region=REGION)
    webhooks = webhooks_of({"WebhooksName": WEBHOOKS}, address)
    webhooks.add(URL, Filter())
    assert [one.url for one in webhooks.store.every()] == [URL]
    assert not webhooks.rules.is_local
    here = webhooks_of({"WebhooksName": WEBHOOKS}, address._replace(endpoint="http://127.0.0.1:9"))
    assert here.rules.is_local


def test_a_stack_without_webhooks_says_how_to_get_them() -> None:
    with pytest.raises(DeploymentError, match="WebhooksEnabled=true"):
        webhooks_of({}, StackAddress("gazette"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", URL, "--topic", "Foxes", "C++", "--kind", "correction", "erasure"],
        *(["list", "--json"], ["remove", URL], ["rotate", URL], ["test", URL]),
    ],
)
def test_each_action_needs_a_stack(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    nowhere = ["--endpoint-url", "http://127.0.0.1:9", "--stack-name", "absent"]
    assert main(["webhooks", *arguments, *nowhere]) == FAILED
    assert "stack absent" in capsys.readouterr().err


def test_a_kind_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["webhooks", "add", URL, "--kind", "minor"])
    assert "'minor' does not exist; it is one of publication, update," in capsys.readouterr().err
