"""Hub pings: sent after caches have expired, and only if the site has hubs."""

import re

import pytest

from gazette.models.site import Site
from gazette.models.views.site_document import ANNOUNCED
from gazette.runtime.settings import (
    HubPingSettings,
    PublishSettings,
    WebSubSettings,
    read,
)
from gazette_cli.emulators.template import event_source, properties, queue_wiring, resources
from tests.template.reading import TEMPLATE_TREE, environment_of, role_of, statements

PUBLISH, ANNOUNCE = "PublishChangesFunction", "AnnounceFeedsFunction"
HUBS = TEMPLATE_TREE["Parameters"]["Hubs"]
WITH_HUBS = {"Fn::If": ["HasHubs", True, False]}


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


def test_without_hubs_there_is_no_polling_and_no_alarm() -> None:
    assert HUBS["Default"] == ""
    assert event_source(TEMPLATE_TREE, ANNOUNCE, "SQS")["Enabled"] == WITH_HUBS
    watching = {
        name
        for name, alarm in resources(TEMPLATE_TREE, "AWS::CloudWatch::Alarm").items()
        if alarm.get("Condition") == "HasHubs"
    }
    assert watching == {"AnnounceDeadLettersAlarm", "AnnounceFeedsErrorsAlarm", "HubFailingAlarm"}


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
