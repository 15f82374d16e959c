"""Any call may fail in any way: a retry ends in the same site (DESIGN.md, promise 1)."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.faults.exhaustive import (
    fail_ports,
    fail_requests,
    run_without_faults,
    try_every_fault,
)
from tests.faults.faults import Fault
from tests.faults.memory_stage import MemoryStage
from tests.faults.moto_stage import MotoStage
from tests.faults.rendering import rendering_once
from tests.faults.scenario import SHORT_LIFE, WHOLE_LIFE


def test_any_call_of_the_services_may_fail_in_any_way() -> None:
    stage = MemoryStage()
    with rendering_once():
        run = run_without_faults(stage, WHOLE_LIFE)
        tried = try_every_fault(stage, run, fail_ports)
    print(  # noqa: T201  # shows how much was tested
        f"{run.calls} calls failed in {len(Fault)} ways, detours: {tried.detours}"
    )
    assert tried.calls == dict.fromkeys(Fault, run.calls)


@pytest.fixture
def moto_stage() -> Iterator[MotoStage]:
    with mock_aws():
        yield MotoStage()


def test_any_request_to_aws_may_fail_in_any_way(moto_stage: MotoStage) -> None:
    with rendering_once():
        run = run_without_faults(moto_stage, SHORT_LIFE)
        tried = try_every_fault(moto_stage, run, fail_requests)
    print(  # noqa: T201  # shows how much was tested
        f"{run.calls} requests failed in {len(Fault)} ways, detours: {tried.detours}"
    )
    assert tried.calls == dict.fromkeys(Fault, run.calls)
