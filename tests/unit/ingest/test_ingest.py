from contextlib import suppress
from datetime import datetime

import pytest

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import ImageSnapshot
from gazette.models.limits import MAX_IMAGE_BYTES
from gazette.models.tasks.reports import IngestReport
from tests.unit.erasures.erasing import put_erasure
from tests.unit.images.image_files import GIF, PNG
from tests.unit.publish.worlds import World, hours


def ingest(world: World, key: str) -> IngestReport:
    report = IngestReport()
    world.ingestor.ingest(key, report)
    return report


def test_a_stale_notification_reads_and_writes_nothing() -> None:
    world = World()
    world.put("a", hours(0))
    world.ingest("a")
    before = world.records()
    world.calls.clear()
    report = world.ingest("a")
    assert (report.stale, report.recorded) == (1, [])
    assert world.records() == before
    assert world.calls == {
        "dynamodb.GetItem": 1,
        "s3.ListObjectVersions": 2,  # of the event, and of its erasures
        "dynamodb.Query": 1,  # for a revision of a run that did not finish
    }


def test_a_notification_of_a_key_that_never_existed_is_stale() -> None:
    world = World()
    assert world.ingest("a").stale == 1
    assert world.records() == {}


def test_a_report_has_the_results_of_all_events_of_a_batch() -> None:
    world = World()
    for name in ("a", "b"):
        world.put(name, hours(0), title=name)
        put_erasure(world, name, hours(1), b"{")
        world.put_raw(f"bad-{name}", hours(0), b"{}")
    report = world.ingest("a", "bad-a", "b", "bad-b", "a", "b")
    assert report.recorded == [("a", 1, "publication"), ("b", 1, "publication")]
    assert report.stale == 2
    assert [one.key for one in report.quarantined] == [
        "erasures/a.json",
        "events/bad-a.json",
        "erasures/b.json",
        "events/bad-b.json",
    ]


def test_only_versions_not_yet_recorded_are_read_from_s3() -> None:
    world = World()
    world.put("a", hours(0))
    world.ingest("a")
    world.put("a", hours(1), body="Two.")
    world.put("a", hours(2), body="Three.")
    world.calls.clear()
    assert world.ingest("a").recorded == [("a", 2, "update"), ("a", 3, "update")]
    assert world.calls["s3.GetObject"] == 2


def test_events_that_prefer_one_path_have_it_by_turns() -> None:
    world = World()
    for name in "abcdefg":
        world.put(name, hours(0))
    world.ingest(*"abcdefg")
    base_path = "news/2026/07/4/river-opens"
    assert [world.newest(name).base_path for name in "abcde"] == [
        base_path,
        *(f"{base_path}-{number}" for number in (2, 3, 4, 5)),
    ]
    assert len({world.newest(name).base_path for name in "abcdefg"}) == 7


def test_an_event_stays_where_it_is_when_its_preferred_path_is_still_taken() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("b", hours(0))
    world.put("b", hours(1), body="Two.")
    world.ingest("a", "b")
    assert world.newest("b").base_path == "news/2026/07/4/river-opens-2"
    assert world.snapshot("b").revision is not None
    assert world.revision("b", 2).former_paths == ()


def test_an_event_called_index_does_not_take_the_page_of_its_day() -> None:
    world = World()
    world.put("a", hours(0), title="Index")
    world.ingest("a")
    assert world.newest("a").base_path == "news/2026/07/4/index-2"


def test_a_path_that_nobody_can_have_is_an_error_to_look_into() -> None:
    world = World()

    class Grabbing:
        def __getattr__(self, name: str) -> object:
            return getattr(world.ledger, name)

        def claim(self, base_path: str, event_id: str) -> str:
            return f"not {event_id} at {base_path}"

    world.put("a", hours(0))
    ingestor = type(world.ingestor)(world.source, Grabbing(), world.clock)  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="no path is left for a at news/2026/07/4/river-opens"):
        ingestor.ingest("events/a.json", IngestReport())


def put_image(world: World, raw: bytes, at: datetime) -> None:
    world.source.put("images/a.png", raw, at)


def image(world: World) -> ImageSnapshot:
    return ImageSnapshot.model_validate_json(
        world.records()[keys.image_key("images/a.png")].payload
    )


def test_an_image_is_recorded_by_its_newest_version() -> None:
    world = World()
    put_image(world, PNG, hours(0))
    put_image(world, GIF, hours(1))
    report = ingest(world, "images/a.png")
    assert report.images == 1
    assert (image(world).version_id, image(world).media_type) == ("v2", "image/gif")
    assert (image(world).width, image(world).height) == (5, 6)
    assert ingest(world, "images/a.png").stale == 1


