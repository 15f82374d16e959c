"""The ledger follows the erasure document, whatever else happens to the source bucket."""

import json

import pytest

from gazette.models.contract.erasure import parse_erasure
from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.tasks.reconciliation import Outcome
from gazette.models.tasks.reports import IngestReport
from gazette.ports import ListedKey
from gazette.projections.erasures.erasures import StoredErasure, erased_numbers
from gazette.services.ingest.ingest import Ingestor
from gazette.services.reconcile.progress import Progress, progress_of
from tests.unit.erasures.erasing import (
    erase,
    ingest_erasure,
    places_of,
    put_erasure,
    undo,
    worded,
)
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import reconcile

KEY = erasure_key("a")


def published(*words: str) -> World:
    world = World()
    for hour, word in enumerate(words):
        world.put("a", hours(hour), **worded(word))
    world.settle()
    return world


def reasons(world: World) -> list[str]:
    quarantined = world.quarantined(KEY)
    return [reason for _, reason in quarantined.problems] if quarantined else []


def is_current(world: World, key: str) -> bool:
    item_key = keys.snapshot_key("a")
    listed = ListedKey(key, tuple(world.source.versions(key)))
    item = world.records().get(item_key)
    return progress_of(listed, item_key, item, world.now) is not Progress.BEHIND


def test_an_erasure_is_kept_by_the_run_that_finds_it_and_by_no_later_one() -> None:
    world = published("wone")
    erase(world, "a", hours(1), [1])
    assert kept_by(world) == [keys.document_key("a", "erasure", 0).partition]
    world.put("a", hours(2), **worded("wtwo"))
    assert kept_by(world) == []


def kept_by(world: World) -> list[Partition]:
    """Ingest an event, and return where it puts an erasure document."""
    found: list[Partition] = []

    class Noted:
        def __getattr__(self, name: str) -> object:
            return getattr(world.ledger, name)

        def put(self, item: LedgerItem) -> bool:
            if item.key.sort.startswith("erasure-"):
                found.append(item.key.partition)
            return world.ledger.put(item)

    ingestor = Ingestor(world.source, Noted(), world.clock)  # type: ignore[arg-type]  # by __getattr__
    ingestor.ingest(event_key("a"), IngestReport())
    return found


def test_the_documents_of_erased_revisions_leave_the_ledger() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    first, second = (world.revision("a", number).identity for number in (1, 2))
    records = world.records()
    assert records[keys.document_key("a", first, 0)].payload == ""
    assert "wtwo" in records[keys.document_key("a", second, 0)].payload


def test_all_parts_of_a_long_document_leave_the_ledger() -> None:
    world = World()
    world.put("a", hours(0), body="wone " * 150_000)
    world.settle()
    erase(world, "a", hours(3), "all")
    world.settle()
    assert places_of(world, "wone") == []


def test_a_revision_that_shows_an_erased_version_again_is_erased_with_it() -> None:
    """SPEC V10: no document holds the text, whatever its revision is called."""
    world = published("wone", "wtwo")
    world.source.remove_version(event_key("a"), world.source.versions(event_key("a"))[0].version_id)
    world.settle()
    assert world.revision("a", 3).identity == world.revision("a", 1).identity
    erase(world, "a", hours(3), [1])
    world.settle()
    erased = [world.revision("a", number).entry.erased is not None for number in (1, 2, 3)]
    assert erased == [True, False, True]
    assert places_of(world, "wone") == []
    assert places_of(world, "wtwo") != []
    assert world.newest("a").erased == world.revision("a", 1).entry.erased
    assert world.newest("a").erased is not None
    kept = keys.document_key("a", world.revision("a", 1).identity, 0)
    assert world.records()[kept].payload == ""


def test_a_revision_that_is_not_there_yet_is_reported_and_erased_when_it_comes() -> None:
    world = published("wone")
    erase(world, "a", hours(1), [2, 1])
    report, _ = world.settle()
    waits = "number 2 is not there yet: it is erased as soon as it is published"
    assert report.notices == {KEY: f"revisions: {waits}"}
    assert report.quarantined == []
    assert reasons(world) == [waits]
    world.put("a", hours(2), **worded("wtwo"))
    report, _ = world.settle()
    assert report.notices == {KEY: ""}
    assert places_of(world, "wtwo") == []
    assert reasons(world) == []


