"""The ledger is a pure function of the versions, in any order of ingest (DESIGN.md, promise 1)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract import identity
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.object_version import ObjectVersion
from gazette.models.tasks.reports import IngestReport
from gazette.ports import ConflictError, Ledger, SourceArchive
from gazette.projections.items.item_order import item_order
from gazette.services.ingest.ingest import Ingestor
from tests.property.versions import Version, histories, moments_of
from tests.unit.publish.worlds import World

NAME = "a"
KEY = identity.event_key(NAME)
HISTORIES = histories(st.sampled_from(("River opens", "River closes", "🦊")))


class Late:
    """A ledger and a source whose first snapshot and first listing of versions are old.

    A run that starts over reads both again, and then they are of now.
    """

    def __init__(
        self, ledger: Ledger, source: SourceArchive, snapshot: LedgerItem | None, count: int
    ) -> None:
        self._ledger = ledger
        self._source = source
        self._old = [snapshot]
        self._counts = [count]

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        if item_key == keys.snapshot_key(NAME) and self._old:
            return self._old.pop()
        return self._ledger.get(item_key)

    def get_several(self, item_keys: Sequence[ItemKey]) -> dict[ItemKey, LedgerItem]:
        return self._ledger.get_several(item_keys)

    def put(self, record: LedgerItem) -> bool:
        return self._ledger.put(record)

    def replace(self, item: LedgerItem, expected_revision: int) -> bool:
        return self._ledger.replace(item, expected_revision)

    def remove_overtaken(self, item_keys: Iterable[ItemKey]) -> None:
        self._ledger.remove_overtaken(item_keys)

    def claim(self, base_path: str, event_id: str) -> str:
        return self._ledger.claim(base_path, event_id)

    def after(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        return self._ledger.after(item_key, page)

    def before(self, item_key: ItemKey, page: int = 4) -> Iterator[LedgerItem]:
        return self._ledger.before(item_key, page)

    def scan(self, partition: Partition, prefix: str = "") -> Iterator[LedgerItem]:
        return self._ledger.scan(partition, prefix)

    def newest(self, partition: Partition, prefix: str) -> Iterator[LedgerItem]:
        return self._ledger.newest(partition, prefix)

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        listed = self._source.versions(key, known_until)
        return listed[max(0, len(listed) - self._counts.pop()) :] if self._counts else listed

    def read(self, key: str, version_id: str) -> bytes:
        return self._source.read(key, version_id)


class CrashError(Exception):
    """The function was killed."""


class Mortal(Late):
    """A ledger that crashes at a write, before or after it."""

    def __init__(self, world: World, writes: int, *, late: bool) -> None:
        super().__init__(world.ledger, world.source, None, 0)
        self._writes = writes
        self._late = late

    def get(self, item_key: ItemKey) -> LedgerItem | None:
        return self._ledger.get(item_key)

    def put(self, record: LedgerItem) -> bool:
        self._writes -= 1
        if self._writes < 0 and not self._late:
            raise CrashError
        written = super().put(record)
        if self._writes < 0:
            raise CrashError
        return written

    def replace(self, record: LedgerItem, expected_revision: int) -> bool:
        self._writes -= 1
        if self._writes < 0 and not self._late:
            raise CrashError
        written = super().replace(record, expected_revision)
        if self._writes < 0:
            raise CrashError
        return written


def write(world: World, history: list[Version]) -> None:
    for version, at in zip(history, moments_of(history), strict=True):
        if version.raw is None:
            world.delete(NAME, at)
        else:
            world.put_raw(NAME, at, version.raw)


def one_at_a_time(history: list[Version]) -> dict[ItemKey, LedgerItem]:
    world = World()
    for version, at in zip(history, moments_of(history), strict=True):
        if version.raw is None:
            world.delete(NAME, at)
        else:
            world.put_raw(NAME, at, version.raw)
        world.ingest(NAME)
    return lasting(world)


def lasting(world: World) -> dict[ItemKey, LedgerItem]:
    """Return the state of the ledger without deleted items of the schedule.

    They are written only if an embargo or an expiry was noticed before it was cancelled.
    """
    return {
        item_key: item
        for item_key, item in world.state().items()
        if not (item_key.partition == partitions.SCHEDULE and item.deleted)
    }


@given(HISTORIES)
def test_all_versions_at_once_give_the_same_ledger_as_one_at_a_time(history: list[Version]) -> None:
    world = World()
    write(world, history)
    world.ingest(NAME)
    assert lasting(world) == one_at_a_time(history)


@given(HISTORIES, st.sets(st.integers(0, 6)), st.integers(1, 3))
def test_any_split_with_repeated_notifications_gives_the_same_ledger(
    history: list[Version], cuts: set[int], times: int
) -> None:
    world = World()
    for number, (version, at) in enumerate(zip(history, moments_of(history), strict=True)):
        if version.raw is None:
            world.delete(NAME, at)
        else:
            world.put_raw(NAME, at, version.raw)
        if number in cuts:
            world.ingest(*[NAME] * times)
    world.ingest(*[NAME] * times)
    assert lasting(world) == one_at_a_time(history)


@given(HISTORIES, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6))
def test_late_writers_change_nothing(
    history: list[Version], latecomers: list[tuple[int, int]]
) -> None:
    """Each late ingest reads the snapshot after ``start`` versions and a listing of ``count``."""
    world = World()
    heads: list[LedgerItem | None] = [None]
    for version, at in zip(history, moments_of(history), strict=True):
        if version.raw is None:
            world.delete(NAME, at)
        else:
            world.put_raw(NAME, at, version.raw)
        world.ingest(NAME)
        heads.append(world.records()[keys.snapshot_key(NAME)])
        for start, count in latecomers:
            read = min(start, len(heads) - 1)
            # The listing is never older than the snapshot, which is read before it.
            late = Late(world.ledger, world.source, heads[read], max(read, count))
            with suppress(ConflictError):
                Ingestor(late, late, world.clock).ingest(KEY, IngestReport())
    assert lasting(world) == one_at_a_time(history)


@given(HISTORIES, st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=4))
def test_a_crash_at_any_write_and_a_retry_give_the_same_ledger(
    history: list[Version], crashes: list[tuple[int, bool]]
) -> None:
    world = World()
    write(world, history)
    for writes, late in crashes:
        try:
            ledger = Mortal(world, writes, late=late)
            Ingestor(world.source, ledger, world.clock).ingest(KEY, IngestReport())
        except CrashError:
            continue
    world.ingest(NAME)
    assert lasting(world) == one_at_a_time(history)


@given(HISTORIES)
def test_the_snapshot_lists_exactly_the_item_keys_of_the_event(
    history: list[Version],
) -> None:
    records = one_at_a_time(history)
    snapshot = records[keys.snapshot_key(NAME)]
    standing = {
        item_key
        for item_key, record in records.items()
        if item_key.sort.startswith(keys.ENTRY) and not record.deleted
    }
    world = World()
    write(world, history)
    world.ingest(NAME)
    assert set(world.snapshot(NAME).live) == standing
    assert snapshot.revision == item_order(len(history))


@given(HISTORIES)
def test_times_are_in_order_for_any_input_of_the_publisher(history: list[Version]) -> None:
    """SPEC A4, X8: updated is never before published, and neither is in the future.

    Only if several versions come in one second is it a second later (SPEC V4).
    """
    world = World()
    write(world, history)
    world.ingest(NAME)
    updated = None
    for number in range(1, world.snapshot(NAME).number + 1):
        revision = world.revision(NAME, number)
        entry, latest = revision.entry, revision.stored_at
        assert latest is not None
        if updated is not None:
            assert updated <= entry.updated
            latest = max(latest, updated + timedelta(seconds=1))
        assert entry.published <= entry.updated <= latest
        assert entry.at <= latest
        updated = entry.updated
