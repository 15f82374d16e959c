"""Live documents at the edge: dropped after a withdrawal, and of other changes not too often."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger.keys import ItemKey, revision_key
from gazette.models.tasks.edge_invalidation import LIVE_DOCUMENTS, EdgeInvalidation
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import PublishReport
from gazette.ports import SiteStore
from gazette.services.invalidate.live_copies import LiveCopies
from tests.unit.announce.hubs import FOXES
from tests.unit.announce.outboxes import FakeOutbox
from tests.unit.erasures.erasing import erase
from tests.unit.publish.worlds import MORNING, World, hours
from tests.unit.reconcile.reconciling import begin_iterations, reconcile

CORRECTED = {"kind": "correction", "note": "x"}


class EdgeWorld(World):
    """A `World` behind an edge."""

    def __init__(self, seconds: int = 0, *, refuses: bool = False) -> None:
        super().__init__()
        self.queue = FakeOutbox(refuses=refuses)
        self.copies = LiveCopies(self.ledger, self.queue, lambda: self.now, seconds)
        self.reports: list[PublishReport] = []

    def publish(self, item_keys: Iterable[ItemKey], site: SiteStore | None = None) -> PublishReport:
        written = list(item_keys)
        report = super().publish(written, site)
        self.copies.plan([StreamRecord("", item_key) for item_key in written], report)
        self.reports.append(report)
        return report

    def delays(self) -> list[int]:
        """Settle, and return the seconds after which live documents are dropped."""
        self.queue.messages.clear()
        self.settle()
        found = [EdgeInvalidation.model_validate_json(body) for body, _, _ in self.queue.messages]
        assert all(one.paths == (LIVE_DOCUMENTS,) for one in found)
        return [delay for _, _, delay in self.queue.messages]


def test_a_withdrawal_is_dropped_at_once_and_other_changes_are_not() -> None:
    world = EdgeWorld()
    world.put("a", hours(0), **FOXES)
    world.put("a", hours(0.1), body="x", revision=CORRECTED, **FOXES)
    assert world.delays() == []
    world.now = hours(1)
    world.delete("a", hours(1))
    assert world.delays() == [0]


@pytest.mark.parametrize("revisions", ["all", [1]])
def test_an_erasure_is_dropped_at_once_also_of_a_superseded_revision(revisions: object) -> None:
    world = EdgeWorld()
    world.put("a", hours(0), **FOXES)
    world.put("a", hours(0.1), body="x", revision=CORRECTED, **FOXES)
    world.settle()
    world.now = hours(100)
    erase(world, "a", world.now, revisions)
    delays = world.delays()
    assert delays
    assert set(delays) == {0}


def test_a_rebuild_of_what_was_withdrawn_before_drops_nothing() -> None:
    world = EdgeWorld()
    world.put("a", hours(0), **FOXES)
    world.delete("a", hours(1))
    world.now = hours(2)
    world.settle()
    world.now = hours(100)
    world.queue.messages.clear()
    world.ledger._partitions.clear()
    begin_iterations(world, 2)
    reconcile(world)
    assert world.delays() == []


def test_a_withdrawal_that_is_published_late_is_dropped_if_its_record_is_new() -> None:
    """A backdated one, too: what counts is when it was stored."""
    world = EdgeWorld()
    world.put("a", hours(0), **FOXES)
    world.settle()
    world.now = hours(1)
    retraction = {"kind": "retraction", "note": "x"}
    world.put("a", hours(1), modified="2026-01-01T00:00:00Z", revision=retraction, **FOXES)
    assert world.delays() == [0]


def test_changes_that_come_together_are_dropped_together() -> None:
    world = EdgeWorld(seconds=300)
    world.put("a", hours(0), **FOXES)
    assert world.delays() == [2]
    world.now += timedelta(seconds=100)
    world.put("b", world.now, **FOXES)
    assert world.delays() == [202]
    world.now += timedelta(seconds=150)
    world.put("c", world.now, **FOXES)
    assert world.delays() == []  # the message that waits covers it


def test_nothing_written_drops_nothing() -> None:
    world = EdgeWorld(seconds=300)
    world.copies.plan([StreamRecord("", revision_key("none", 1))], PublishReport())
    assert world.queue.messages == []


def dropped_after(seconds: int, times: Sequence[datetime]) -> list[datetime]:
    """Return when live documents are dropped after changes at some times."""
    now, queue = [MORNING], FakeOutbox()
    copies = LiveCopies(World().ledger, queue, lambda: now[0], seconds)
    found: list[datetime] = []
    for at in times:
        now[0] = at
        queue.messages.clear()
        copies.plan([], PublishReport(written=["a"]))
        found += [at + timedelta(seconds=delay) for _, _, delay in queue.messages]
    return found


@given(st.integers(1, 900), st.lists(st.floats(0, 2000), min_size=1, max_size=20))
def test_each_change_is_dropped_in_time_and_never_too_often(
    seconds: int, pauses: list[float]
) -> None:
    times = [MORNING + timedelta(seconds=passed) for passed in accumulate(pauses)]
    dropped = dropped_after(seconds, times)
    second, period = timedelta(seconds=1), timedelta(seconds=seconds)
    for at in times:
        latest = at + max(period, 2 * second) + second
        assert any(at < one <= latest for one in dropped)
    for one, following in pairwise(dropped):
        assert following - one >= period - second


def test_a_queue_that_refuses_fails_no_publication() -> None:
    world = EdgeWorld(seconds=300, refuses=True)
    world.put("a", hours(0), **FOXES)
    world.settle()
    failures = {failure.subject for report in world.reports for failure in report.unsent}
    assert failures == {"live documents at the edge"}


def test_without_an_edge_nothing_is_asked() -> None:
    world = EdgeWorld()
    world.calls.clear()
    LiveCopies(world.ledger, None, lambda: MORNING, 300).plan(
        [StreamRecord("", revision_key("a", 1))], PublishReport(written=["a"])
    )
    assert not world.calls
