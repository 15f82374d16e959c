"""Two runs of ingest for one key, and runs that end before their snapshot (docs/decisions/0093)."""

from collections.abc import Iterator
from itertools import count

import pytest

from gazette.models.contract import identity
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.limits import MAX_KEY_BYTES, MAX_WRITE_ATTEMPTS
from gazette.models.tasks.reports import IngestReport
from gazette.ports import ConflictError
from gazette.services.ingest.ingest import Ingestor
from gazette.services.pauses import Pauses
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import World, hours

KEY = identity.event_key("a")


class Contested:
    """A ledger in which another run writes the last item of a key faster so many times."""

    def __init__(self, world: World, times: int) -> None:
        self._ledger = world.ledger
        self._times = times

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        if item.key.sort.startswith(keys.REVISION):
            return self._ledger.replace(item, expected_revision)
        self._times -= 1
        return self._times < 0 and self._ledger.replace(item, expected_revision)


class Ahead:
    """A ledger in which another run has always written one revision more than its snapshot says."""

    def __init__(self, world: World) -> None:
        self._ledger = world.ledger
        self._revision = world.revision("a", 1)

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    def after(self, item_key: ItemKey, *pages: int) -> Iterator[LedgerItem]:
        yield from self._ledger.after(item_key, *pages)
        if not pages:
            number = next(one for one in count(1) if keys.revision_key("a", one) > item_key)
            entry = self._revision.entry.model_copy(update={"number": number})
            revision = self._revision.model_copy(update={"entry": entry})
            yield LedgerItem(keys.revision_key("a", number), 1, revision.model_dump_json())


class Taken:
    """A ledger in which another run is always the first to write a revision."""

    def __init__(self, world: World) -> None:
        self._ledger = world.ledger

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        is_revision = item_key.sort.startswith(keys.REVISION)
        return LedgerItem(item_key, 1, "{}") if is_revision else self._ledger.get(item_key)

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        assert item.key.sort.startswith(keys.REVISION)
        assert expected_revision == 0
        return False


def ingest(world: World, key: str, times: int, pauses: list[float]) -> IngestReport:
    report = IngestReport()
    ledger = Contested(world, times)
    ingestor = Ingestor(world.source, ledger, world.clock, Pauses(pauses.append, lambda: 0.5))  # type: ignore[arg-type]  # by __getattr__
    ingestor.ingest(key, report)
    return report


def end_before_the_snapshot(world: World) -> None:
    """Take the snapshot away, as if the run had ended just before it wrote it."""
    items = world.ledger._partitions[partitions.event_partition("a")]
    del items.items[keys.SNAPSHOT]
    items.sorts.remove(keys.SNAPSHOT)


def kinds(world: World) -> list[str]:
    numbers = range(1, world.snapshot("a").number + 1)
    return [str(world.revision("a", number).entry.kind) for number in numbers]


def test_a_run_that_meets_others_starts_over_after_a_pause() -> None:
    world = World()
    world.put("a", hours(0))
    pauses: list[float] = []
    report = ingest(world, KEY, 3, pauses)
    assert (report.conflicts, report.recorded) == (3, [("a", 1, "publication")])
    assert len(pauses) == 3
    assert world.snapshot("a").number == 1


def test_a_run_that_always_meets_others_gives_up_and_the_queue_delivers_again() -> None:
    world = World()
    world.put("a", hours(0))
    pauses: list[float] = []
    with pytest.raises(ConflictError, match="another run wrote the snapshot of a"):
        ingest(world, KEY, 100, pauses)
    assert len(pauses) == MAX_WRITE_ATTEMPTS - 1


def test_a_run_says_what_another_one_has_written_or_left_unfinished() -> None:
    world = World()
    world.put("a", hours(0))
    ingestor = Ingestor(world.source, Taken(world), world.clock)  # type: ignore[arg-type]  # by __getattr__
    with pytest.raises(ConflictError, match=r"^another run has written REVISION#\d+ of a$"):
        ingestor.ingest(KEY, IngestReport())
    world.ingest("a")
    ingestor = Ingestor(world.source, Ahead(world), world.clock)  # type: ignore[arg-type]  # by __getattr__
    with pytest.raises(ConflictError, match=r"^another run has not finished a$"):
        ingestor.ingest(KEY, IngestReport())
    # Each attempt but the first one adopts what the attempt before has found.
    assert world.snapshot("a").number == MAX_WRITE_ATTEMPTS


