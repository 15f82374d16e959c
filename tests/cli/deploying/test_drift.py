"""`gazette drift` lists what was changed by hand, and settings that differ."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from gazette_cli.deploying import drift as module
from gazette_cli.deploying.account import Account, DeployError
from gazette_cli.deploying.drift import drift
from tests.cli.deploying.formation import ADDRESS, PARAMETERS, Formation, account

CHANGED = {
    "LogicalResourceId": "IngestQueue",
    "ResourceType": "AWS::SQS::Queue",
    "StackResourceDriftStatus": "MODIFIED",
    "PropertyDifferences": [
        {"PropertyPath": "/VisibilityTimeout", "ExpectedValue": "370", "ActualValue": "7"}
    ],
}
DELETED = {
    "LogicalResourceId": "LagAlarm",
    "ResourceType": "AWS::CloudWatch::Alarm",
    "StackResourceDriftStatus": "DELETED",
}
RUNNING = {"DetectionStatus": "DETECTION_IN_PROGRESS"}
COMPLETE = {"DetectionStatus": "DETECTION_COMPLETE"}
FAILED = {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "no permission"}


def found(
    monkeypatch: pytest.MonkeyPatch,
    formation: Formation,
    parameters: Mapping[str, str] = PARAMETERS,
    *,
    as_json: bool = False,
) -> tuple[int, list[float]]:
    """Return the exit status, and the pauses that were made."""

    @contextmanager
    def opened(_: object) -> Iterator[Account]:
        yield account(formation)

    pauses: list[float] = []
    monkeypatch.setattr(module, "open_account", opened)
    return drift(ADDRESS, parameters, as_json=as_json, pause=pauses.append), pauses


def test_a_stack_as_it_should_be_has_no_drift(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    formation = Formation(
        "UPDATE_COMPLETE", {**PARAMETERS, "PriceClass": "PriceClass_100"}, detections=[COMPLETE]
    )
    assert found(monkeypatch, formation) == (0, [])
    assert capsys.readouterr().out == "The stack is as its template and gazette.toml say.\n"


def test_what_was_changed_and_deleted_by_hand_is_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    formation = Formation(
        "UPDATE_COMPLETE",
        PARAMETERS,
        detections=[RUNNING, RUNNING, COMPLETE],
        drifts=[CHANGED, DELETED],
    )
    status, pauses = found(monkeypatch, formation)
    said = capsys.readouterr().out
    assert (status, len(pauses)) == (1, 2)
    assert all(word in said for word in ("IngestQueue", "/VisibilityTimeout", "370", "LagAlarm"))
    assert "deleted" in said


def test_settings_that_differ_are_listed_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    formation = Formation("UPDATE_COMPLETE", {**PARAMETERS, "SiteTitle": "Old"}, drifts=[DELETED])
    status, _ = found(monkeypatch, formation, {**PARAMETERS, "Hubs": ""}, as_json=True)
    assert status == 1
    assert json.loads(capsys.readouterr().out) == {
        "resources": [
            {
                "resource": "LagAlarm",
                "type": "AWS::CloudWatch::Alarm",
                "status": "DELETED",
                "path": "",
                "expected": "",
                "actual": "",
            }
        ],
        "settings": [{"parameter": "SiteTitle", "file": 'The "Post"', "stack": "Old"}],
    }


def test_settings_that_differ_are_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    formation = Formation("UPDATE_COMPLETE", {**PARAMETERS, "SiteTitle": "Old"})
    assert found(monkeypatch, formation)[0] == 1
    assert "Old" in capsys.readouterr().out


def test_what_aws_could_not_compare_is_an_error_after_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    formation = Formation("UPDATE_COMPLETE", PARAMETERS, detections=[FAILED], drifts=[DELETED])
    with pytest.raises(DeployError, match="could not compare all of it: no permission"):
        found(monkeypatch, formation)
    assert "LagAlarm" in capsys.readouterr().out


def test_a_stack_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeployError, match="does not exist; `gazette deploy` creates it"):
        found(monkeypatch, Formation())
