"""Ledgers of release 0.1.0, which counted versions, keep their numbers (docs/decisions/0091)."""

import json

import pytest

from gazette.models.contract import identity
from gazette.models.contract.parsing import InvalidEventError, parse_accepted
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import DERIVATION
from gazette.models.limits import MAX_TITLE_CHARACTERS
from tests.unit.publish.worlds import World, document_of, hours
from tests.unit.reconcile.reconciling import reconcile

KEY = identity.event_key("a")
PARTITION = partitions.event_partition("a")
APART = (keys.FORMER, keys.CORRECTION)
_NEW = ("derivation", "known", "known_until", "served", "held", "expires", "due")


def make_old(world: World, versions: int) -> None:
    """Rewrite the snapshot as release 0.1.0 would have written it, which kept no documents."""
    items = world.ledger._partitions[partitions.event_partition("a")].items
    snapshot = json.loads(items[keys.SNAPSHOT].payload)
    for name in _NEW:
        del snapshot[name]
    del snapshot["taken"]
    snapshot["versions"] = versions
    for name in ("identity", "origin", "stored_at"):
        if snapshot["revision"]:
            del snapshot["revision"][name]
    items[keys.SNAPSHOT] = items[keys.SNAPSHOT]._replace(
        payload=json.dumps(snapshot), revision=versions
    )
    for sort in [sort for sort in items if sort.startswith(keys.REVISION)]:
        revision = json.loads(items[sort].payload)
        for name in ("identity", "origin", "stored_at"):
            del revision[name]
        number = revision["entry"]["number"]
        items[sort] = items[sort]._replace(payload=json.dumps(revision), revision=number)
    world.ledger._partitions.pop(keys.document_key("a", "", 0).partition, None)


def title_of(world: World) -> str:
    return world.newest("a").title


def test_an_old_snapshot_is_brought_up_to_date_and_later_versions_follow() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.put("a", hours(1), title="Two")
    world.ingest("a")
    make_old(world, 2)
    assert world.ingest("a").recorded == []
    assert world.snapshot("a").derivation == DERIVATION
    assert world.snapshot("a").number == 2
    world.put("a", hours(2), title="Three")
    assert world.ingest("a").recorded == [("a", 3, "update")]
    assert title_of(world) == "Three"


def test_versions_that_were_quarantined_later_are_not_new() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.put_raw("a", hours(1), b"{}")
    world.ingest("a")
    make_old(world, 2)
    assert world.ingest("a").recorded == []
    world.put("a", hours(2), title="Two")
    assert world.ingest("a").recorded == [("a", 2, "update")]


def test_an_event_that_was_only_quarantined_is_published_when_it_is_good() -> None:
    world = World()
    world.put_raw("a", hours(0), b"{}")
    world.ingest("a")
    make_old(world, 1)
    assert world.ingest("a").recorded == []
    world.put("a", hours(1), title="One")
    assert world.ingest("a").recorded == [("a", 1, "publication")]


def test_an_old_snapshot_whose_version_s3_has_removed_keeps_its_number() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.put("a", hours(1), title="Two")
    world.ingest("a")
    make_old(world, 2)
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    assert world.ingest("a").recorded == [("a", 3, "restored")]
    assert title_of(world) == "One"


def test_an_old_snapshot_of_a_key_without_versions_is_withdrawn() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.ingest("a")
    make_old(world, 1)
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.ingest("a")
    assert world.newest("a").kind == "retraction"


def test_revisions_get_the_identities_and_times_that_s3_lists() -> None:
    world = World()
    world.put("a", hours(0), title="One", topics=["Foxes"])
    world.delete("a", hours(1))
    world.put("a", hours(2), title="Two", topics=["Foxes"])
    world.ingest("a")
    before = [world.revision("a", number) for number in (1, 2, 3)]
    make_old(world, 3)
    world.ingest("a")
    assert [world.revision("a", number) for number in (1, 2, 3)] == before


