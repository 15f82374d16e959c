"""Ingest that dies between two writes, when what it has written is published at once."""

import pytest

from gazette.models.contract import identity
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.property.test_event_history import CrashError, Mortal
from tests.unit.feeds.test_update_feeds import STEPS
from tests.unit.publish.worlds import World, hours

NAME = "a"


def arriving(recorded: int, last: int) -> World:
    """Return a world where the first versions are published and the others wait for ingest."""
    world = World()
    for hour, (fields, _, _) in enumerate(STEPS[:last]):
        world.put(NAME, hours(hour), topics=["Foxes"], category="Nature", **fields)
        if hour < recorded:
            world.settle()
    return world


@pytest.mark.parametrize(("recorded", "last"), [(0, 4), (1, 4), (2, 3), (4, 6)])
def test_a_crash_at_any_write_and_a_retry_end_in_the_same_site(recorded: int, last: int) -> None:
    """A page follows the first update although nothing else of its time line is written again."""
    whole = arriving(recorded, last)
    whole.settle()
    is_whole = False
    for writes in range(100):
        world = arriving(recorded, last)
        world.notifications.clear()
        ingestor = Ingestor(world.source, Mortal(world, writes, late=False), world.clock)
        try:
            ingestor.ingest(identity.event_key(NAME), IngestReport())
            is_whole = True
        except CrashError:
            world.settle()
            world.ingest(NAME)
        world.settle()
        assert world.site() == whole.site()
        if is_whole:
            break
    assert is_whole
