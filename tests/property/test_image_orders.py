"""Images and the events that show them: the site does not depend on the order of changes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.tasks.reports import IngestReport, PublishReport
from gazette.ports import SiteStore
from gazette.services.ingest.ingest import Ingestor
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import World, hours

EVENT, FIRST, OTHER = "events/a.json", "images/a.png", "images/b.png"
ALT = {"alt": "A river"}
WIDE, NARROW, BROKEN = image_file(400, 300), image_file(30, 20), image_file(400, 300)[:60]
OPERATIONS: dict[str, Callable[[World, datetime], object]] = {
    "event": lambda world, at: world.put("a", at, image=ALT | {"key": FIRST}),
    "event with another image": lambda world, at: world.put("a", at, image=ALT | {"key": OTHER}),
    "event with images in its text": lambda world, at: world.put(
        "a", at, body=f"![One]({FIRST}) [two]({OTHER})", topics=["Foxes"]
    ),
    "image": lambda world, at: world.source.put(FIRST, WIDE, at),
    "image changed": lambda world, at: world.source.put(FIRST, NARROW, at),
    "image deleted": lambda world, at: world.source.delete(FIRST, at),
    "image broken": lambda world, at: world.source.put(FIRST, BROKEN, at),
    "other image": lambda world, at: world.source.put(OTHER, WIDE, at),
    "event withdrawn": lambda world, at: world.delete("a", at),
}
ASKED = ("event", "image", "image changed", "event with another image", "image deleted")


class Pages(World):
    """Publishes only events and images: no other document shows an image, and it is much faster."""

    def publish(self, item_keys: Iterable[ItemKey], site: SiteStore | None = None) -> PublishReport:
        kinds = {PartitionKind.EVENT, PartitionKind.IMAGE}
        return super().publish(
            [item_key for item_key in item_keys if item_key.partition.kind in kinds], site
        )


def apply(world: World, names: tuple[str, ...]) -> None:
    for position, name in enumerate(names):
        OPERATIONS[name](world, hours(position))


def published_in_order(world: World, names: tuple[str, ...]) -> dict[str, bytes]:
    for position, name in enumerate(names):
        OPERATIONS[name](world, hours(position))
        world.settle()
    return world.site()


def published_at_once(names: tuple[str, ...], order: tuple[str, ...]) -> dict[str, bytes]:
    """Publish as a rebuild does: all versions exist, and keys are ingested in any order."""
    world = Pages()
    apply(world, names)
    world.notifications.clear()
    for key in order:
        world.ingestor.ingest(key, IngestReport())
    world.changes.reverse()
    world.settle()
    return world.site()


@pytest.mark.parametrize("first", ASKED)
def test_every_order_of_changes_and_of_keys_gives_the_same_site(first: str) -> None:
    rest = [name for name in ASKED if name != first]
    for names in ((first, *others) for others in permutations(rest)):
        expected = published_in_order(Pages(), names)
        for order in permutations((EVENT, FIRST)):
            assert published_at_once(names, order) == expected, (names, order)


@given(
    st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=8).map(tuple),
    st.randoms(use_true_random=False),
)
def test_any_order_of_notifications_and_changes_gives_the_same_site(
    names: tuple[str, ...], random: Random
) -> None:
    """Between the changes of the bucket any work may be done, late, twice or never."""
    world = World()
    for position, name in enumerate(names):
        OPERATIONS[name](world, hours(position))
        for _ in range(random.randrange(5)):
            handle_something(world, random)
    keys = [EVENT, FIRST, OTHER]
    random.shuffle(keys)
    world.notifications += keys
    while world.notifications or world.changes:
        handle_something(world, random)
    assert world.site() == published_in_order(World(), names)


def handle_something(world: World, random: Random) -> None:
    if world.notifications and random.random() < 0.4:
        world.ingestor.ingest(
            world.notifications.pop(random.randrange(len(world.notifications))), IngestReport()
        )
    elif world.changes:
        # A change may be handled again while others are still waiting.
        item_key = random.choice(world.changes)
        if random.random() < 0.8:
            world.changes.remove(item_key)
        world.publish([item_key])


class Interrupted:
    """A ledger that writes the image and publishes all changes during the n-th write of ingest."""

    def __init__(self, world: World, write: int) -> None:
        self._world = world
        self._left = write

    def __getattr__(self, name: str) -> object:
        return getattr(self._world.ledger, name)

    def put(self, record: LedgerItem) -> bool:
        is_written = self._world.ledger.put(record)
        self._left -= 1
        if self._left == 0:
            self._world.settle()
            self._world.source.put(FIRST, WIDE, hours(9))
            self._world.settle()
        return is_written


@pytest.mark.parametrize("before", ["none", "event with another image"])
def test_an_image_that_is_uploaded_while_its_event_is_ingested_is_shown(before: str) -> None:
    """Either the page is made after the image, or the image knows the event; one is enough."""
    writes = 0
    while True:
        writes += 1
        world = Pages()
        if before in OPERATIONS:
            OPERATIONS[before](world, hours(0))
            world.settle()
        OPERATIONS["event"](world, hours(1))
        world.notifications.clear()
        ledger = Interrupted(world, writes)
        Ingestor(world.source, ledger, world.clock).ingest(EVENT, IngestReport())  # type: ignore[arg-type]
        world.settle()
        if ledger._left > 0:
            break
        assert b'width="400" height="300"' in world.site()["news/2026/07/4/river-opens.html"]
    assert writes > 4
