"""The site's own hub: nothing of it without its parameter, and nothing open but its door."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gazette.models.limits import (
    CALLBACK_SECONDS,
    DELIVERIES_A_MESSAGE,
    MAX_KEYS_A_READ,
    MAX_RETRY_DELAY_SECONDS,
    SUBSCRIBERS_A_PAGE,
    SUBSCRIPTION_SAMPLES,
)
from gazette.runtime.hub_settings import (
    AcceptSettings,
    DeliverSettings,
    FanOutSettings,
    VerifySettings,
)
from gazette.runtime.settings import HubPingSettings, read
from gazette.store.subscriptions import HOST_INDEX
from gazette_cli.emulators.template import event_source, properties, queue_wiring
from tests.template.reading import FUNCTIONS, TEMPLATE_TREE, environment_of, role_of, statements

RESOURCES: dict[str, Any] = TEMPLATE_TREE["Resources"]
ACCEPT, VERIFY = "AcceptSubscriptionsFunction", "VerifySubscriptionsFunction"
FAN_OUT, DELIVER = "FanOutFeedsFunction", "DeliverFeedsFunction"
WORKERS = (VERIFY, FAN_OUT, DELIVER)
PUBLISH = "PublishChangesFunction"
# What holds where a condition does.
IMPLIED = {
    "HasPush": frozenset({"HasPush"}),
    "HasOwnHub": frozenset({"HasOwnHub", "HasPush"}),
    "HasWebhooks": frozenset({"HasWebhooks", "HasPush"}),
    "HasNewsTopic": frozenset({"HasNewsTopic", "HasWebhooks", "HasPush"}),
}
REFERRING = {"Ref", "Fn::GetAtt", "Fn::Sub"}


def references(node: object) -> Iterator[str]:
    """Yield the names of resources that a part of the template refers to."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "Ref":
                yield value
            elif name == "Fn::GetAtt":
                yield value[0]
            elif name == "Fn::Sub":
                text = value if isinstance(value, str) else value[0]
                yield from (part.split("}")[0].split(".")[0] for part in text.split("${")[1:])
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_a_hub_and_webhooks_are_off_by_default() -> None:
    for parameter in ("HubEnabled", "WebhooksEnabled", "NewsTopicEnabled"):
        assert TEMPLATE_TREE["Parameters"][parameter]["Default"] == "false"
    assert TEMPLATE_TREE["Conditions"]["HasPush"] == {
        "Fn::Or": [{"Condition": "HasOwnHub"}, {"Condition": "HasWebhooks"}]
    }
    assert {ACCEPT, VERIFY, "Subscriptions", "HubApi", "HubDashboard"} <= parts_of("HasOwnHub")
    assert {FAN_OUT, DELIVER, "FanOutQueue", "DeliverQueue"} <= parts_of("HasPush")
    assert "Webhooks" in parts_of("HasWebhooks")
    assert TEMPLATE_TREE["Conditions"]["HasNewsTopic"]["Fn::And"][0] == {"Condition": "HasWebhooks"}
    assert parts_of("HasNewsTopic") == {"NewsTopic"}


def parts_of(condition: str) -> set[str]:
    return {name for name, found in RESOURCES.items() if found.get("Condition") == condition}


def dangling(node: object, holds: frozenset[str]) -> Iterator[str]:
    """Yield the parts that a node refers to where their condition may not hold."""
    if isinstance(node, dict) and "Fn::If" in node:
        condition, given, otherwise = node["Fn::If"]
        yield from dangling(given, holds | IMPLIED.get(condition, frozenset()))
        yield from dangling(otherwise, holds)
    elif isinstance(node, dict) and REFERRING & node.keys():
        text, *given = node["Fn::Sub"] if isinstance(node.get("Fn::Sub"), list) else [None]
        yield from dangling(given, holds)
        for name in references({"Fn::Sub": text} if given else node):
            condition = RESOURCES.get(name, {}).get("Condition")
            if condition in IMPLIED and condition not in holds:
                yield name
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from dangling(value, holds)


def test_nothing_refers_to_what_may_not_be_there() -> None:
    """With a hub alone, with webhooks alone, and with neither."""
    wholes = [*RESOURCES.values(), *TEMPLATE_TREE["Outputs"].values()]
    found = [
        name
        for whole in wholes
        for name in dangling(whole, IMPLIED.get(whole.get("Condition"), frozenset()))
    ]
    assert found == []
    assert list(dangling({"Ref": "Webhooks"}, IMPLIED["HasOwnHub"])) == ["Webhooks"]


def test_without_a_hub_publishing_queues_nothing_for_one() -> None:
    settings = read(HubPingSettings, environment_of(PUBLISH))
    assert (settings.hub, settings.news_url) == ("", "")


