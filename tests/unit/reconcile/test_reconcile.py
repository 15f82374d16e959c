"""Iterations: the conclusion that the state machine gets after each."""

import pytest

from gazette.models.ledger.partitions import PartitionKind
from gazette.models.tasks.reconciliation import (
    AuditWork,
    IngestWork,
    Iteration,
    Outcome,
    Plan,
    PublishWork,
    ReconcileCounts,
    UnlistedWork,
)
from gazette.services.reconcile.reconcile import conclude
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import always, emptied, reconcile, reconciler_of


def after(iterations: int, *counts: ReconcileCounts, orphans: tuple[str, ...] = ()) -> Iteration:
    """Conclude a round whose pieces counted this."""
    work_items = tuple(PublishWork(segment=0, segments=1, counts=counted) for counted in counts)
    return conclude(
        Iteration(
            iterations=iterations,
            wait=60,
            parts=(IngestWork(),),
            segments=(PublishWork(segment=0, segments=1),),
            published=(*work_items, AuditWork(orphans=orphans)),
            counts=ReconcileCounts(documents_written=1, orphans=7),
        )
    )


@pytest.mark.parametrize("what", ["missing", "documents_written", "documents_removed", "records"])
def test_an_iteration_with_repairs_is_followed_by_another_if_one_is_left(what: str) -> None:
    did = ReconcileCounts(**{what: 1})
    assert after(2, did).outcome is Outcome.AGAIN
    assert after(1, did).outcome is Outcome.CHANGED


def test_a_round_that_only_looked_is_the_last() -> None:
    looked = ReconcileCounts(keys=9, tasks=9, documents_unchanged=9, audited=9, orphans=2)
    assert after(2, looked).outcome is Outcome.SETTLED
    assert after(1, looked).outcome is Outcome.SETTLED


def test_failed_work_is_retried_in_the_next_iteration_and_fails_the_last() -> None:
    assert after(2, ReconcileCounts(failed=1)).outcome is Outcome.AGAIN
    assert after(1, ReconcileCounts(failed=1, missing=3)).outcome is Outcome.FAILED


def test_figures_are_summed_but_strangers_are_those_of_the_last_round() -> None:
    state = after(
        2, ReconcileCounts(documents_written=2), ReconcileCounts(keys=3, orphans=1), orphans=("a",)
    )
    assert state.counts == ReconcileCounts(documents_written=3, keys=3, orphans=1)
    assert (state.iterations, state.orphans) == (1, ("a",))
    assert (state.ingested, state.published) == ((), ())


def test_the_plan_has_as_many_segments_as_parts_and_the_audit() -> None:
    state = reconciler_of(World()).work(Plan(iterations=3, wait=5), always).answer
    assert state == Iteration(
        iterations=3,
        wait=5,
        parts=(IngestWork(), UnlistedWork(segment=0, segments=1)),
        segments=(PublishWork(segment=0, segments=1, compares_headers=True), AuditWork()),
    )


def test_a_night_does_not_ask_for_headers() -> None:
    state = reconciler_of(World()).work(Plan(), always).answer
    assert isinstance(state, Iteration)
    assert state.segments == (PublishWork(segment=0, segments=1), AuditWork())


def test_a_backfill_moves_no_date() -> None:
    """The same object, ingested by notification and by reconciliation."""
    notified, found = World(), World()
    for world in (notified, found):
        world.put("a", hours(0), topics=["Foxes"])
        world.put("a", hours(5), topics=["Foxes"], body="More.")
    notified.settle()
    found.notifications.clear()
    assert reconcile(found).outcome is Outcome.SETTLED
    assert found.site() == notified.site()


def test_with_the_claims_kept_two_events_that_prefer_one_path_keep_theirs() -> None:
    """The later key was first; an ingest of all keys in their order would swap the two."""
    world = World()
    for hour, name in enumerate(("z", "a")):
        world.put(name, hours(hour))
        world.settle()
    before = world.site()
    for partition in list(world.ledger._partitions):
        if partition.kind is not PartitionKind.PATH:
            del world.ledger._partitions[partition]
    emptied(world)
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site() == before
    emptied(world)
    world.ledger._partitions.clear()
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site().keys() == before.keys()
    assert world.site() != before