def test_a_deleted_image_is_gone_and_may_come_back() -> None:
    world = World()
    put_image(world, PNG, hours(0))
    world.source.delete("images/a.png", hours(1))
    ingest(world, "images/a.png")
    assert world.records()[keys.image_key("images/a.png")].deleted
    put_image(world, PNG, hours(2))
    assert ingest(world, "images/a.png").images == 1
    assert not world.records()[keys.image_key("images/a.png")].deleted


def test_a_notification_of_an_image_that_never_existed_is_stale() -> None:
    assert ingest(World(), "images/a.png").stale == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<svg/>", "image: is an SVG, which can contain scripts; export it as PNG or WebP"),
        (
            PNG + bytes(MAX_IMAGE_BYTES),
            f"image: is {20_971_520 + len(PNG):,} bytes; at most 20,971,520 are taken",
        ),
    ],
)
def test_an_unusable_image_is_quarantined_and_the_last_good_one_stays(
    raw: bytes, reason: str
) -> None:
    world = World()
    put_image(world, PNG, hours(0))
    ingest(world, "images/a.png")
    put_image(world, raw, hours(1))
    report = ingest(world, "images/a.png")
    (refused,) = report.quarantined
    assert refused.key == "images/a.png"
    assert refused.reason.startswith(reason)
    assert image(world).version_id == "v1"
    kept = world.quarantined("images/a.png")
    assert kept is not None
    assert (kept.key, kept.version_id, kept.at) == ("images/a.png", "v2", hours(1))


def test_an_image_that_cannot_be_decoded_is_quarantined_once() -> None:
    world = World()
    put_image(world, PNG[:45], hours(0))
    assert "image: cannot be decoded as PNG" in ingest(world, "images/a.png").quarantined[0].reason
    world.calls.clear()
    assert ingest(world, "images/a.png").stale == 1
    assert world.calls["s3.GetObject"] == 0


def test_the_last_good_image_is_found_behind_bad_ones_that_nobody_met_before() -> None:
    """As a rebuild meets it: the site must not depend on when a notification was handled."""
    world = World()
    for number, raw in enumerate((PNG, GIF, b"<svg/>", b"")):
        put_image(world, raw, hours(number))
    report = ingest(world, "images/a.png")
    assert (report.images, len(report.quarantined)) == (1, 1)
    assert image(world).version_id == "v2"
    kept = world.quarantined("images/a.png")
    assert kept is not None
    assert kept.version_id == "v4"


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_crash_between_the_good_image_and_the_bad_one_is_made_good(writes: int) -> None:
    world = World()
    put_image(world, PNG, hours(0))
    put_image(world, b"<svg/>", hours(1))

    class Dying:
        left = writes

        def __getattr__(self, name: str) -> object:
            return getattr(world.ledger, name)

        def put(self, record: LedgerItem) -> bool:
            if self.left == 0:
                raise InterruptedError
            self.left -= 1
            return world.ledger.put(record)

    ingestor = type(world.ingestor)(world.source, Dying(), world.clock)  # type: ignore[arg-type]
    with suppress(InterruptedError):
        ingestor.ingest("images/a.png", IngestReport())
    ingest(world, "images/a.png")
    assert image(world).version_id == "v1"
    assert world.quarantined("images/a.png") is not None


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (f"images/{'ä' * 450}.png", "key: is longer than 900 bytes"),
        ("images/../a.png", "key: has an empty or relative path segment"),
        ("images//a.png", "key: has an empty or relative path segment"),
        ("images/a\\b.png", "key: has a backslash or an unprintable character"),
        ("images/a\x00.png", "key: has a backslash or an unprintable character"),
    ],
)
def test_an_image_whose_key_is_no_path_is_quarantined_unread(key: str, reason: str) -> None:
    world = World()
    world.source.put(key, PNG, hours(0))
    (refused,) = ingest(world, key).quarantined
    assert refused.key == key
    assert refused.reason.startswith(f"{reason}; ")
    assert world.calls["s3.GetObject"] == 0


def test_a_good_image_heals_a_bad_one() -> None:
    world = World()
    put_image(world, b"<svg/>", hours(0))
    ingest(world, "images/a.png")
    put_image(world, PNG, hours(1))
    ingest(world, "images/a.png")
    assert world.quarantined("images/a.png") is None
    assert image(world).version_id == "v2"
