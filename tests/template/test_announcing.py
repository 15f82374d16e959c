"""Hub pings and page news: sent after caches have expired, and only with hubs or a key."""

import re

import pytest

from gazette.models.site import Site
from gazette.models.views.site_document import ANNOUNCED
from gazette.runtime.settings import (
    HubPingSettings,
    IndexNowSettings,
    PublishSettings,
    WebSubSettings,
    read,
)
from gazette_cli.emulators.template import event_source, properties, queue_wiring, resources
from tests.template.reading import TEMPLATE_TREE, environment_of, role_of, statements

PUBLISH, ANNOUNCE = "PublishChangesFunction", "AnnounceFeedsFunction"
HUBS = TEMPLATE_TREE["Parameters"]["Hubs"]
KEY = TEMPLATE_TREE["Parameters"]["IndexNowKey"]
IF_ANNOUNCED = {"Fn::If": ["HasPings", True, False]}


def test_functions_that_render_feeds_know_the_hubs() -> None:
    for function in (PUBLISH, "ReconcileArchiveFunction"):
        own = properties(TEMPLATE_TREE, function)["Environment"]["Variables"]
        condition, _, without = own["SITE_HUBS"]["Fn::If"]
        assert (condition, without) == ("HasOwnHub", {"Ref": "Hubs"})
        assert read(PublishSettings, environment_of(function)).hubs == ()


def test_a_ping_is_delayed_until_caches_have_expired() -> None:
    delay = properties(TEMPLATE_TREE, "AnnounceQueue")["DelaySeconds"]
    assert delay == Site("https://a.example", "a.example,2026").max_age
    assert f"public, max-age={delay}, stale-while-revalidate=0" == ANNOUNCED
    assert read(HubPingSettings, environment_of(PUBLISH)).queue_url == "AnnounceQueue"
    allowed = [
        statement["Action"]
        for statement in statements(properties(TEMPLATE_TREE, role_of(PUBLISH))["Policies"])
        if statement["Resource"] == {"Fn::GetAtt": ["AnnounceQueue", "Arn"]}
    ]
    assert allowed == ["sqs:SendMessage"]


def test_the_function_and_sqs_agree_on_the_last_attempt() -> None:
    settings = read(WebSubSettings, environment_of(ANNOUNCE))
    assert settings.dead_letter_url == "AnnounceDeadLetterQueue"
    assert settings.most_receives == queue_wiring(TEMPLATE_TREE, ANNOUNCE).max_receive_count


def test_the_hub_alarm_covers_more_than_one_retry() -> None:
    alarm = properties(TEMPLATE_TREE, "HubFailingAlarm")
    assert alarm["Period"] > queue_wiring(TEMPLATE_TREE, ANNOUNCE).visibility
    assert alarm["MetricName"] == "HubPingFailures"


def test_without_hubs_and_key_there_is_no_polling_and_no_alarm() -> None:
    assert HUBS["Default"] == KEY["Default"] == ""
    has_key = {"Fn::Not": [{"Fn::Equals": [{"Ref": "IndexNowKey"}, ""]}]}
    either = {"Fn::Or": [{"Condition": "HasHubs"}, has_key]}
    assert TEMPLATE_TREE["Conditions"]["HasPings"] == either
    assert event_source(TEMPLATE_TREE, ANNOUNCE, "SQS")["Enabled"] == IF_ANNOUNCED
    watching = {
        name
        for name, alarm in resources(TEMPLATE_TREE, "AWS::CloudWatch::Alarm").items()
        if alarm.get("Condition") == "HasPings"
    }
    assert watching == {"AnnounceDeadLettersAlarm", "AnnounceFeedsErrorsAlarm", "HubFailingAlarm"}


def test_search_engines_hear_at_the_address_of_index_now() -> None:
    settings = read(IndexNowSettings, environment_of(ANNOUNCE))
    assert settings.url == "https://api.indexnow.org/indexnow"
    variables = properties(TEMPLATE_TREE, ANNOUNCE)["Environment"]["Variables"]
    assert variables["INDEX_NOW_KEY"] == {"Ref": "IndexNowKey"}
    own = properties(TEMPLATE_TREE, PUBLISH)["Environment"]["Variables"]
    assert variables["SITE_URL"] == own["SITE_URL"]


@pytest.mark.parametrize("key", ["", "0aZ-0aZ-", 128 * "a"])
def test_a_key_of_index_now_is_as_its_service_takes_it(key: str) -> None:
    assert re.fullmatch(KEY["AllowedPattern"], key)


@pytest.mark.parametrize("key", ["short", 129 * "a", "with_a_low_line", "a/b/c/d/e"])
def test_another_key_is_refused(key: str) -> None:
    assert not re.fullmatch(KEY["AllowedPattern"], key)


@pytest.mark.parametrize(
    "hubs", ["", "https://hub.example", "https://a.example/x?y=1,https://b.example:8443/"]
)
def test_hubs_are_https_addresses(hubs: str) -> None:
    assert re.fullmatch(HUBS["AllowedPattern"], hubs)
    environment = environment_of(PUBLISH) | {"SITE_HUBS": hubs}
    assert read(PublishSettings, environment).hubs == tuple(filter(None, hubs.split(",")))


@pytest.mark.parametrize(
    "hubs",
    [
        "hub.example",
        "http://hub.example",
        "https://",
        "https://a.example,",
        "https://a.b, https://c.d",
    ],
)
def test_hubs_are_nothing_else(hubs: str) -> None:
    assert not re.fullmatch(HUBS["AllowedPattern"], hubs)