def test_numbers_that_release_0_1_0_left_out_stay_left_out() -> None:
    """It gave a number to a version that it quarantined."""
    world = World()
    world.put("a", hours(0), title="One")
    world.put("a", hours(1), title="Two")
    world.ingest("a")
    make_old(world, 3)
    items = world.ledger._partitions[partitions.event_partition("a")]
    old = items.items.pop(keys.revision_key("a", 2).sort)
    items.sorts.remove(old.key.sort)
    payload = old.payload.replace('"number": 2', '"number": 3')
    world.ledger._write(LedgerItem(keys.revision_key("a", 3), 3, payload))
    snapshot = json.loads(items.items[keys.SNAPSHOT].payload)
    snapshot["revision"]["entry"]["number"] = 3
    items.items[keys.SNAPSHOT] = items.items[keys.SNAPSHOT]._replace(payload=json.dumps(snapshot))
    world.ingest("a")
    assert world.revision("a", 3).entry.title == "Two"
    assert world.ledger.get(keys.revision_key("a", 2)) is None
    world.put("a", hours(2), title="Three")
    assert world.ingest("a").recorded == [("a", 4, "update")]


def test_a_limit_that_became_tighter_harms_no_accepted_document() -> None:
    """The version is in S3 only, and today's contract would refuse it."""
    title = "x" * (MAX_TITLE_CHARACTERS + 1)
    raw = json.dumps({"title": title, "date": "2026-07-04", "topics": ["Foxes"]}).encode()
    assert parse_accepted(raw).title == title
    with pytest.raises(InvalidEventError):
        parse_accepted(b"{}")
    world = World()
    world.put("a", hours(0), title="One")
    world.ingest("a")
    make_old(world, 1)
    versions = world.source._versions[KEY]
    versions[0] = versions[0]._replace(body=raw)
    world.ingest("a")
    assert world.newest("a").title == title
    assert world.snapshot("a").derivation == DERIVATION


def test_a_limit_that_was_raised_reaches_old_events() -> None:
    """An older derivation had quarantined the version under its own limit."""
    world = World()
    world.put("a", hours(0), title="One")
    world.put_raw("a", hours(1), b"{}")
    world.ingest("a")
    versions = world.source._versions[KEY]
    versions[1] = versions[1]._replace(body=document_of(title="Two"))
    items = world.ledger._partitions[partitions.event_partition("a")].items
    older = world.snapshot("a").model_copy(update={"derivation": DERIVATION - 1})
    items[keys.SNAPSHOT] = items[keys.SNAPSHOT]._replace(payload=older.model_dump_json())
    assert reconcile(world).outcome == "settled"
    assert world.newest("a").title == "Two"
    assert world.ledger.get(keys.quarantine_key(KEY)) is None


def test_the_addresses_and_corrections_of_an_old_ledger_get_items_of_their_own() -> None:
    """Release 0.1.0 kept all former paths in the snapshot, which a rebuild brings up to date."""
    world, new = World(), World()
    for one in (world, new):
        for hour, title in enumerate(("One", "Two", "Three")):
            one.put("a", hours(hour), title=title)
        one.put("a", hours(3), title="Three", revision={"kind": "correction", "note": "Why."})
        one.settle()
    apart = [one.key for one in world.ledger.scan(PARTITION) if one.key.sort.startswith(APART)]
    assert len(apart) == 2
    partition = world.ledger._partitions[PARTITION]
    for item_key in apart:
        del partition.items[item_key.sort]
        partition.sorts.remove(item_key.sort)
    make_old(world, 4)
    snapshot = json.loads(partition.items[keys.SNAPSHOT].payload)
    snapshot["revision"]["former_paths"] = [f"news/2026/07/4/{name}" for name in ("one", "two")]
    partition.items[keys.SNAPSHOT] = partition.items[keys.SNAPSHOT]._replace(
        payload=json.dumps(snapshot)
    )
    world.ingest("a")
    revision = world.snapshot("a").revision
    assert revision is not None
    assert revision.former_paths == ()
    found = [world.ledger.get(item_key) for item_key in apart]
    assert found == [new.ledger.get(item_key) for item_key in apart]
