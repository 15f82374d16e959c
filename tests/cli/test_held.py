"""`gazette held` over moto: the events under embargo, and when they are released."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from gazette_cli.emulators.template import load_template
from gazette_cli.operate.held import list_held
from tests.cli.operators import Operator
from tests.emulators.moto_stack import create_stack

FERRY = {"title": "Ferry", "date": "2026-07-04"}


@pytest.fixture
def operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("COLUMNS", "160")
    with mock_aws():
        yield Operator(create_stack(load_template()), capsys)


def held(operator: Operator) -> list[dict[str, str]]:
    list_held(operator.deployment, as_json=True)
    listed: list[dict[str, str]] = json.loads(operator.capsys.readouterr().out)["held"]
    return listed


def test_without_held_events_the_list_is_empty(operator: Operator) -> None:
    operator.put("public", FERRY | {"expires": "2026-07-09T12:00:00Z"})
    assert held(operator) == []
    list_held(operator.deployment, as_json=False)
    assert operator.capsys.readouterr().out == "No held events.\n"


def test_held_events_are_listed_by_release_with_their_versions(operator: Operator) -> None:
    operator.put("late", FERRY | {"published": "2026-07-06T12:00:00Z"})
    operator.put("soon", FERRY | {"published": "2026-07-05T12:00:00Z"})
    soon, late = held(operator)
    assert (soon["id"], soon["release"]) == ("soon", "2026-07-05T12:00:00Z")
    assert (late["id"], late["release"]) == ("late", "2026-07-06T12:00:00Z")
    assert soon["version_id"]
    assert soon["version_id"] != late["version_id"]


def test_a_later_version_ends_the_embargo_and_the_line_goes(operator: Operator) -> None:
    operator.put("soon", FERRY | {"published": "2026-07-05T12:00:00Z"})
    operator.put("soon", FERRY)
    assert held(operator) == []


def test_the_table_shows_ids_unchanged(operator: Operator) -> None:
    operator.put("[bold]soon", FERRY | {"published": "2026-07-05T12:00:00Z"})
    list_held(operator.deployment, as_json=False)
    output = operator.capsys.readouterr().out
    assert "[bold]soon" in output
    assert "2026-07-05T12:00:00Z" in output