@pytest.mark.parametrize("key", ["images/a.png", f"events/{'x' * MAX_KEY_BYTES}.json"])
def test_a_run_for_an_image_or_a_refused_key_starts_over_too_and_gives_up_at_last(key: str) -> None:
    world = World()
    world.source.put(key, PNG, hours(0))
    pauses: list[float] = []
    with pytest.raises(ConflictError, match="another run wrote"):
        ingest(world, key, 100, pauses)
    assert len(pauses) == MAX_WRITE_ATTEMPTS - 1
    pauses.clear()
    assert ingest(world, key, 3, pauses).conflicts == 3
    assert len(pauses) == 3


def test_the_revision_of_a_run_that_ended_keeps_its_number() -> None:
    """Its version is removed meanwhile, and another one is uploaded."""
    world = World()
    world.put("a", hours(0), title="One")
    world.ingest("a")
    end_before_the_snapshot(world)
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.put("a", hours(1), title="Two")
    world.ingest("a")
    assert kinds(world) == ["publication", "update"]
    assert world.newest("a").title == "Two"


def test_the_withdrawal_of_a_run_that_ended_is_adopted_too() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.put_raw("a", hours(1), b"{}")
    world.delete("a", hours(2))
    world.ingest("a")
    end_before_the_snapshot(world)
    world.source.remove_version(KEY, world.source.versions(KEY)[-1].version_id)
    world.ingest("a")
    assert kinds(world) == ["publication", "retraction"]
    assert world.ingest("a").stale == 1
    assert world.quarantined(KEY) is None


def test_a_denied_version_is_published_when_it_can_be_read() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    version = world.source.versions(KEY)[0].version_id
    world.source.deny(KEY, version)
    (problem,) = world.ingest("a").quarantined
    assert "AccessDenied: it is encrypted with a key that Gazette may not use" in problem.reason
    assert world.ingest("a").stale == 1
    world.source.contents.denied.clear()
    assert world.ingest("a").recorded == [("a", 1, "publication")]
    assert world.quarantined(KEY) is None


def test_a_denied_image_is_quarantined_with_the_reason() -> None:
    world = World()
    world.source.put("images/a.png", PNG, hours(0))
    world.source.deny("images/a.png", world.source.versions("images/a.png")[0].version_id)
    report = IngestReport()
    world.ingestor.ingest("images/a.png", report)
    assert "AccessDenied" in report.quarantined[0].reason


def test_a_version_with_the_same_bytes_can_be_shown_again() -> None:
    """It made no revision, so its document was not kept."""
    world = World()
    world.put("a", hours(0), title="One")
    world.ingest("a")
    world.put("a", hours(1), title="One")
    world.put("a", hours(2), title="Two")
    world.ingest("a")
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.ingest("a")
    assert kinds(world) == ["publication", "update", "restored"]
    assert world.newest("a").title == "One"


def test_an_update_of_a_text_that_is_gone_is_published_without_a_difference() -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.ingest("a")
    del world.ledger._partitions[keys.document_key("a", "", 0).partition]
    world.put("a", hours(1), body="Two.")
    world.source.remove_version(KEY, world.source.versions(KEY)[1].version_id)
    world.ingest("a")
    (update,) = world.ledger.scan(partitions.updates_partition(partitions.SITE), keys.CHANGE)
    assert '"changes":[]' in update.payload


def test_a_run_that_ended_before_its_snapshot_is_repeated_without_another_number() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.ingest("a")
    end_before_the_snapshot(world)
    world.ingest("a")
    assert kinds(world) == ["publication"]


def test_the_withdrawal_of_an_event_without_versions_is_adopted_too() -> None:
    world = World()
    world.put("a", hours(0), title="One")
    world.ingest("a")
    world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
    world.ingest("a")
    end_before_the_snapshot(world)
    world.ingest("a")
    assert kinds(world) == ["publication", "retraction"]
