"""A published image stays on the site though its version cannot be read any more.

Nothing that was published has to be read again from S3 (DESIGN.md).
"""

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.tasks.reports import IngestReport
from gazette.ports import UnreadableVersionError
from tests.unit.images.image_files import PNG, image_file
from tests.unit.publish.worlds import World, hours

KEY = "images/a.png"


def with_image(world: World, raw: bytes) -> str:
    version_id = world.source.put(KEY, raw, hours(0))
    world.settle()
    return version_id


@pytest.mark.parametrize("raw", [PNG, image_file(400, 300)], ids=["small", "with thumbnails"])
def test_an_image_that_stands_stays_with_its_thumbnails(raw: bytes) -> None:
    world = World()
    version_id = with_image(world, raw)
    before = world.site()
    world.source.deny(KEY, version_id)
    world.publish([keys.image_key(KEY)])
    assert world.site() == before


def test_the_events_of_an_image_that_cannot_be_read_learn_of_it() -> None:
    world = World()
    version_id = with_image(world, PNG)
    world.source.deny(KEY, version_id)
    world.put("a", hours(1), image={"key": KEY, "alt": "A fox"})
    world.ingest("a")
    world.changes.clear()
    world.publish([keys.image_key(KEY)])
    request = keys.rebuild_request_key(
        partitions.event_partition("a"), str(keys.image_key(KEY).partition)
    )
    assert request in world.changes


def test_an_image_that_is_not_there_fails_with_the_advice_for_its_publisher() -> None:
    world = World()
    version_id = world.source.put(KEY, PNG, hours(0))
    world.ingestor.ingest(KEY, report := IngestReport())
    assert report.images == 1
    world.source.deny(KEY, version_id)
    with pytest.raises(UnreadableVersionError, match="upload it again"):
        world.publish([keys.image_key(KEY)])
    world.source.put(KEY, PNG, hours(1))
    world.settle()
    assert world.site()["image/a.png"] == PNG


def test_an_image_that_is_deleted_goes_though_it_could_not_be_read() -> None:
    world = World()
    version_id = with_image(world, PNG)
    world.source.deny(KEY, version_id)
    world.source.delete(KEY, hours(1))
    world.settle()
    assert world.site() == {}
