"""After publishing, invalidations are queued: one message a run, and none is lost."""

import pytest

from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_INVALIDATED_PATHS
from gazette.models.tasks.edge_invalidation import EVERYTHING, EdgeInvalidation
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import PublishReport
from gazette.services.invalidate.invalidation_planner import InvalidationPlanner
from tests.unit.announce.outboxes import FakeOutbox

RECORDS = [
    StreamRecord(name, ItemKey(Partition.parse("EVENT#a"), "REVISION#1")) for name in ("1", "2")
]


def queued(queue: FakeOutbox) -> list[tuple[str, ...]]:
    return [EdgeInvalidation.model_validate_json(body).paths for body, _, _ in queue.messages]


def test_what_is_outdated_or_erased_is_queued_once_and_at_once() -> None:
    queue = FakeOutbox()
    report = PublishReport(outdated=["a", "b", "a"], erased=["b", "c"])
    assert InvalidationPlanner(queue).plan(RECORDS, report) == []
    assert queued(queue) == [("a", "b", "c")]
    assert [delay for _, _, delay in queue.messages] == [0]


def test_a_run_with_nothing_outdated_sends_nothing() -> None:
    queue = FakeOutbox(refuses=True)
    report = PublishReport(written=["a"])
    assert InvalidationPlanner(queue).plan(RECORDS, report) == []
    assert report.failed == []


@pytest.mark.parametrize("more", [0, 1])
def test_too_many_paths_become_the_whole_site(more: int) -> None:
    queue = FakeOutbox()
    paths = [f"{number}" for number in range(MAX_INVALIDATED_PATHS + more)]
    InvalidationPlanner(queue).plan_rewritten(paths)
    assert queued(queue) == [(EVERYTHING,) if more else tuple(paths)]


def test_without_a_queue_there_is_no_edge_and_nothing_fails() -> None:
    report = PublishReport(outdated=["a"], erased=["b"])
    assert InvalidationPlanner(None).plan(RECORDS, report) == []
    assert report.failed == []


def test_a_batch_whose_message_is_refused_is_delivered_again() -> None:
    """An erasure is not done until the edge is asked to drop its copies."""
    report = PublishReport(erased=["a"])
    assert InvalidationPlanner(FakeOutbox(refuses=True)).plan(RECORDS, report) == ["1", "2"]
    (failure,) = report.failed
    assert (failure.subject, str(failure.error)) == ("edge invalidation", "no such queue")
