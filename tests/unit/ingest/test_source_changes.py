"""Gazette follows whatever a publisher does to the bucket, and loses no later upload (SPEC V9)."""

from datetime import timedelta

import pytest

from gazette.models.contract import identity
from gazette.models.frozen import rfc3339
from gazette.models.ledger import partitions
from gazette.models.object_version import ObjectVersion
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.unit.publish.worlds import World, hours

KEY = identity.event_key("a")


def shown(world: World) -> str | None:
    """Return the title that the feed of the site shows, None if the event is not live."""
    world.settle()
    entries = world.live(partitions.SITE)
    return entries[0].title if entries else None


def kinds(world: World) -> list[str]:
    number = world.snapshot("a").number
    return [str(world.revision("a", n).entry.kind) for n in range(1, number + 1)]


def world_of(*titles: str) -> World:
    world = World()
    for hour, title in enumerate(titles):
        world.put("a", hours(hour), title=title)
        world.settle()
    world.now = hours(len(titles))
    return world


def test_an_event_comes_back_when_its_delete_marker_is_removed() -> None:
    world = world_of("One")
    world.delete("a", hours(1))
    assert shown(world) is None
    world.now = hours(2)
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    assert shown(world) == "One"
    assert kinds(world) == ["publication", "retraction", "restored"]
    world.put("a", hours(3), title="Two")
    assert shown(world) == "Two"


def test_removing_the_newest_version_shows_the_one_before() -> None:
    world = world_of("One", "Two")
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    assert shown(world) == "One"
    assert kinds(world) == ["publication", "update", "restored"]
    world.put("a", hours(4), title="Three")
    assert shown(world) == "Three"


def test_a_version_that_s3_shows_again_is_read_from_the_ledger() -> None:
    """So it is shown even if S3 does not give it out any more."""
    world = world_of("One", "Two")
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.calls.clear()
    world.ingest("a")
    assert world.newest("a").title == "One"
    assert world.calls["s3.GetObject"] == 0


@pytest.mark.parametrize("keep", [1, 2])
def test_expired_old_versions_change_nothing_and_later_ones_are_published(keep: int) -> None:
    world = world_of("One", "Two", "Three", "Four")
    before = world.site()
    for version in world.source.versions(KEY)[keep:]:
        world.source.remove_version(KEY, version.version_id)
    world.settle()
    assert world.site() == before
    for hour in range(5, 10):
        world.put("a", hours(hour), title=f"Title {hour}")
        assert shown(world) == f"Title {hour}"


def test_removing_a_version_in_the_middle_changes_nothing() -> None:
    world = world_of("One", "Two", "Three")
    before = world.site()
    world.source.remove_version(KEY, world.source.versions(KEY)[1].version_id)
    world.settle()
    assert world.site() == before


def test_an_event_without_any_version_is_withdrawn_and_may_come_back() -> None:
    world = world_of("One", "Two")
    for version in world.source.versions(KEY):
        world.source.remove_version(KEY, version.version_id)
    assert shown(world) is None
    assert kinds(world) == ["publication", "update", "retraction"]
    world.put("a", hours(5), title="Three")
    assert shown(world) == "Three"
    assert world.snapshot("a").number == 4


def test_a_delete_marker_for_a_key_that_never_was_publishes_nothing() -> None:
    world = World()
    world.delete("a", hours(0))
    assert shown(world) is None
    assert world.snapshot("a").number == 0
    world.put("a", hours(1), title="One")
    assert shown(world) == "One"
    assert kinds(world) == ["publication"]


def test_a_suspended_bucket_keeps_one_null_version_and_every_upload_is_published() -> None:
    world = world_of("One")
    world.source.suspend_versioning()
    for hour, title in enumerate(("Two", "Three", "Four"), start=2):
        world.put("a", hours(hour), title=title)
        assert shown(world) == title
    assert len(world.source.versions(KEY)) == 2
    assert kinds(world) == ["publication", "update", "update", "update"]


def test_the_same_bytes_again_make_no_revision_and_write_no_document() -> None:
    """SPEC V13."""
    world = world_of("One")
    world.put("a", hours(2), title="One")
    _, published = world.settle()
    assert published.documents_written == 0
    assert kinds(world) == ["publication"]


def test_the_same_bytes_after_a_withdrawal_bring_the_event_back() -> None:
    world = world_of("One")
    world.delete("a", hours(1))
    world.settle()
    world.put("a", hours(2), title="One")
    assert shown(world) == "One"


def test_a_late_multipart_upload_gets_the_next_number_and_is_superseded() -> None:
    """S3 dates it by its start, so it is listed behind a version that was taken before."""
    world = world_of("One", "Two")
    world.put("a", hours(0.5), title="Late")
    assert shown(world) == "Two"
    assert kinds(world)[2:] == ["update", "restored"]
    world.put("a", hours(5), title="Three")
    assert shown(world) == "Three"


def test_a_bad_version_is_healed_when_it_is_removed() -> None:
    world = world_of("One")
    world.put_raw("a", hours(1), b"{}")
    world.settle()
    assert world.quarantined(KEY) is not None
    assert shown(world) == "One"
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    assert shown(world) == "One"
    assert world.quarantined(KEY) is None
    assert kinds(world) == ["publication"]


def test_a_number_is_given_once_and_to_public_revisions_only() -> None:
    world = world_of("One")
    world.put_raw("a", hours(1), b"{}")
    world.put("a", hours(2), title="One")
    world.put("a", hours(3), title="Two")
    assert shown(world) == "Two"
    assert kinds(world) == ["publication", "update"]


