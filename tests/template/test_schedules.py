"""Scheduled functions: their schedule and their failed runs."""

import re

from gazette.models.product import TOMBSTONE_DAYS
from gazette.runtime.settings import ExpirySettings, read
from gazette_cli.emulators.template import properties, resources
from tests.template.reading import TEMPLATE_TREE, environment_of, role_of, statements

SCHEDULED = {
    name
    for name, function in resources(TEMPLATE_TREE, "AWS::Serverless::Function").items()
    if any(
        event["Type"] == "Schedule" for event in function["Properties"].get("Events", {}).values()
    )
}
FOURTEEN_DAYS = 14 * 24 * 60 * 60


def test_expiry_runs_every_hour() -> None:
    (hourly,) = properties(TEMPLATE_TREE, "ExpireEntriesFunction")["Events"].values()
    assert hourly["Type"] == "Schedule"
    assert re.fullmatch(r"cron\([1-5] \* \* \* \? \*\)", hourly["Properties"]["Schedule"])
    assert "Input" not in hourly["Properties"]  # the function reads the time of the event


def test_a_scheduled_run_that_keeps_failing_becomes_a_dead_letter() -> None:
    assert SCHEDULED
    for function in SCHEDULED:
        config = properties(TEMPLATE_TREE, function)["EventInvokeConfig"]
        assert 0 < config["MaximumRetryAttempts"] <= 2
        assert config["MaximumEventAgeInSeconds"] <= 3600
        destination = config["DestinationConfig"]["OnFailure"]
        assert destination["Type"] == "SQS"
        aside = destination["Destination"]["Fn::GetAtt"][0]
        assert properties(TEMPLATE_TREE, aside)["MessageRetentionPeriod"] == FOURTEEN_DAYS
        may_send = [
            statement["Resource"]
            for statement in statements(properties(TEMPLATE_TREE, role_of(function)))
            if "sqs:SendMessage" in statement["Action"]
        ]
        assert may_send == [{"Fn::GetAtt": [aside, "Arn"]}]


def test_expiry_may_query_and_request_rebuilds_only() -> None:
    allowed = {
        action
        for statement in statements(properties(TEMPLATE_TREE, role_of("ExpireEntriesFunction")))
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        if action.startswith(("dynamodb:", "s3:"))
    }
    assert allowed == {"dynamodb:Query", "dynamodb:PutItem"}


def test_feeds_and_expiry_use_the_same_tombstone_days() -> None:
    publish, expire = (
        properties(TEMPLATE_TREE, function)["Environment"]["Variables"]["TOMBSTONE_DAYS"]
        for function in ("PublishChangesFunction", "ExpireEntriesFunction")
    )
    assert publish == expire == {"Ref": "TombstoneDays"}
    settings = read(ExpirySettings, environment_of("ExpireEntriesFunction"))
    assert (settings.ledger_table, settings.tombstone_days) == ("Ledger", TOMBSTONE_DAYS)
