"""Whatever keeps the contract fits into the ledger and onto the site, on every engine alike."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette.models import limits
from gazette.models.characters import bytes_in_json, cut_to_bytes
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import InvalidEventError, Problem, parse_document
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.ledger import keys, partitions
from gazette.models.views.site_document import document
from gazette.projections.history.entries import entry_sources, topic_refs
from tests.unit.images.image_files import PNG
from tests.unit.ledger.largest import (
    LONGEST_ID,
    WIDE,
    correction,
    label,
    largest_bytes,
    largest_document,
)
from tests.unit.publish.worlds import SITE, World, document_of, hours


def life_of_the_largest(letter: str = WIDE) -> World:
    """Publish, correct, withdraw, bring back and delete a document that fills every field."""
    world = World()
    note = correction(letter)
    world.put_raw(LONGEST_ID, hours(1), largest_bytes(letter))
    world.put_raw(LONGEST_ID, hours(2), largest_bytes(letter, revision=note))
    world.ingest(LONGEST_ID)
    for at, kind in ((3, "retraction"), (4, "correction")):
        note |= {"kind": kind}
        world.put_raw(LONGEST_ID, hours(at), largest_bytes(letter, revision=note))
        world.ingest(LONGEST_ID)
    world.delete(LONGEST_ID, hours(5))
    world.ingest(LONGEST_ID)
    return world


def expect_bounds(world: World) -> None:
    records = world.records().values()
    assert max(record.size_bytes for record in records) < limits.MAX_ITEM_BYTES
    assert max(len(record.key.sort.encode()) for record in records) <= limits.MAX_SORT_KEY_BYTES


@pytest.mark.parametrize("letter", [WIDE, '"', "é", "x"])
def test_the_largest_document_stays_below_every_bound_all_its_life(letter: str) -> None:
    world = life_of_the_largest(letter)
    expect_bounds(world)
    assert world.quarantined(event_key(LONGEST_ID)) is None
    assert world.newest(LONGEST_ID).number == 5


def test_the_largest_document_is_published_with_addresses_that_everything_takes() -> None:
    """CloudFront refuses addresses above 8,192 bytes; sitemaps take 2,048 (sitemaps.org)."""
    world = World()
    fields = largest_document()
    world.put("short", hours(0), topics=fields["topics"])
    world.put_raw(LONGEST_ID, hours(1), largest_bytes())
    world.ingest("short", LONGEST_ID)
    while world.changes:
        waiting = list(dict.fromkeys(world.changes))
        world.changes.clear()
        world.publish(waiting)
    expect_bounds(world)
    assert max(len(path.encode()) for path in world.site()) <= limits.MAX_OBJECT_KEY_BYTES
    listed = json.loads(world.site()["feed.json"])["items"]
    longest = SITE.event_tag(LONGEST_ID, "g" * limits.MAX_GUID_BYTES)
    assert [item["id"] for item in listed] == [longest, SITE.event_tag("short")]
    assert all(len(item["url"]) < 2048 for item in listed)
    page = json.loads(world.site()[f"{world.newest(LONGEST_ID).base_path}.json"])
    assert len(page["sources"]) == len(fields["sources"])  # type: ignore[arg-type]


def test_a_snapshot_leaves_room_for_what_a_later_release_adds() -> None:
    """It names the last hundred versions that ingest has handled, and when time changes it."""
    world = World()
    for number in range(limits.MAX_KNOWN_VERSIONS):
        world.put_raw(LONGEST_ID, hours(number / 60), b"not JSON")
    expires = "2026-08-01T00:00:00Z"
    world.put_raw(LONGEST_ID, hours(2), largest_bytes(revision=correction(), expires=expires))
    world.ingest(LONGEST_ID)
    known = world.snapshot(LONGEST_ID)
    assert len(known.known) == limits.MAX_KNOWN_VERSIONS
    assert known.due is not None
    snapshot = world.records()[keys.snapshot_key(LONGEST_ID)]
    assert snapshot.size_bytes < limits.MAX_ITEM_BYTES - 20_000


@pytest.mark.parametrize("letter", [WIDE, '"', "é", "x"])
def test_what_stays_of_a_deleted_item_is_small(letter: str) -> None:
    items = life_of_the_largest(letter).records().values()
    deletions = [item.size_bytes for item in items if item.key.sort.startswith(keys.DELETED)]
    last = [item.size_bytes for item in items if item.key.sort == keys.LAST_DELETED]
    assert 0 < max(deletions) <= 1_300
    assert 0 < max(last) <= 85_000


@pytest.mark.parametrize("letter", [WIDE, '"', "é", "x"])
def test_the_note_of_a_withdrawn_event_on_a_time_line_is_small(letter: str) -> None:
    world = World()
    note = correction(letter) | {"kind": "retraction"}
    world.put_raw(LONGEST_ID, hours(1), largest_bytes(letter, revision=note))
    world.ingest(LONGEST_ID)
    named = [item.size_bytes for key, item in world.records().items() if key.sort == keys.NAMED]
    assert 0 < max(named) <= 85_000


@pytest.mark.parametrize("is_there", [False, True])
def test_a_note_of_images_is_small(*, is_there: bool) -> None:
    world = World()
    name = "k" * (limits.MAX_KEY_BYTES - 20)
    short = "k" * (limits.MAX_IMAGE_KEY_CHARACTERS - 20)
    shown = [f"images/{number:03d}{short}" for number in range(limits.MAX_ATTACHMENTS)]
    for key in shown if is_there else ():
        world.source.put(key, PNG, hours(0))
    body = "".join(f"![x](images/{number:03d}{name})" for number in range(40))
    attached = [{"key": key, "title": "A"} for key in shown]
    world.put(LONGEST_ID, hours(1), topics=[label(0)], body=body, attachments=attached)
    world.settle()
    prefix = keys.IMAGES if is_there else keys.MISSING
    noted = [
        item.size_bytes
        for item_key, item in world.records().items()
        if item_key.sort.startswith(prefix)
    ]
    assert 18_000 < max(noted) <= 25_000


@pytest.mark.parametrize("letter", ["x", "é", WIDE, '"'])
def test_the_parts_of_a_kept_document_fit_into_items(letter: str) -> None:
    world = World()
    room = limits.MAX_DOCUMENT_BYTES - len(largest_bytes(letter, body=""))
    raw = largest_bytes(letter, body=letter * (room // bytes_in_json(letter)))
    world.put_raw(LONGEST_ID, hours(0), raw)
    world.ingest(LONGEST_ID)
    parts = [
        item
        for item_key, item in world.records().items()
        if item_key.partition.kind is partitions.PartitionKind.DOCUMENT
    ]
    assert len(parts) == 4
    expect_bounds(world)


def test_the_keys_of_documents_and_of_the_schedule_fit_with_the_longest_id() -> None:
    part = keys.document_key(LONGEST_ID, "f" * 16, 999)
    assert len(str(part.partition).encode()) <= limits.MAX_PARTITION_KEY_BYTES
    world = World()
    world.put_raw(LONGEST_ID, hours(0), largest_bytes(expires="2026-08-01T00:00:00Z"))
    world.ingest(LONGEST_ID)
    due = [
        item_key.sort for item_key in world.records() if item_key.partition == partitions.SCHEDULE
    ]
    assert due == [f"DUE#2026-08-01T00:00:00Z#{LONGEST_ID}"]
    expect_bounds(world)


@given(st.integers(0, limits.MAX_DOCUMENT_BYTES - 60), st.sampled_from("x\né"))
@settings(max_examples=10)
def test_a_body_of_any_length_up_to_the_largest_document_fits(length: int, letter: str) -> None:
    world = World()
    body = "x" + letter * (length // bytes_in_json(letter))
    fields = {"title": "A", "date": "2026-07-04", "body": body}
    world.put_raw("a", hours(0), json.dumps(fields, ensure_ascii=False).encode())
    world.ingest("a")
    assert world.newest("a").number == 1
    expect_bounds(world)


@given(
    st.lists(st.text(max_size=limits.MAX_LABEL_CHARACTERS), max_size=limits.MAX_TOPICS, unique=True)
)
def test_any_labels_fit_together(labels: list[str]) -> None:
    refs = topic_refs(labels)
    assert [ref.slug for ref in refs] == [topic_slug(written) for written in labels]
    assert sum(bytes_in_json(ref.label) for ref in refs) <= limits.MAX_ENTRY_LABELS_BYTES


def test_a_label_is_cut_only_where_all_of_them_would_not_fit() -> None:
    (whole,) = topic_refs([label(1)])
    assert whole.label == label(1)
    assert [ref.label for ref in topic_refs([label(n, "é") for n in range(40)])] == [
        label(n, "é") for n in range(40)
    ]
    cut = topic_refs([label(number) for number in range(limits.MAX_TOPICS)])
    assert all(ref.label.endswith("…") for ref in cut)
    assert len({ref.slug for ref in cut}) == limits.MAX_TOPICS


@given(st.text(), st.integers(3, 200))
def test_a_text_is_cut_to_the_bytes_it_may_take(text: str, most: int) -> None:
    cut = cut_to_bytes(text, most)
    assert bytes_in_json(cut) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut.removesuffix("…")))


def test_sources_are_kept_in_their_order_up_to_the_bytes_of_an_entry() -> None:
    sources = parse_document(largest_bytes()).sources
    kept = entry_sources(sources)
    assert 3 < len(kept) < len(sources)
    assert [source.url for source in kept] == [s.url for s in sources[: len(kept)]]


@pytest.mark.parametrize("character", ["x", "ж"])
def test_an_address_is_measured_as_it_is_stored(character: str) -> None:
    def parsed(length: int) -> EventDocument:
        start = "https://example.org/"
        return parse_document(document_of(sources=[{"url": start + character * length}]))

    width = 1 if character == "x" else 6
    longest = (limits.MAX_URL_BYTES - len("https://example.org/")) // width
    assert len(parsed(longest).sources[0].url) <= limits.MAX_URL_BYTES
    with pytest.raises(InvalidEventError, match=r"sources\.0\.url: .*4,?000"):
        parsed(longest + 1)


def test_the_key_of_an_image_is_measured_in_bytes() -> None:
    def image(length: int) -> bytes:
        return document_of(image={"key": "images/" + "ж" * length, "alt": "A"})

    longest = (limits.MAX_KEY_BYTES - len("images/")) // 2
    assert parse_document(image(longest)).image
    with pytest.raises(InvalidEventError, match=r"image\.key: is longer than 900 bytes"):
        parse_document(image(longest + 1))


def test_an_id_of_quotation_marks_is_measured_as_it_is_stored() -> None:
    """Each takes two bytes in JSON, and a snapshot holds the id ninety times."""
    world = World()
    fits, too_long = '"' * (limits.MAX_ID_BYTES // 2), '"' * (limits.MAX_ID_BYTES // 2 + 1)
    for name in (fits, too_long):
        world.put_raw(name, hours(0), largest_bytes())
    world.ingest(fits, too_long)
    assert world.newest(fits).number == 1
    quarantined = world.quarantined(event_key(too_long))
    assert quarantined
    assert quarantined.problems == (("key", "is longer than 900 bytes; shorten it"),)
    expect_bounds(world)


@given(st.text(max_size=300), st.integers(0, 2000))
def test_a_rebuild_request_fits_whatever_its_cause(text: str, length: int) -> None:
    cause = text + "x" * length
    item_key = keys.rebuild_request_key(partitions.TOPICS, cause)
    assert item_key.sort.startswith(keys.REBUILD_REQUEST)
    assert len(item_key.sort.encode()) <= limits.MAX_SORT_KEY_BYTES
    assert item_key != keys.rebuild_request_key(partitions.TOPICS, cause + "y")
    is_short = len(cause.encode()) + len(keys.REBUILD_REQUEST) <= limits.MAX_SORT_KEY_BYTES
    assert (item_key.sort == keys.REBUILD_REQUEST + cause) is is_short


def test_long_problems_are_cut_for_the_quarantine_and_the_log() -> None:
    error = InvalidEventError(*(Problem("x" * 9000, "y" * 9000) for _ in range(20)))
    assert all(len(part) <= 500 for problem in error.problems for part in problem)
    assert len(str(error)) < limits.MAX_LOG_LINE_BYTES


def test_the_site_in_memory_refuses_a_path_that_s3_refuses() -> None:
    store = MemorySiteStore(Counter())
    longest = "é" * (limits.MAX_OBJECT_KEY_BYTES // 2 - 2) + ".txt"
    store.write([document(longest, b"1")], {longest: None})
    too_long = f"e{longest}"
    with pytest.raises(ValueError, match="longer than an object key may be"):
        store.write([document(too_long, b"1")], {too_long: None})
    assert list(store.documents) == [longest]
