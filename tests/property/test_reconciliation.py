"""A reconciliation repairs any lost notification or change and any damaged document."""

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
    """Publish, and lose some notifications and some changes of the stream."""
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
    """Reconcile a correct site: this only reads, and finds no orphan."""
    before = world.calls.copy()
    state = reconcile(world, iterations=1)
    spent = world.calls - before
    assert state.outcome is Outcome.SETTLED
    assert {name: spent[name] for name in WRITES} == dict.fromkeys(WRITES, 0)
    assert spent["s3.HeadObject"] == 0
    assert (state.counts.orphans, state.counts.audited) == (0, len(world.site()))


@given(CHANGES, RANDOMS)
@FEW
def test_after_any_loss_a_reconciliation_gives_the_site_without_loss(
    changes: list[Change], random: Random
) -> None:
    world = lossily_published(changes, random)
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site() == published(changes).site()
    assert_healthy(world)


@given(CHANGES, RANDOMS)
@FEW
def test_deleted_and_altered_documents_are_restored_in_one_iteration(
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
    """SPEC V8; even if its functions run out of time again and again."""
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
    """With invalid versions, deletions and events that return."""
    world = start()
    for name, version, number in in_order(all_histories):
        apply_version(world, name, version, all_histories[name], number)
    world.notifications.clear()
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site() == published_in_order(all_histories)
    assert_healthy(world)
