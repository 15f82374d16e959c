"""The state machine that reconciles and rebuilds: what it hands out, and what it may do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gazette.models.tasks.reconciliation import Conclusion, Iteration, Outcome, Plan
from gazette.runtime.settings import PublishSettings, read
from gazette.runtime.task_trigger import read_task
from gazette_cli.emulators.template import ROOT, properties
from tests.template.reading import TEMPLATE_TREE, environment_of, role_of, statements

MACHINE = properties(TEMPLATE_TREE, "RebuildStateMachine")
DEFINITION = json.loads((ROOT / MACHINE["DefinitionUri"]).read_text(encoding="utf-8"))
# Whatever the machine does not name has a default here, so that a run cannot lack it.
STATE = json.loads(Iteration(iterations=1, wait=60, parts=(), segments=()).model_dump_json())


def states(node: Any = DEFINITION) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401  # JSON
    """Yield every state by its name, those within maps too."""
    for name, state in node["States"].items():
        yield name, state
        if state["Type"] == "Map":
            yield from states(state["ItemProcessor"])


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: state for name, state in states() if state["Type"] == kind}


def actions_of(role: str) -> set[str]:
    allowed = (statement["Action"] for statement in statements(properties(TEMPLATE_TREE, role)))
    return {
        action
        for actions in allowed
        for action in ([actions] if isinstance(actions, str) else actions)
        if action != "sts:AssumeRole"
    }


def test_every_task_is_the_function_and_is_tried_again_longer_than_a_function_may_take() -> None:
    timeout = properties(TEMPLATE_TREE, "ReconcileArchiveFunction")["Timeout"]
    assert set(MACHINE["DefinitionSubstitutions"]) == {"ReconcileArchiveFunctionArn"}
    for task in of_type("Task").values():
        assert task["Resource"] == "${ReconcileArchiveFunctionArn}"
        assert task["TimeoutSeconds"] > timeout
        (retry,) = task["Retry"]
        assert (retry["ErrorEquals"], retry["MaxAttempts"]) == (["States.ALL"], 5)


def test_every_transition_leads_to_a_state_and_every_state_is_reachable() -> None:
    for scope in (DEFINITION, *(state["ItemProcessor"] for state in of_type("Map").values())):
        named = {scope["StartAt"]}
        for state in scope["States"].values():
            named |= {state[step] for step in ("Next", "Default") if step in state}
            named |= {choice["Next"] for choice in state.get("Choices", ())}
        assert named == set(scope["States"])


def test_the_maps_are_distributed_and_read_what_the_plan_wrote() -> None:
    maps = of_type("Map")
    assert {state["ItemsPath"] for state in maps.values()} == {"$.parts", "$.segments"}
    for state in maps.values():
        assert state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
        assert 1 < state["MaxConcurrency"] <= 20
        assert state["ItemsPath"].removeprefix("$.") in STATE
        assert state["ResultPath"].removeprefix("$.") in STATE


def test_every_input_of_the_machine_for_the_function_is_a_task() -> None:
    plan = DEFINITION["States"]["Plan"]["Parameters"]
    assert read_task({"task": plan["task"], "iterations": 1, "wait": 1}) == Plan(
        iterations=1, wait=1
    )
    conclude = DEFINITION["States"]["Conclude"]["Parameters"]
    assert conclude == {"task": "conclude", "state.$": "$"}
    assert isinstance(read_task({"task": "conclude", "state": STATE}), Conclusion)


def test_every_outcome_has_a_next_state() -> None:
    branch = DEFINITION["States"]["WhatNext"]
    led = {choice["StringEquals"]: choice["Next"] for choice in branch["Choices"]}
    assert led == {Outcome.AGAIN: "LetTheStreamFollow", Outcome.FAILED: "SomethingFailed"}
    assert DEFINITION["States"][branch["Default"]]["Type"] == "Succeed"
    assert DEFINITION["States"]["SomethingFailed"]["Type"] == "Fail"


def test_one_iteration_runs_once_a_day() -> None:
    rule = properties(TEMPLATE_TREE, "ReconcileDaily")
    assert re.fullmatch(r"cron\(\d+ \d+ \* \* \? \*\)", rule["ScheduleExpression"])
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Ref": "RebuildStateMachine"}
    assert Plan.model_validate_json(target["Input"]).iterations == 1
    assert set(json.loads(target["Input"])) == {"iterations", "wait"}  # the machine names both
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["ReconcileDeadLetterQueue", "Arn"]}
    assert target["RoleArn"] == {"Fn::GetAtt": ["StartRebuildRole", "Arn"]}


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (
            "RebuildRole",
            {
                "lambda:InvokeFunction",
                "states:StartExecution",
                "states:DescribeExecution",
                "states:StopExecution",
                "states:RedriveExecution",
            },
        ),
        ("StartRebuildRole", {"states:StartExecution"}),
        (
            role_of("ReconcileArchiveFunction"),
            {
                "s3:ListBucketVersions",
                "s3:GetObjectVersion",
                "s3:ListBucket",
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
                "dynamodb:BatchGetItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "sqs:SendMessage",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
            },
        ),
    ],
)
def test_a_role_may_do_this_and_nothing_else(role: str, actions: set[str]) -> None:
    assert actions_of(role) == actions


def test_the_source_bucket_is_never_written_to() -> None:
    writes = {"s3:PutObject", "s3:DeleteObject"}
    for statement in statements(properties(TEMPLATE_TREE, role_of("ReconcileArchiveFunction"))):
        if writes.intersection(statement["Action"]):
            assert statement["Resource"] == {"Fn::Sub": "${SiteBucket.Arn}/*"}


def test_a_failed_run_becomes_a_dead_letter() -> None:
    rule = properties(TEMPLATE_TREE, "RebuildFailed")
    detail = rule["EventPattern"]["detail"]
    assert detail["stateMachineArn"] == [{"Ref": "RebuildStateMachine"}]
    assert set(detail["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["ReconcileDeadLetterQueue", "Arn"]}
    policy = properties(TEMPLATE_TREE, "ReconcileDeadLetterQueuePolicy")
    (allowed,) = [found for found in statements(policy) if found["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    sources = {
        source["Fn::GetAtt"][0] for source in allowed["Condition"]["ArnEquals"]["aws:SourceArn"]
    }
    assert sources == {"ReconcileDaily", "RebuildFailed"}


def test_a_reconciliation_publishes_exactly_what_publishing_does() -> None:
    """The same settings, or it would write every document in another form."""
    publish = read(PublishSettings, environment_of("PublishChangesFunction"))
    reconcile = read(PublishSettings, environment_of("ReconcileArchiveFunction"))
    assert reconcile == publish
