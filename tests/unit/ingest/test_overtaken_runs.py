"""A run for a file or a refused key that another one, with a newer change, overtakes anywhere."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from gazette.models.contract import identity
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import ImageSnapshot
from gazette.models.limits import MAX_KEY_BYTES
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.unit.images.image_files import GIF, PNG
from tests.unit.publish.worlds import World, hours

IMAGE = "images/a.png"
REFUSED = f"events/{'x' * MAX_KEY_BYTES}.json"
IGNORED = "a.json"
STATIC = "static/site.css"
# The calls of a run after which another one may begin; a run for one version makes fewer.
CALLS = 24
CHANGES = ("good", "other", "bad", "worse", "deleted", "removed")
BODIES = {"good": PNG, "other": GIF, "bad": b"<html>", "worse": b"PNG"}


class Interrupted:
    """A port that runs something before one of its calls, counted together with its neighbour's."""

    def __init__(self, port: object, before_call: Callable[[], None]) -> None:
        self._port = port
        self._before_call = before_call

    def __getattr__(self, name: str) -> object:
        self._before_call()
        return getattr(self._port, name)


def change(world: World, key: str, kind: str, at: float) -> None:
    if kind in BODIES:
        world.source.put(key, BODIES[kind], hours(at))
    elif kind == "deleted":
        world.source.delete(key, hours(at))
    elif versions := world.source.versions(key):
        world.source.remove_version(key, versions[0].version_id)


def ingest_overtaken(world: World, key: str, call: int, meanwhile: Callable[[], None]) -> bool:
    """Ingest a key; before a certain call something else happens. Return whether it did."""
    calls = 0

    def before_call() -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            meanwhile()

    source, ledger = Interrupted(world.source, before_call), Interrupted(world.ledger, before_call)
    ingestor = Ingestor(source, ledger, world.clock)  # type: ignore[arg-type]  # by __getattr__
    ingestor.ingest(key, IngestReport())
    return calls >= call


def recorded(world: World, key: str) -> tuple[str, str]:
    """Return the versions that the snapshot of an image shows, and that the quarantine holds."""
    item = world.ledger.get(keys.image_key(key)) if identity.is_file_key(key) else None
    shown = ImageSnapshot.model_validate_json(item.payload).version_id if item else ""
    held = world.quarantined(key)
    return shown, held.version_id if held else ""


def recorded_in_order(source: World, key: str) -> tuple[str, str]:
    """Return the same for a ledger that reads the source bucket for the first time."""
    fresh = World()
    fresh.source = source.source
    Ingestor(source.source, fresh.ledger, fresh.clock).ingest(key, IngestReport())
    return recorded(fresh, key)


@pytest.mark.parametrize("key", [IMAGE, STATIC, REFUSED, IGNORED])
@pytest.mark.parametrize("before", CHANGES)
@pytest.mark.parametrize("after", CHANGES)
def test_the_record_is_that_of_the_newest_change(key: str, before: str, after: str) -> None:
    """Each run is overtaken before each of its calls, and is not delivered again."""
    for first in ("good", "bad"):
        for call in range(1, CALLS):
            world = World()
            change(world, key, first, 0)
            world.ingestor.ingest(key, IngestReport())
            change(world, key, before, 1)

            def overtake(world: World = world) -> None:
                change(world, key, after, 2)
                world.ingestor.ingest(key, IngestReport())

            happened = ingest_overtaken(world, key, call, overtake)
            assert recorded(world, key) == recorded_in_order(world, key), (first, call)
            if not happened:
                break
        else:
            pytest.fail(f"a run makes more than {CALLS} calls")


@pytest.mark.parametrize("key", [IMAGE, STATIC, REFUSED, IGNORED])
def test_changes_one_by_one_end_in_the_record_of_the_newest(key: str) -> None:
    world = World()
    for number, (first, second) in enumerate(pairwise(CHANGES * 3)):
        for offset, kind in enumerate((first, second)):
            change(world, key, kind, 2 * number + offset)
            world.ingestor.ingest(key, IngestReport())
            assert recorded(world, key) == recorded_in_order(world, key)
