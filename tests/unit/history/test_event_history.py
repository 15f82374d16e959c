"""What each kind of version makes of an event (SPEC V1 to V7, T6, T7)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gazette.models.frozen import rfc3339
from gazette.models.kinds import RevisionKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import CorrectionRef
from gazette.models.ledger.former_path import FormerPath
from tests.unit.publish.worlds import World, hours

FOXES, BEARS = partitions.topic_partition("foxes"), partitions.topic_partition("bears")
CORRECTION = {"kind": "correction", "note": "The river is longer."}
RETRACTION = {"kind": "retraction", "note": "It never opened."}


def test_the_first_version_is_a_publication() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], category="Nature", revision={"kind": "update"})
    report = world.ingest("a")
    entry = world.newest("a")
    assert report.recorded == [("a", 1, "publication")]
    assert (entry.published, entry.updated, entry.at) == (hours(0), hours(0), hours(0))
    assert entry.base_path == "news/2026/07/4/river-opens"
    for partition in (
        FOXES,
        partitions.category_partition("nature"),
        partitions.SITE,
        partitions.day_partition(date(2026, 7, 4)),
    ):
        assert [entry.event_id for entry in world.live(partition)] == ["a"]


def test_a_later_version_is_an_update_that_moves_updated_and_nothing_else() -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.put("a", hours(5), body="Two.")
    world.ingest("a")
    entry = world.newest("a")
    assert (entry.kind, entry.published, entry.updated) == ("update", hours(0), hours(5))
    assert entry.base_path == world.revision("a", 1).entry.base_path


def test_a_minor_revision_does_not_move_updated() -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.put("a", hours(5), body="Two.", revision={"kind": "minor"})
    world.ingest("a")
    entry = world.newest("a")
    assert (entry.kind, entry.at, entry.updated) == ("minor", hours(5), hours(0))


def test_the_same_document_again_is_no_revision() -> None:
    """SPEC V13."""
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(5))
    assert world.ingest("a").recorded == [("a", 1, "publication")]


def test_the_same_document_after_a_deletion_is_an_update() -> None:
    world = World()
    world.put("a", hours(0))
    world.delete("a", hours(1))
    world.put("a", hours(5))
    world.ingest("a")
    assert [world.revision("a", n).entry.kind for n in (1, 2, 3)] == [
        "publication",
        "retraction",
        "update",
    ]
    assert [entry.number for entry in world.live(partitions.SITE)] == [3]


def test_a_document_that_differs_in_its_note_alone_is_a_correction() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(5), revision=CORRECTION)
    world.ingest("a")
    assert world.newest("a").kind is RevisionKind.CORRECTION
    assert world.newest("a").note == CORRECTION["note"]
    assert world.revision("a", 1).entry.kind is RevisionKind.PUBLICATION


@pytest.mark.parametrize("by", ["document", "deletion"])
def test_a_retraction_leaves_every_time_line(by: str) -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    if by == "document":
        world.put("a", hours(2), topics=["Foxes"], revision=RETRACTION)
    else:
        world.delete("a", hours(2))
    world.ingest("a")
    assert world.snapshot("a").live == ()
    assert world.live(FOXES) == []
    assert world.live(partitions.SITE) == []
    entry = world.newest("a")
    assert (entry.kind, entry.updated, entry.published) == ("retraction", hours(2), hours(0))
    assert entry.note == (RETRACTION["note"] if by == "document" else None)


def test_a_first_version_can_be_a_retraction() -> None:
    world = World()
    world.put("a", hours(0), revision=RETRACTION)
    world.ingest("a")
    assert world.newest("a").kind is RevisionKind.RETRACTION
    assert world.live(partitions.SITE) == []


def test_a_deletion_of_a_withdrawn_event_is_counted_and_changes_nothing() -> None:
    world = World()
    world.delete("a", hours(0))
    assert world.ingest("a").recorded == []
    assert (world.snapshot("a").number, world.snapshot("a").revision) == (0, None)
    world.put("a", hours(1))
    world.delete("a", hours(2))
    world.delete("a", hours(3))
    assert world.ingest("a").recorded == [("a", 1, "publication"), ("a", 2, "retraction")]
    assert world.snapshot("a").number == 2


def test_a_dropped_topic_is_left_and_a_new_one_entered() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("a", hours(1), topics=["Bears"])
    world.ingest("a")
    assert world.live(FOXES) == []
    assert [entry.number for entry in world.live(BEARS)] == [2]


def test_a_new_title_moves_the_path_and_each_former_one_is_remembered_but_the_first() -> None:
    """The first path is in every entry, and leads to the current one."""
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(1), title="River closes")
    world.put("a", hours(2), title="River opens", date="2026-07-05")
    world.put("a", hours(3))
    world.put("a", hours(4), title="River closes")
    world.ingest("a")
    base_paths = ["news/2026/07/4/river-opens", "news/2026/07/4/river-closes"]
    assert [world.revision("a", number).entry.base_path for number in (1, 2, 4, 5)] == (
        base_paths * 2
    )
    former = world.ledger.scan(partitions.event_partition("a"), keys.FORMER)
    assert [(item.key, FormerPath.model_validate_json(item.payload).number) for item in former] == [
        (keys.former_key("a", base_paths[1]), 3),
        (keys.former_key("a", "news/2026/07/5/river-opens"), 4),
    ]


def test_every_correction_of_an_event_is_listed_apart_from_its_revisions() -> None:
    """SPEC V12; a page reads these, and not the history. A first version corrects nothing."""
    world = World()
    world.put("a", hours(0), revision=CORRECTION)
    world.put("a", hours(1), revision=CORRECTION, body="Two.")
    world.put("a", hours(2), title="River closes", body="Three.")
    world.put("a", hours(3), title="River closes", revision=RETRACTION)
    world.put("a", hours(4), title="River closes", revision=CORRECTION)
    world.ingest("a")
    items = world.ledger.scan(partitions.event_partition("a"), keys.CORRECTION)
    found = [CorrectionRef.model_validate_json(item.payload) for item in items]
    assert [(one.number, one.at, one.note) for one in found] == [
        (2, hours(1), CORRECTION["note"]),
        (5, hours(4), CORRECTION["note"]),
    ]
    assert [one.base_path.rpartition("/")[2] for one in found] == ["river-opens", "river-closes"]


def test_a_slug_of_the_publisher_goes_before_the_title() -> None:
    world = World()
    world.put("a", hours(0), slug="Day of the river")
    world.ingest("a")
    assert world.newest("a").base_path == "news/2026/07/4/day-of-the-river"


def test_times_of_the_publisher_are_used_unless_they_are_in_the_future() -> None:
    world = World()
    said = {"published": "2020-01-01T00:00:00Z", "modified": "2021-01-01T00:00:00Z"}
    world.put("a", hours(0), **said)
    world.put("b", hours(0), title="B", modified="2998-01-01T00:00:00Z")
    world.put("b", hours(1), title="B", modified="2999-01-01T00:00:00Z")
    world.ingest("a", "b")
    a = world.newest("a")
    assert a.published == datetime(2020, 1, 1, tzinfo=UTC)
    assert a.at == a.updated == datetime(2021, 1, 1, tzinfo=UTC)
    assert world.revision("b", 1).entry.published == hours(0)
    assert (world.newest("b").published, world.newest("b").updated) == (hours(0), hours(1))


def test_updated_never_goes_back() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(5), body="Two.", modified="2020-01-01T00:00:00Z")
    world.ingest("a")
    world.delete("a", hours(-5))
    world.ingest("a")
    assert world.revision("a", 2).entry.updated == hours(5)
    assert world.newest("a").updated == hours(5) + timedelta(seconds=1)


def test_revisions_are_chained_by_their_hashes() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(0), body="Two.")
    world.delete("a", hours(0))
    world.ingest("a")
    first, second, third = (world.revision("a", number) for number in (1, 2, 3))
    assert first.previous_sha256 is None
    assert second.previous_sha256 == first.entry.sha256
    assert third.previous_sha256 == second.entry.sha256
    assert third.content_sha256 is None
    assert len({first.entry.sha256, second.entry.sha256, third.entry.sha256}) == 3


def test_an_entry_carries_what_a_feed_needs_and_a_day_goes_without_the_text() -> None:
    world = World()
    world.put(
        "a",
        hours(0),
        body="First *paragraph*.\n\nSecond.",
        sources=[
            {"url": "https://www.a.example/1", "published": "2026-07-03"},
            {"url": "https://b.example/2", "title": "Two", "published": "2026-07-03T10:00:00Z"},
        ],
        image={"key": "images/a.png", "alt": "A river"},
        topics=["Foxes"],
    )
    world.ingest("a")
    (entry,) = world.live(FOXES)
    assert entry.summary == "First paragraph."
    assert entry.body == "First *paragraph*.\n\nSecond."
    assert entry.has_full_text
    assert [(s.title, s.published) for s in entry.sources] == [
        ("a.example", "2026-07-03"),
        ("Two", "2026-07-03T10:00:00Z"),
    ]
    assert entry.image is not None
    assert entry.image.path == "image/a.png"
    (brief,) = world.live(partitions.day_partition(date(2026, 7, 4)))
    assert (brief.body, brief.has_full_text) == (None, False)


def test_a_text_too_long_to_be_carried_leaves_its_summary() -> None:
    world = World()
    world.put(
        "a", hours(0), body="Long. " * 11_000, image={"url": "https://a.example/", "alt": "A"}
    )
    world.ingest("a")
    (entry,) = world.live(partitions.SITE)
    assert (entry.body, entry.has_full_text) == (None, False)
    assert entry.summary.startswith("Long. Long.")
    assert entry.image is not None
    assert entry.image.url == "https://a.example/"


def test_an_event_without_text_says_all_there_is() -> None:
    world = World()
    world.put("a", hours(0), summary="Two\nlines.")
    world.put("b", hours(0), title="B")
    world.ingest("a", "b")
    assert [(e.summary, e.has_full_text) for e in world.live(partitions.SITE)] == [
        ("Two lines.", True),
        ("", True),
    ]


def test_published_is_that_of_the_first_revision_whatever_a_later_document_says() -> None:
    """SPEC V4, V11: an entry that moved on its time line would be missed or shown twice."""
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(1), published="2020-01-01T00:00:00Z")
    world.put("a", hours(2), body="Three.")
    world.ingest("a")
    published = [world.revision("a", number).entry.published for number in (1, 2, 3)]
    assert published == [hours(0)] * 3


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ({}, hours(0)),
        ({"modified": rfc3339(hours(-9))}, hours(-9)),
        ({"modified": rfc3339(hours(9))}, hours(0)),
        ({"modified": rfc3339(hours(-9)), "published": rfc3339(hours(-5))}, hours(-5)),
    ],
    ids=["nothing", "modified before", "modified ahead", "both"],
)
def test_without_published_an_earlier_modified_dates_the_first_publication(
    said: dict[str, object], published: datetime
) -> None:
    world = World()
    world.put("a", hours(0), **said)
    world.put("a", hours(1), body="Two.", modified=rfc3339(hours(-20)))
    world.settle()
    assert world.newest("a").published == published
