"""Lose any notifications and changes, break any documents: a reconciliation brings all back."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.tasks.reconciliation import Outcome
from gazette.models.tasks.reports import IngestReport
from tests.property.archives import CHANGES, SMALL, Change, apply
from tests.property.test_whole_site import HISTORIES, in_order, published_in_order, start
from tests.property.test_whole_site import apply as apply_version
from tests.property.versions import Version
from tests.unit.publish.worlds import World
from tests.unit.reconcile.reconciling import WRITES, broken, emptied, never, reconcile

FEW = settings(max_examples=settings().max_examples // 4)
RANDOMS = st.randoms(use_true_random=False)


def published(changes: list[Change]) -> World:
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
        world.settle()
    return world


def lossily_published(changes: list[Change], random: Random) -> World:
    """Publish, and lose some notifications, and some changes on their way through the stream."""
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
        if random.random() < 0.4:
            world.notifications.clear()
        while world.notifications:
            world.ingestor.ingest(world.notifications.pop(), IngestReport())
        if random.random() < 0.4:
            world.changes.clear()
        world.settle()
    return world


def assert_healthy(world: World) -> None:
    """A round over what is as it should be only reads, and finds no document that is nobody's."""
    before = world.calls.copy()
    state = reconcile(world, iterations=1)
    spent = world.calls - before
    assert state.outcome is Outcome.SETTLED
    assert {name: spent[name] for name in WRITES} == dict.fromkeys(WRITES, 0)
    assert spent["s3.HeadObject"] == 0
    assert (state.counts.orphans, state.counts.audited) == (0, len(world.site()))


@given(CHANGES, RANDOMS)
@FEW
def test_whatever_is_lost_on_the_way_the_site_is_in_the_end_as_without_loss(
    changes: list[Change], random: Random
) -> None:
    world = lossily_published(changes, random)
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site() == published(changes).site()
    assert_healthy(world)


@given(CHANGES, RANDOMS)
@FEW
def test_documents_that_were_deleted_or_altered_are_back_after_one_round(
    changes: list[Change], random: Random
) -> None:
    world = published(changes)
    before = world.site()
    for path in random.sample(sorted(before), min(len(before), 8)):
        broken(world, path, random.choice((None, b"", b"vandals")))
    reconcile(world, iterations=1)
    assert world.site() == before
    assert_healthy(world)


@given(CHANGES, RANDOMS)
@FEW
def test_an_empty_site_is_rebuilt_byte_by_byte_with_and_without_the_ledger(
    changes: list[Change], random: Random
) -> None:
    """SPEC V8; however often its functions run out of time."""
    world = published(changes)
    before = world.site()
    emptied(world)
    if random.random() < 0.5:
        world.ledger._partitions.clear()
    assert reconcile(world, has_time=never).outcome is Outcome.SETTLED
    assert world.site() == before


@given(HISTORIES)
@FEW
def test_a_rebuild_without_notifications_publishes_the_same_site(
    all_histories: dict[str, list[Version]],
) -> None:
    """Bad versions, deletions and returns among them."""
    world = start()
    for name, version, number in in_order(all_histories):
        apply_version(world, name, version, all_histories[name], number)
    world.notifications.clear()
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site() == published_in_order(all_histories)
    assert_healthy(world)