def test_a_long_history_is_taken_whole_and_then_one_version_at_a_time() -> None:
    world = World()
    for number in range(350):
        world.put("a", hours(0) + timedelta(minutes=number), title=f"State {number}")
    assert world.ingest("a").conflicts == 0
    world.publish(world.changes)
    world.changes.clear()
    assert shown(world) == "State 349"
    assert world.snapshot("a").number == 350
    known_until = world.snapshot("a").known_until
    assert known_until is not None
    assert ends_of_listings(world)[KEY] == known_until
    world.put("a", hours(10), title="One more")
    assert shown(world) == "One more"
    assert world.snapshot("a").number == 351


def ends_of_listings(world: World) -> dict[str, int | None]:
    """Ingest an event, and return up to which known version it lists the versions of each key."""
    found: dict[str, int | None] = {}

    class Listed:
        def __getattr__(self, name: str) -> object:
            return getattr(world.source, name)

        def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
            found[key] = known_until
            return world.source.versions(key, known_until)

    ingestor = Ingestor(Listed(), world.ledger, world.clock)  # type: ignore[arg-type]  # by __getattr__
    ingestor.ingest(KEY, IngestReport())
    return found


def test_an_embargoed_event_is_in_no_document_before_its_time() -> None:
    """SPEC V11."""
    world = World()
    world.put("a", hours(0), title="Sekret", published="2026-07-04T12:00:00Z")
    world.settle()
    assert not any(b"Sekret" in body for body in world.site().values())
    world.now = hours(3)
    world.ingest("a")
    assert shown(world) is None
    world.now = hours(4)
    world.ingest("a")
    assert shown(world) == "Sekret"
    entry = world.newest("a")
    assert (entry.published, entry.updated, entry.number) == (hours(4), hours(4), 1)


def test_a_version_before_the_release_replaces_the_held_one() -> None:
    world = World()
    world.put("a", hours(0), title="First", published="2026-07-04T12:00:00Z")
    world.put("a", hours(1), title="Second")
    assert shown(world) == "Second"
    assert kinds(world) == ["publication"]
    world.now = hours(6)
    world.ingest("a")
    assert shown(world) == "Second"


def test_a_later_embargo_of_a_public_event_is_ignored() -> None:
    world = world_of("One")
    world.put("a", hours(1), title="Two", published="2026-07-05T12:00:00Z")
    assert shown(world) == "Two"
    assert world.newest("a").published == hours(0)


def test_an_event_expires_and_an_update_brings_it_back() -> None:
    world = World()
    world.put("a", hours(0), title="One", expires="2026-07-04T10:00:00Z")
    assert shown(world) == "One"
    world.now = hours(2)
    world.ingest("a")
    assert shown(world) is None
    assert kinds(world) == ["publication", "expired"]
    world.put("a", hours(3), title="Two")
    assert shown(world) == "Two"


def test_a_withdrawal_names_what_s3_shows_then_and_the_version_only_if_it_withdraws() -> None:
    """What S3 shows is not withdrawn again (SPEC V9), neither by this run nor by a later one."""
    world = world_of("One")
    world.delete("a", hours(1))
    world.settle()
    marker = world.source.versions(KEY)[0]
    assert version_of(world) == (marker.identity, marker.version_id)
    world = world_of("One")
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.settle()
    assert version_of(world) == ("", "")
    world = World()
    world.put("a", hours(0), expires="2026-07-04T10:00:00Z")
    world.now = hours(2)
    world.settle()
    assert version_of(world) == (world.source.versions(KEY)[0].identity, "")


def version_of(world: World) -> tuple[str, str]:
    """Return the identity and the id of the version of the second revision."""
    revision = world.revision("a", 2)
    assert revision.withdraws
    assert world.snapshot("a").served == revision.identity
    return revision.identity, revision.version_id


TIMES = {"published": "2026-07-04T09:00:00Z", "expires": "2026-07-04T10:00:00Z"}


def test_a_rebuild_agrees_with_what_time_did() -> None:
    """SPEC V8: the order follows from the listing and the clock alone."""
    world = World()
    world.put(
        "a", hours(0), title="One", published="2026-07-04T09:00:00Z", expires="2026-07-04T10:00:00Z"
    )
    for hour in (0.5, 1, 2):
        world.now = hours(hour)
        world.ingest("a")
        world.settle()
    world.put("a", hours(3), title="Two")
    world.settle()
    again = World()
    again.now = hours(4)
    again.put(
        "a", hours(0), title="One", published="2026-07-04T09:00:00Z", expires="2026-07-04T10:00:00Z"
    )
    again.put("a", hours(3), title="Two")
    again.settle()
    assert again.site() == world.site()


@pytest.mark.parametrize("shown_again", [2.5, 6])
def test_a_version_that_was_hidden_while_it_was_due_is_shown_as_a_fresh_archive_shows_it(
    shown_again: float,
) -> None:
    """Whether its life is over or not when S3 shows it again."""
    world = World()
    world.put("a", hours(0), title="One", published=rfc3339(hours(2)), expires=rfc3339(hours(4)))
    world.settle()
    world.delete("a", hours(1))
    world.settle()
    world.now = hours(shown_again)
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    assert shown(world) == ("One" if shown_again < 4 else None)
    world.now = hours(7)
    world.ingest("a")
    world.settle()
    assert kinds(world) == ["publication", "expired"]
    fresh = World()
    fresh.put("a", hours(0), title="One", published=rfc3339(hours(2)), expires=rfc3339(hours(4)))
    fresh.now = hours(7)
    fresh.settle()
    assert world.snapshot("a").expires == fresh.snapshot("a").expires
    assert world.newest("a").published == fresh.newest("a").published == hours(2)
    assert shown_again < 4 or world.site() == fresh.site()
