"""What ingest keeps of a revision for the feeds of updates and corrections (SPEC V3, V4)."""

import json

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import partitions
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.ledger.update import UpdateEntry
from gazette.models.limits import MAX_CHANGES_BYTES
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.projections.diff.fields import OTHER
from gazette.projections.items.updates import shortened
from tests.unit.pages.revision_examples import deleted, inserted, kept
from tests.unit.publish.worlds import World, hours

FOXES, BEARS = partitions.topic_partition("foxes"), partitions.topic_partition("bears")
NATURE = partitions.category_partition("nature")
CORRECTION = {"kind": "correction", "note": "The river is longer."}
RETRACTION = {"kind": "retraction", "note": "It never opened."}


def updates(world: World, timeline: Partition = partitions.SITE) -> list[UpdateEntry]:
    return kept_in(world, partitions.updates_partition(timeline))


def corrections(world: World, timeline: Partition = partitions.SITE) -> list[UpdateEntry]:
    return kept_in(world, partitions.corrections_partition(timeline))


def kept_in(world: World, partition: Partition) -> list[UpdateEntry]:
    records = world.ledger.scan(partition)
    return [UpdateEntry.model_validate_json(record.payload) for record in records]


def numbers(entries: list[UpdateEntry]) -> list[int]:
    return [entry.number for entry in entries]


def test_an_update_is_shown_to_the_site_and_to_every_topic_and_category_of_the_event() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], category="Nature", body="One.")
    world.put("a", hours(1), topics=["Foxes", "Bears"], category="Nature", body="Two.")
    world.ingest("a")
    for timeline in (partitions.SITE, FOXES, BEARS, NATURE):
        assert numbers(updates(world, timeline)) == [2]
        assert corrections(world, timeline) == []
    (update,) = updates(world)
    assert (update.kind, update.at, update.note) == ("update", hours(1), None)
    assert update.predecessor_path == "news/2026/07/4/river-opens.r1"


def test_a_correction_is_shown_to_both() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], body="One.")
    world.put("a", hours(1), topics=["Foxes"], body="Two.", revision=CORRECTION)
    world.ingest("a")
    for timeline in (partitions.SITE, FOXES):
        assert updates(world, timeline) == corrections(world, timeline)
        assert [entry.note for entry in corrections(world, timeline)] == [CORRECTION["note"]]


def test_a_first_version_and_a_minor_edit_are_no_updates() -> None:
    world = World()
    world.put("a", hours(0), body="One.", revision=CORRECTION)
    world.put("a", hours(1), body="Two.", revision={"kind": "minor"})
    world.put("b", hours(1), title="B", revision=RETRACTION)
    world.ingest("a", "b")
    assert updates(world) == corrections(world) == []


@pytest.mark.parametrize("by", ["document", "deletion"])
def test_a_retraction_is_shown_where_the_event_stood(by: str) -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], category="Nature")
    if by == "document":
        world.put("a", hours(1), topics=["Bears"], revision=RETRACTION)
    else:
        world.delete("a", hours(1))
    world.ingest("a")
    for timeline in (partitions.SITE, FOXES, NATURE):
        assert numbers(updates(world, timeline)) == numbers(corrections(world, timeline)) == [2]
    assert updates(world, BEARS) == []
    (retraction,) = corrections(world)
    assert [topic.label for topic in retraction.topics] == ["Foxes"]
    assert retraction.changes == ()


def test_a_second_retraction_is_shown_on_the_last_time_lines_of_the_event() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("a", hours(1), revision=RETRACTION)
    world.put("a", hours(2), topics=["Bears"], revision=RETRACTION | {"note": "It did not."})
    world.ingest("a")
    assert numbers(corrections(world, FOXES)) == [2, 3]
    assert corrections(world, BEARS) == []


def test_a_retraction_of_an_unpublished_event_is_no_update() -> None:
    """There is no page of the time lines it never stood on, and no reader who has seen it."""
    world = World()
    world.put("a", hours(0), topics=["Foxes"], revision=RETRACTION)
    world.put("a", hours(1), topics=["Foxes"], revision=RETRACTION | {"note": "Again."})
    world.ingest("a")
    assert updates(world, FOXES) == updates(world) == []


def test_an_update_stays_with_the_topic_that_the_event_leaves_later() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("a", hours(1), topics=["Foxes"], body="Two.")
    world.put("a", hours(2), topics=["Bears"], body="Two.")
    world.ingest("a")
    assert numbers(updates(world, FOXES)) == [2]
    assert numbers(updates(world, BEARS)) == [3]
    assert numbers(updates(world)) == [2, 3]


def test_updates_stand_in_the_order_of_time() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("b", hours(0), title="B")
    world.put("b", hours(1), title="B", body="Two.")
    world.put("a", hours(2), body="Two.")
    world.ingest("a", "b")
    assert [entry.event_id for entry in updates(world)] == ["b", "a"]


@pytest.mark.parametrize("is_folded", [True, False])
def test_the_revision_is_the_first_record_and_update_entries_come_before_the_time_lines(
    *, is_folded: bool
) -> None:
    """A page links to a feed of updates where there are any, and must be made after them."""
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    if not is_folded:
        world.ingest("a")
        world.changes.clear()
    world.put("a", hours(1), topics=["Foxes"], revision=CORRECTION)
    world.ingest("a")
    written = [
        item_key.partition
        for item_key in world.changes
        if item_key.partition.kind not in {PartitionKind.DOCUMENT, PartitionKind.PATH}
    ]
    assert written[0] == partitions.event_partition("a")
    assert written[-1] == partitions.event_partition("a")
    for timeline in (partitions.SITE, FOXES):
        shown = max(
            written.index(partitions.updates_partition(timeline)),
            written.index(partitions.corrections_partition(timeline)),
        )
        assert shown < written.index(timeline)


