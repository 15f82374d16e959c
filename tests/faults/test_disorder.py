"""Any disorder of concurrent work ends in the site of publishing in order (DESIGN, promise 1)."""

from contextlib import ExitStack

import pytest
from moto import mock_aws

from gazette.models.ledger.item import LedgerItem
from gazette.store.memory import MemoryLedger
from tests.faults.disorder import Disorder
from tests.faults.memory_stage import MemoryStage
from tests.faults.moto_stage import MotoStage
from tests.faults.random_histories import differing
from tests.property.archives import SMALL

HISTORIES = range(30)
# A call to moto takes a hundred times as long as one in memory.
SHORT_HISTORIES, SHORT = range(2), 5


def small_stage() -> MemoryStage:
    """Make a stage with short feeds, so that archives come and go."""
    return MemoryStage(SMALL)


def test_any_disorder_ends_in_the_site_of_publishing_in_order() -> None:
    """SPEC X7, V2, V8: late, repeated, lost and overtaken, at every call to AWS."""
    assert {seed: paths for seed in HISTORIES if (paths := differing(seed, small_stage))} == {}
    print(f"{len(HISTORIES)} histories in disorder")  # noqa: T201  # shows how much was tested


def test_the_histories_take_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    finish = Disorder.finish

    def counted(disorder: Disorder, random: object) -> None:
        finish(disorder, random)  # type: ignore[arg-type]  # passed on unchanged
        steps.append(disorder.steps)

    monkeypatch.setattr(Disorder, "finish", counted)
    for seed in HISTORIES[:3]:
        differing(seed, small_stage)
    assert len(steps) == 3
    assert sum(steps) > 1000
    print(f"{sum(steps):,} steps in {len(steps)} of them")  # noqa: T201  # shows how much was tested


def test_a_ledger_that_accepts_older_items_fails_the_test_of_disorder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """This proves that these tests can fail."""

    def put(ledger: MemoryLedger, record: LedgerItem) -> bool:
        ledger._write(record)
        return True

    monkeypatch.setattr(MemoryLedger, "put", put)
    assert any(differing(seed, small_stage) for seed in HISTORIES)


def test_any_disorder_on_the_adapters_of_aws_ends_in_the_same_site() -> None:
    with ExitStack() as mocks:

        def stage() -> MotoStage:
            mocks.close()
            mocks.enter_context(mock_aws())
            return MotoStage()

        for seed in SHORT_HISTORIES:
            assert differing(seed, stage, SHORT) == []
