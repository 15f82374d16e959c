"""`gazette drift`: list how a stack differs from its template, and from gazette.toml."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette_cli.deploying.account import Account, DeployError, open_account, read_state
from gazette_cli.operate.deployment import StackAddress

_POLL_SECONDS = 2.0
_RUNNING, _FAILED = "DETECTION_IN_PROGRESS", "DETECTION_FAILED"


class Difference(NamedTuple):
    """A resource that differs from the template; without a ``path`` it was deleted."""

    resource: str
    type: str
    status: str
    path: str
    expected: str
    actual: str


class Setting(NamedTuple):
    """A parameter that the file sets otherwise than the stack."""

    parameter: str
    file: str
    stack: str


def drift(
    address: StackAddress,
    parameters: Mapping[str, str],
    *,
    as_json: bool,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Print what differs; return 0 if nothing does, 1 if something does.

    Raises:
        DeployError: the stack does not exist, or AWS could not compare all of it.
        DeploymentError: AWS cannot be reached, or refuses a call.
    """
    with open_account(address) as account:
        state = read_state(account, address.name)
        if state is None:
            raise DeployError(f"stack {address.name}: does not exist; `gazette deploy` creates it")
        settings = list(_settings(parameters, state.parameters))
        failure = _detect(account, address.name, pause)
        found = list(_differences(account, address.name))
    write = _write_json if as_json else _write_tables
    write(found, settings)
    if failure:
        raise DeployError(f"stack {address.name}: AWS could not compare all of it: {failure}")
    return int(bool(found or settings))


def _settings(parameters: Mapping[str, str], deployed: Mapping[str, str]) -> Iterator[Setting]:
    for name, text in parameters.items():
        if text != deployed.get(name, ""):
            yield Setting(name, text, deployed.get(name, ""))


def _detect(account: Account, name: str, pause: Callable[[float], None]) -> str:
    """Let CloudFormation compare; return why it could not compare everything, or nothing."""
    formation = account.formation
    detection = formation.detect_stack_drift(StackName=name)["StackDriftDetectionId"]
    sys.stderr.write("Comparing the stack with its template …\n")
    while True:
        state = formation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if state["DetectionStatus"] != _RUNNING:
            break
        pause(_POLL_SECONDS)
    failed = state["DetectionStatus"] == _FAILED
    return state.get("DetectionStatusReason") or "no reason given" if failed else ""


def _differences(account: Account, name: str) -> Iterator[Difference]:
    list_page = partial(
        account.formation.describe_stack_resource_drifts,
        StackName=name,
        StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
    )
    page = list_page()
    while True:
        for found in page["StackResourceDrifts"]:
            base = (
                found["LogicalResourceId"],
                found["ResourceType"],
                found["StackResourceDriftStatus"],
            )
            for one in found.get("PropertyDifferences", []):
                yield Difference(
                    *base, one["PropertyPath"], one["ExpectedValue"], one["ActualValue"]
                )
            if not found.get("PropertyDifferences"):
                yield Difference(*base, "", "", "")
        if "NextToken" not in page:
            return
        page = list_page(NextToken=page["NextToken"])


def _write_json(found: Sequence[Difference], settings: Sequence[Setting]) -> None:
    shape = {
        "resources": [one._asdict() for one in found],
        "settings": [one._asdict() for one in settings],
    }
    sys.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False) + "\n")


def _write_tables(found: Sequence[Difference], settings: Sequence[Setting]) -> None:
    console = Console(highlight=False)
    if not found and not settings:
        console.print("The stack is as its template and gazette.toml say.")
    if found:
        console.print(
            _table(
                "Changed by hand",
                ("Resource", "What", "Template", "Stack"),
                [
                    (one.resource, one.path or one.status.lower(), one.expected, one.actual)
                    for one in found
                ],
            )
        )
        console.print("Undo it by hand, or write it into the template and deploy.")
    if settings:
        console.print(_table("Settings", ("Parameter", "gazette.toml", "Stack"), settings))
        console.print("`gazette deploy` writes those of gazette.toml into the stack.")


def _table(title: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table
