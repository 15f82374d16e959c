"""The site is a pure function of the source bucket (DESIGN.md, promise 1; SPEC X6, X7, V8)."""

from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette.models.tasks.reports import IngestReport
from gazette.models.views.site_document import Document
from tests.property.versions import Version, histories, moments_of
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, World

# No two events prefer the same path: only the ledger knows which was first.
NAMES = ("a", "b", "2026/c d")
HISTORIES = st.fixed_dictionaries(
    {name: histories(st.sampled_from((f"River {name}", f"Sea {name}")), 4) for name in NAMES}
)
RANDOMS = st.randoms(use_true_random=False)


def in_order(all_histories: dict[str, list[Version]]) -> list[tuple[str, Version, int]]:
    """Return the changes of all events in the order of time, each with its number."""
    changes = [
        (at, name, number, version)
        for name, history in all_histories.items()
        for number, (version, at) in enumerate(zip(history, moments_of(history), strict=True))
    ]
    changes.sort(key=lambda change: (change[0], change[2], change[1]))
    return [(name, version, number) for _, name, number, version in changes]


def apply(world: World, name: str, version: Version, history: list[Version], number: int) -> None:
    at = moments_of(history)[number]
    if version.raw is None:
        world.delete(name, at)
    else:
        world.put_raw(name, at, version.raw)


def start() -> World:
    world = World()
    world.source.put("images/a.png", PNG, MORNING)
    return world


def published_in_order(all_histories: dict[str, list[Version]]) -> dict[str, bytes]:
    world = start()
    world.settle()
    for name, version, number in in_order(all_histories):
        apply(world, name, version, all_histories[name], number)
        world.settle()
    return world.site()


def do_something(world: World, random: Random) -> None:
    """Handle any waiting notification or change; or lose a notification, or repeat some of both."""
    kind = random.choice(("ingest", "ingest", "publish", "publish", "lose", "again"))
    if kind == "ingest" and world.notifications:
        world.ingestor.ingest(
            world.notifications.pop(random.randrange(len(world.notifications))), IngestReport()
        )
    elif kind == "publish" and world.changes:
        world.publish([world.changes.pop(random.randrange(len(world.changes)))])
    elif kind == "lose" and world.notifications:
        world.notifications.pop(random.randrange(len(world.notifications)))
    elif kind == "again":
        world.notifications += random.sample(world.notifications, min(2, len(world.notifications)))
        world.changes += random.sample(world.changes, min(2, len(world.changes)))


def finish(world: World, random: Random) -> None:
    """Reconcile every key, then publish in any order until no change is left."""
    every_key = [f"events/{name}.json" for name in NAMES] + ["images/a.png"]
    random.shuffle(every_key)
    for key in every_key:
        world.ingestor.ingest(key, IngestReport())
    while world.changes:
        batch = list(dict.fromkeys(world.changes))
        world.changes.clear()
        random.shuffle(batch)
        world.publish(batch)


@given(HISTORIES, RANDOMS)
@settings(max_examples=settings().max_examples // 2)
def test_any_order_of_notifications_and_changes_gives_the_same_site(
    all_histories: dict[str, list[Version]], random: Random
) -> None:
    world = start()
    for name, version, number in in_order(all_histories):
        apply(world, name, version, all_histories[name], number)
        for _ in range(random.randrange(4)):
            do_something(world, random)
    finish(world, random)
    assert world.site() == published_in_order(all_histories)


@given(HISTORIES, RANDOMS)
@settings(max_examples=settings().max_examples // 3)
def test_a_rebuild_from_the_source_bucket_gives_the_same_site(
    all_histories: dict[str, list[Version]], random: Random
) -> None:
    """SPEC V8: everything at once, like a backfill, into an empty ledger and site."""
    world = start()
    for name, version, number in in_order(all_histories):
        apply(world, name, version, all_histories[name], number)
    world.notifications.clear()
    finish(world, random)
    assert world.site() == published_in_order(all_histories)


class CrashError(Exception):
    """The function was killed."""


class Mortal:
    """A site that accepts a number of writes and then crashes."""

    def __init__(self, store: MemorySiteStore, writes: int) -> None:
        self._store = store
        self._writes = writes

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return self._store.etags(paths)

    def etags_below(self, prefix: str) -> dict[str, str]:
        return self._store.etags_below(prefix)

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        for document in documents:
            self._writes -= 1
            if self._writes < 0:
                raise CrashError
            self._store.write([document], seen)

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        self._store.remove(paths, seen)


@given(HISTORIES, RANDOMS)
@settings(max_examples=settings().max_examples // 3)
def test_crashes_while_publishing_and_retries_give_the_same_site(
    all_histories: dict[str, list[Version]], random: Random
) -> None:
    world = start()
    for name, version, number in in_order(all_histories):
        apply(world, name, version, all_histories[name], number)
        world.ingestor.ingest(world.notifications.pop(), IngestReport())
        for position in [position for position in world.changes if random.random() < 0.5]:
            try:
                world.publish([position], Mortal(world.store, random.randrange(5)))
            except CrashError:
                continue
            world.changes.remove(position)
    finish(world, random)
    assert world.site() == published_in_order(all_histories)