@pytest.mark.parametrize("is_folded", [True, False])
def test_an_update_carries_what_it_changed(is_folded: bool) -> None:
    world = World()
    world.put("a", hours(0), body="It opens at six.")
    if not is_folded:
        world.ingest("a")
    world.put("a", hours(1), body="It opens at seven.")
    world.ingest("a")
    (update,) = updates(world)
    (change,) = update.changes
    assert change == FieldChange(
        "Text", ((kept("It opens at "), deleted("six"), inserted("seven"), kept(".")),)
    )


def test_an_update_is_compared_with_the_last_version_that_kept_the_contract() -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.ingest("a")
    world.put_raw("a", hours(1), b"{}")
    world.ingest("a")
    world.put("a", hours(2), body="Two.")
    world.ingest("a")
    (update,) = updates(world)
    assert [change.label for change in update.changes] == ["Text"]
    assert update.predecessor_path == "news/2026/07/4/river-opens.r1"


def test_a_minor_version_that_s3_shows_again_says_what_it_changed() -> None:
    """SPEC V5. Its kind is `restored` then, and every reader has seen the version before."""
    world = World()
    world.put("a", hours(0), body="One.")
    world.put("a", hours(1), body="Two.", revision={"kind": "minor"})
    world.put("a", hours(2), body="Three.", revision={"kind": "minor"})
    world.ingest("a")
    key = event_key("a")
    world.source.remove_version(key, world.source.versions(key)[0].version_id)
    world.now = hours(3)
    world.ingest("a")
    (restored,) = updates(world)
    assert (restored.kind, restored.number) == ("restored", 4)
    assert restored.changes == (
        FieldChange("Text", ((deleted("Three"), inserted("Two"), kept(".")),)),
    )


def test_an_event_that_is_published_again_has_no_difference() -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.put("a", hours(1), revision=RETRACTION)
    world.put("a", hours(2), body="Two.")
    world.ingest("a")
    assert [(entry.kind, entry.changes) for entry in updates(world)] == [
        ("retraction", ()),
        ("update", ()),
    ]


@pytest.mark.parametrize(
    ("fields", "reads"),
    [
        ({"body": "Two."}, 2),
        ({"body": "Two.", "revision": CORRECTION}, 2),
        ({"body": "Two.", "revision": {"kind": "minor"}}, 1),
        ({"body": "One."}, 1),
        ({"body": "Two.", "revision": RETRACTION}, 1),
    ],
)
def test_the_document_before_is_read_only_to_be_compared(
    fields: dict[str, object], reads: int
) -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.ingest("a")
    world.calls.clear()
    world.put("a", hours(1), **fields)
    world.ingest("a")
    assert world.calls["s3.GetObject"] == 1
    assert world.calls["dynamodb.GetItem"] == reads


def test_versions_that_are_taken_together_are_read_once() -> None:
    world = World()
    for number in range(4):
        world.put("a", hours(number), body=f"{number}.")
    world.ingest("a")
    assert world.calls["s3.GetObject"] == 4


def test_a_short_difference_is_carried_as_it_is() -> None:
    changes = (
        FieldChange("Title", ((deleted("A"), inserted("B")),)),
        FieldChange("Topics", ((kept("Foxes"),), (inserted("Bears"),))),
        OTHER,
    )
    assert tuple(shortened(changes)) == changes


def test_long_unchanged_text_is_left_out() -> None:
    paragraphs = ((kept("Word. " * 60),), (kept("Word."),), (inserted("New."),), (kept("Short."),))
    (change,) = shortened([FieldChange("Text", paragraphs)])
    assert change.paragraphs == ((kept("…"),), (inserted("New."),), (kept("Short."),))


def test_of_a_long_paragraph_only_the_text_next_to_a_change_is_stored() -> None:
    before, after = "before " * 100, " after" * 100
    paragraph = (kept(before), deleted("six"), inserted("seven"), kept(after))
    ((first, old, new, last),) = next(shortened([FieldChange("Text", (paragraph,))])).paragraphs
    assert (old, new) == paragraph[1:3]
    assert first.text.startswith("before before")
    assert first.text.endswith(" before ")
    assert " … " in last.text
    assert len(first.text) + len(last.text) < 450


def test_a_paragraph_without_spaces_is_cut_too() -> None:
    (((gist, _),),) = [
        next(shortened([FieldChange("Text", ((kept("漢" * 400), inserted("字")),))])).paragraphs
    ]
    assert gist == DiffRun(DiffKind.KEPT, f"{'漢' * 100} … {'漢' * 100}")


def test_a_field_that_changed_by_too_much_is_only_named() -> None:
    """And those that fit next to it are shown."""
    title = FieldChange("Title", ((deleted("A"), inserted("B")),))
    text = FieldChange("Text", ((inserted("é" * (MAX_CHANGES_BYTES // 2)),),))
    image = FieldChange("Image", ((inserted("C"),),))
    assert tuple(shortened([title, text, image])) == (title, FieldChange("Text", ()), image)


def test_a_stored_difference_is_bounded() -> None:
    world = World()
    world.put("a", hours(0), title="T" * 20, summary="s " * 2000, body="One.")
    world.put("a", hours(1), title="U" * 20, summary="t " * 2000, body="two " * 3000)
    world.ingest("a")
    (record,) = world.ledger.scan(partitions.updates_partition(partitions.SITE))
    carried_fields = json.loads(record.payload)["changes"]
    assert len(record.payload.encode()) < MAX_CHANGES_BYTES + 2048
    assert [label for label, paragraphs in carried_fields if not paragraphs]