def test_all_are_the_revisions_that_were_stored_before_the_erasure() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(1), "all")
    world.put("a", hours(2), **worded("wthree"))
    world.settle()
    assert [world.revision("a", number).entry.erased is None for number in (1, 2, 3)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("raw", [b"{}", b"no json", b" " * (MAX_DOCUMENT_BYTES + 1)])
def test_an_invalid_erasure_is_quarantined_and_harms_nobody(raw: bytes) -> None:
    world = published("wone")
    put_erasure(world, "a", hours(1), raw)
    report, _ = world.settle()
    assert [one.key for one in report.quarantined] == [KEY]
    assert len(reasons(world)) >= 1
    assert places_of(world, "wone")
    world.put("a", hours(2), **worded("wtwo"))
    world.settle()
    assert world.newest("a").title == "wtwotitle of it"


def test_an_invalid_version_leaves_the_erasure_before_it_in_force() -> None:
    world = published("wone")
    erase(world, "a", hours(1), "all")
    put_erasure(world, "a", hours(2), b"{}")
    put_erasure(world, "a", hours(3), b"{}")
    world.settle()
    assert places_of(world, "wone") == []
    assert reasons(world)
    erase(world, "a", hours(4), [1])
    world.settle()
    assert reasons(world) == []


def test_an_erasure_that_cannot_be_read_is_quarantined() -> None:
    world = published("wone")
    erase(world, "a", hours(1), "all")
    world.source.deny(KEY, world.source.versions(KEY)[0].version_id)
    world.settle()
    assert ["AccessDenied" in reason for reason in reasons(world)] == [True]
    assert places_of(world, "wone")


def test_what_s3_has_lost_stays_erased_and_is_reported() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    oldest = world.source.versions(event_key("a"))[-1]
    world.source.remove_version(event_key("a"), oldest.version_id)
    undo(world, "a", hours(4))
    world.settle()
    assert reasons(world) == ["number 1 stays erased: its text is not in S3 any more"]
    assert world.revision("a", 1).entry.erased is not None
    assert world.ingest("a").stale == 1


def test_other_bytes_under_the_version_of_then_restore_nothing() -> None:
    world = World()
    world.source.suspend_versioning()
    world.put("a", hours(0), **worded("wone"))
    world.settle()
    erase(world, "a", hours(1), [1])
    world.settle()
    world.put("a", hours(2), **worded("wtwo"))
    undo(world, "a", hours(3))
    world.settle()
    assert world.revision("a", 1).entry.erased is not None
    assert world.newest("a").title == "wtwotitle of it"


def test_an_erasure_of_an_event_that_does_not_exist_is_recorded_and_waits() -> None:
    world = World()
    erase(world, "a", hours(0), [1])
    world.settle()
    assert is_current(world, KEY)
    world.put("a", hours(1), **worded("wone"))
    world.settle()
    assert places_of(world, "wone") == []


def test_removing_the_erasure_for_good_undoes_it() -> None:
    world = published("wone")
    before = world.site()
    erase(world, "a", hours(1), "all")
    world.settle()
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    ingest_erasure(world, "a")
    world.settle()
    assert world.site() == before
    assert world.snapshot("a").erasure == ""


def test_a_repeated_notification_of_an_erasure_changes_nothing() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    before = world.records()
    assert ingest_erasure(world, "a") == IngestReport(keys=1, stale=1)
    assert world.records() == before


def test_a_later_version_of_an_event_with_erasures_writes_only_what_is_new() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    before = world.records()
    world.put("a", hours(4), **worded("wthree"))
    world.ingest("a")
    after = world.records()
    for number in (1, 2):
        assert after[keys.revision_key("a", number)] == before[keys.revision_key("a", number)]


def test_reconciliation_finds_an_erasure_that_was_never_notified() -> None:
    world = published("wone")
    erase(world, "a", hours(1), "all")
    world.notifications.clear()
    assert not is_current(world, KEY)
    assert is_current(world, event_key("a"))
    ingest_erasure(world, "a")
    assert is_current(world, KEY)


def test_a_run_that_died_while_it_erased_is_found_and_finished() -> None:
    world = published("wone")
    erase(world, "a", hours(1), "all")
    world.settle()
    stored = world.records()[keys.snapshot_key("a")]
    begun = world.snapshot("a").model_copy(update={"is_erasing": True, "erasures": 5})
    world.ledger.replace(
        LedgerItem(stored.key, stored.revision + 1, begun.model_dump_json()), stored.revision
    )
    assert not is_current(world, KEY)
    assert not is_current(world, event_key("a"))
    ingest_erasure(world, "a")
    assert world.snapshot("a").erasures == 6
    assert not world.snapshot("a").is_erasing


def test_a_run_that_died_before_the_event_was_there_is_finished() -> None:
    world = World()
    erase(world, "a", hours(0), "all")
    world.settle()
    stored = world.records()[keys.snapshot_key("a")]
    begun = world.snapshot("a").model_copy(update={"is_erasing": True, "erasures": 1})
    world.ledger.replace(
        LedgerItem(stored.key, stored.revision + 1, begun.model_dump_json()), stored.revision
    )
    ingest_erasure(world, "a")
    assert world.snapshot("a").number == 0
    assert not world.snapshot("a").is_erasing


def test_recorded_revisions_are_applied_again_without_the_words_that_are_gone() -> None:
    """A ledger that lost its snapshots still has the revisions; S3 has the text no more."""
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    world.source.remove_version(
        event_key("a"), world.source.versions(event_key("a"))[-1].version_id
    )
    before = world.site()
    for partition in world.ledger._partitions.values():
        for sort in [one for one in partition.sorts if one == keys.SNAPSHOT]:
            del partition.items[sort]
            partition.sorts.remove(sort)
    world.ingest("a")
    world.settle()
    assert world.site() == before


def test_the_conditions_for_an_id_are_those_of_the_event() -> None:
    world = World()
    key = "erasures/" + "x" * 1000 + ".json"
    world.source.put(key, json.dumps({"revisions": "all", "reason": "x"}).encode(), hours(0))
    report, _ = world.settle()
    assert [one.reason for one in report.quarantined] == [
        "key: is longer than 900 bytes; shorten it"
    ]


def test_an_older_derivation_is_brought_up_to_date_and_stays_erased() -> None:
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    before, revisions = world.site(), [world.revision("a", number) for number in (1, 2)]
    stored = world.records()[keys.snapshot_key("a")]
    older = world.snapshot("a").model_copy(update={"derivation": 1})
    world.ledger.replace(
        LedgerItem(stored.key, stored.revision + 1, older.model_dump_json()), stored.revision
    )
    world.ingest("a")
    world.settle()
    assert world.snapshot("a").derivation > 1
    assert [world.revision("a", number) for number in (1, 2)] == revisions
    assert world.site() == before
    assert places_of(world, "wone") == []


def test_erasing_an_event_of_an_older_derivation_brings_it_up_to_date_too() -> None:
    world = published("wone", "wtwo")
    stored = world.records()[keys.snapshot_key("a")]
    older = world.snapshot("a").model_copy(update={"derivation": 1})
    world.ledger.replace(
        LedgerItem(stored.key, stored.revision + 1, older.model_dump_json()), stored.revision
    )
    erase(world, "a", hours(3), "all")
    world.settle()
    assert world.snapshot("a").derivation > 1
    assert places_of(world, "wone") == []


def test_the_nightly_run_finds_erasures_that_nobody_heard_of() -> None:
    """One was written, and one of which all versions were removed for good is in no listing."""
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.notifications.clear()
    world.now = hours(4)
    assert reconcile(world).counts.missing == 1
    assert not places_of(world, "wone")
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED
    for version in world.source.versions(KEY):
        world.source.remove_version(KEY, version.version_id)
    world.notifications.clear()
    reconcile(world)
    assert places_of(world, "wone")
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED


def test_an_erasure_of_an_event_that_is_not_there_yet_is_ingested_once() -> None:
    world = published("wone")
    erase(world, "b", hours(3), "all")
    world.notifications.clear()
    reconcile(world)
    assert reconcile(world, iterations=1).outcome is Outcome.SETTLED
    world.put("b", hours(2), title="wlate")
    world.settle()
    assert not places_of(world, "wlate")


@pytest.mark.parametrize("is_marked", [False, True])
def test_an_erased_version_that_s3_shows_again_stays_erased(*, is_marked: bool) -> None:
    """The publisher named revision 1; its version comes back as revision 3 or 4."""
    world = published("wone", "wtwo")
    erase(world, "a", hours(3), [1])
    world.settle()
    key = event_key("a")
    if is_marked:
        world.delete("a", hours(4))
        world.settle()
    for version in world.source.versions(key)[:-1]:
        world.source.remove_version(key, version.version_id)
    world.now = hours(5)
    world.settle()
    assert world.newest("a").kind == "restored"
    assert not places_of(world, "wone")


def test_a_version_erased_with_all_others_stays_erased_when_it_is_no_longer_among_the_known() -> (
    None
):
    """The snapshot keeps the times of a hundred versions only."""
    world = published("wone", "wtwo")
    world.source.remove_version(event_key("a"), world.source.versions(event_key("a"))[0].version_id)
    world.settle()
    revisions = [world.revision("a", number) for number in (1, 2, 3)]
    document = parse_erasure(b'{"revisions": "all", "reason": "Personal data."}')
    stored, earlier = (StoredErasure(document, hours(hour)) for hour in (1, -1))
    revisions[2] = revisions[2].model_copy(update={"stored_at": hours(5)})
    unknown = world.snapshot("a").model_copy(update={"known": ()})
    assert erased_numbers(unknown, revisions, stored) == {1, 2, 3}
    assert erased_numbers(unknown, revisions, earlier) == set()
