"""Segments, periods, counts and related events do not depend on the order (SPEC X7, V8).

Subscription documents have three entries, and a third of the ids are boundaries. So segments open,
close, split and merge all the time.
"""

from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette.models.tasks.reports import IngestReport
from gazette.models.views.site_document import Document
from tests.property.archives import CHANGES, SMALL, Change, apply, ingest_all
from tests.unit.publish.worlds import World

RANDOMS = st.randoms(use_true_random=False)
SELDOM = 0.1


def published_in_order(changes: Sequence[Change]) -> dict[str, bytes]:
    """Publish version by version. Finish all work before the next version."""
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
        world.settle()
    return world.site()


def publish_some(world: World, random: Random) -> None:
    """Publish some of the waiting changes, in any order, as one batch."""
    random.shuffle(world.changes)
    size = random.randint(min(1, len(world.changes)), len(world.changes))
    batch, world.changes[:size] = world.changes[:size], []
    world.publish(batch)


def do_something(world: World, random: Random) -> None:
    """Handle any waiting notification or change; or lose a notification, or repeat a change."""
    kind = random.choice(("ingest", "ingest", "publish", "publish", "lose", "again"))
    if kind == "ingest" and world.notifications:
        world.ingestor.ingest(
            world.notifications.pop(random.randrange(len(world.notifications))), IngestReport()
        )
    elif kind == "publish" and world.changes:
        publish_some(world, random)
    elif kind == "lose" and world.notifications:
        world.notifications.pop(random.randrange(len(world.notifications)))
    elif kind == "again":
        world.changes += random.sample(world.changes, min(3, len(world.changes)))


def finish(world: World, changes: Sequence[Change], random: Random) -> None:
    ingest_all(world, random.sample(changes, len(changes)))
    while world.changes:
        publish_some(world, random)


def published_in_disorder(changes: Sequence[Change], random: Random) -> dict[str, bytes]:
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
        for _ in range(random.randrange(5)):
            do_something(world, random)
    finish(world, changes, random)
    return world.site()


def rebuilt(changes: Sequence[Change], random: Random) -> dict[str, bytes]:
    """Publish everything at once into an empty ledger and site."""
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
    finish(world, changes, random)
    return world.site()


@given(CHANGES, RANDOMS)
@settings(max_examples=settings().max_examples // 3)
def test_any_order_and_a_rebuild_give_the_site_of_publishing_version_by_version(
    changes: list[Change], random: Random
) -> None:
    site = published_in_order(changes)
    assert published_in_disorder(changes, random) == site
    assert rebuilt(changes, random) == site


class Interrupting(MemorySiteStore):
    """A site that lets another publisher of the same ledger work in the middle of a task.

    It works after the ETags were read, and again after the ledger was read. So the first publisher
    may write old content.
    """

    def __init__(self, world: World, random: Random) -> None:
        super().__init__(world.calls)
        self._world = world
        self._random = random
        self._is_interrupted = False

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        found = super().etags(paths)
        self._interrupt()
        return found

    def etags_below(self, prefix: str) -> dict[str, str]:
        found = super().etags_below(prefix)
        self._interrupt()
        return found

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        self._interrupt()
        super().write(documents, seen)

    def _interrupt(self) -> None:
        if self._world.changes and not self._is_interrupted and self._random.random() < SELDOM:
            self._is_interrupted = True
            publish_some(self._world, self._random)
            self._is_interrupted = False


@given(CHANGES, RANDOMS)
@settings(max_examples=settings().max_examples // 3)
def test_writers_that_overtake_each_other_give_the_same_site(
    changes: list[Change], random: Random
) -> None:
    world = World(SMALL)
    world.store = Interrupting(world, random)
    for number, change in enumerate(changes):
        apply(world, number, change)
        world.ingestor.ingest(world.notifications.pop(), IngestReport())
        if random.random() < 0.5:
            publish_some(world, random)
    finish(world, changes, random)
    assert world.site() == published_in_order(changes)