def test_feeds_name_the_hub_that_subscribers_reach() -> None:
    hub = "${HubApi.ApiEndpoint}/hub"
    variables = properties(TEMPLATE_TREE, PUBLISH)["Environment"]["Variables"]
    assert variables["HUB_URL"]["Fn::If"][1] == {"Fn::Sub": hub}
    with_others, alone = variables["SITE_HUBS"]["Fn::If"][1]["Fn::If"][1:]
    assert (with_others, alone) == ({"Fn::Sub": f"{hub},${{Hubs}}"}, {"Fn::Sub": hub})
    of_deliver = properties(TEMPLATE_TREE, DELIVER)["Environment"]["Variables"]
    assert of_deliver["HUB_URL"]["Fn::If"][1] == {"Fn::Sub": hub}
    assert TEMPLATE_TREE["Outputs"]["HubAddress"]["Value"] == {"Fn::Sub": hub}
    assert properties(TEMPLATE_TREE, "HubRoute")["RouteKey"] == "POST /hub"


def test_the_hub_is_throttled() -> None:
    limits = properties(TEMPLATE_TREE, "HubStage")["DefaultRouteSettings"]
    assert 0 < limits["ThrottlingRateLimit"] <= 10
    assert 0 < limits["ThrottlingBurstLimit"] <= 50


def test_only_the_api_may_invoke_the_function_that_strangers_reach() -> None:
    permission = properties(TEMPLATE_TREE, "HubPermission")
    assert permission["FunctionName"] == {"Ref": ACCEPT}
    assert permission["SourceArn"]["Fn::Sub"].endswith(":${HubApi}/$default/POST/hub")


def test_the_functions_have_their_settings() -> None:
    accept = read(AcceptSettings, environment_of(ACCEPT))
    assert (accept.site_bucket, accept.queue_url) == ("SiteBucket", "VerifyQueue")
    assert accept.site_url == environment_of(PUBLISH)["SITE_URL"]
    assert read(VerifySettings, environment_of(VERIFY)).queue_url == "VerifyQueue"
    fan_out = read(FanOutSettings, environment_of(FAN_OUT))
    assert (fan_out.news_url, fan_out.deliveries_url) == ("FanOutQueue", "DeliverQueue")
    of_fan_out = properties(TEMPLATE_TREE, FAN_OUT)["Environment"]["Variables"]
    given = {"Fn::If": ["HasNewsTopic", {"Ref": "NewsTopic"}, ""]}
    assert (of_fan_out["NEWS_TOPIC_ARN"], fan_out.topic_arn) == (given, "")
    assert read(DeliverSettings, environment_of(DELIVER)).queue_url == "DeliverQueue"
    for function in (PUBLISH, FAN_OUT, DELIVER):
        variables = properties(TEMPLATE_TREE, function)["Environment"]["Variables"]
        given = {"Fn::If": ["HasWebhooks", {"Ref": "Webhooks"}, ""]}
        assert variables["WEBHOOKS_TABLE"] == given


@pytest.mark.parametrize("function", [ACCEPT, *WORKERS])
def test_no_deployed_function_may_call_its_own_machine(function: str) -> None:
    """The variable that says where AWS is opens it, and a stack has no parameter for that."""
    environment = environment_of(function)
    assert "AWS_ENDPOINT_URL" not in environment
    assert not read(AcceptSettings, {**environment_of(ACCEPT), **environment}).rules().is_local


@pytest.mark.parametrize(
    ("endpoint", "is_local"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://localhost:4566", True),
        ("http://[::1]:4566", True),
        ("https://dynamodb.us-east-1.amazonaws.com", False),
        ("https://127.0.0.1.evil.example", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_a_stack_is_on_this_machine_if_its_aws_is(endpoint: str, *, is_local: bool) -> None:
    environment = {**environment_of(ACCEPT), "AWS_ENDPOINT_URL": endpoint}
    assert read(AcceptSettings, environment).rules().is_local is is_local


@pytest.mark.parametrize("function", WORKERS)
def test_a_function_and_sqs_agree_on_the_last_attempt(function: str) -> None:
    environment = environment_of(function)
    receives = queue_wiring(TEMPLATE_TREE, function).max_receive_count
    assert environment["MOST_RECEIVES"] == str(receives)
    queue = event_source(TEMPLATE_TREE, function, "SQS")["Queue"]["Fn::GetAtt"][0]
    dead_letters = queue.replace("Queue", "DeadLetterQueue")
    assert environment["HUB_DEAD_LETTER_QUEUE_URL"] == dead_letters


@pytest.mark.parametrize("function", WORKERS)
def test_a_subscriber_waits_for_no_window(function: str) -> None:
    """SPEC W5."""
    source = event_source(TEMPLATE_TREE, function, "SQS")
    assert "MaximumBatchingWindowInSeconds" not in source
    queue = properties(TEMPLATE_TREE, source["Queue"]["Fn::GetAtt"][0])
    assert "DelaySeconds" not in queue


@pytest.mark.parametrize("function", [VERIFY, DELIVER])
def test_a_call_of_a_stranger_fits_into_a_run(function: str) -> None:
    source = event_source(TEMPLATE_TREE, function, "SQS")
    assert source["BatchSize"] == 1
    assert properties(TEMPLATE_TREE, function)["Timeout"] > 3 * CALLBACK_SECONDS


def test_a_chain_of_pages_may_be_longer_than_lambda_allows_by_default() -> None:
    assert properties(TEMPLATE_TREE, FAN_OUT)["RecursiveLoop"] == "Allow"


def test_the_bounds_of_the_hub_are_within_those_of_aws() -> None:
    assert DELIVERIES_A_MESSAGE <= MAX_KEYS_A_READ
    assert SUBSCRIBERS_A_PAGE % DELIVERIES_A_MESSAGE == 0
    assert MAX_RETRY_DELAY_SECONDS <= 900
    assert SUBSCRIPTION_SAMPLES == 256  # two hexadecimal digits


def test_the_index_counts_the_subscriptions_that_live() -> None:
    (index,) = properties(TEMPLATE_TREE, "Subscriptions")["GlobalSecondaryIndexes"]
    assert index["IndexName"] == HOST_INDEX
    assert index["Projection"]["NonKeyAttributes"] == ["expires_at"]
    expiry = properties(TEMPLATE_TREE, "Subscriptions")["TimeToLiveSpecification"]
    assert expiry == {"AttributeName": "expires_at", "Enabled": True}


def grants(function: str) -> set[tuple[str, str]]:
    """Return each action with the resources it is allowed on."""
    found = set()
    for statement in statements(properties(TEMPLATE_TREE, role_of(function))["Policies"]):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found.add((action, next(iter(references(statement["Resource"])), "*")))
    return {one for one in found if not one[0].startswith(("logs:", "xray:"))}


RECEIVE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
READS_FEEDS = {("s3:GetObject", "SiteBucket"), ("s3:ListBucket", "SiteBucket")}
ALLOWED = {
    ACCEPT: {*READS_FEEDS, ("sqs:SendMessage", "VerifyQueue")},
    VERIFY: {
        *((action, "VerifyQueue") for action in (*RECEIVE, "sqs:SendMessage")),
        ("sqs:SendMessage", "VerifyDeadLetterQueue"),
        *((f"dynamodb:{action}Item", "Subscriptions") for action in ("BatchGet", "Put", "Delete")),
        ("dynamodb:Query", "Subscriptions"),
    },
    FAN_OUT: {
        *((action, "FanOutQueue") for action in (*RECEIVE, "sqs:SendMessage")),
        ("sqs:SendMessage", "DeliverQueue"),
        ("sqs:SendMessage", "FanOutDeadLetterQueue"),
        ("dynamodb:Query", "Subscriptions"),
        *((f"dynamodb:{action}", "Webhooks") for action in ("Query", "GetItem", "PutItem")),
        ("sns:Publish", "NewsTopic"),
    },
    DELIVER: {
        *READS_FEEDS,
        ("dynamodb:GetItem", "Webhooks"),
        *((f"dynamodb:{action}Item", "Webhooks") for action in ("BatchGet", "Put", "Delete")),
        *((action, "DeliverQueue") for action in (*RECEIVE, "sqs:SendMessage")),
        ("sqs:SendMessage", "DeliverDeadLetterQueue"),
        *((f"dynamodb:{action}Item", "Subscriptions") for action in ("BatchGet", "Put", "Delete")),
    },
}


@pytest.mark.parametrize("function", ALLOWED)
def test_a_function_of_the_hub_may_do_its_own_work_and_nothing_else(function: str) -> None:
    """What a stranger makes these functions do must not reach the ledger or the source."""
    assert grants(function) == ALLOWED[function]


def test_no_other_function_may_read_subscriptions_and_one_may_send_news() -> None:
    others = [function for function in FUNCTIONS if function not in ALLOWED]
    for function in others:
        text = json.dumps(properties(TEMPLATE_TREE, role_of(function)))
        assert "Subscriptions" not in text
        assert ("FanOutQueue" in text) is (function == PUBLISH)
        assert ("Webhooks" in text) is (function == PUBLISH)


def test_publishing_may_write_messages_of_webhooks_and_read_nothing_of_them() -> None:
    assert {one for one in grants(PUBLISH) if one[1] == "Webhooks"} == {
        ("dynamodb:PutItem", "Webhooks")
    }


def test_no_function_that_strangers_reach_knows_the_secrets_of_webhooks() -> None:
    for function in (ACCEPT, VERIFY):
        assert "Webhooks" not in json.dumps(properties(TEMPLATE_TREE, role_of(function)))
        assert "WEBHOOKS_TABLE" not in environment_of(function)
