"""The ledger of release 0.1.0 can be read: tests/fixtures/ledger-0.1.0.jsonl was written by it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest
from pydantic import BaseModel, ValidationError

from gazette.models.frozen import Stored
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import (
    DayCount,
    InitialCounts,
    PeriodCounts,
    TopicCount,
    TopicMonthCount,
)
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.ledger.snapshot import ImageSnapshot, QuarantinedVersion, Revision, Snapshot
from gazette.models.ledger.update import UpdateEntry, read_update
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.reconciliation import (
    AuditWork,
    IngestWork,
    PublishWork,
    ReconcileCounts,
)
from gazette.models.tasks.retry import Retry
from gazette.models.tasks.tasks import tasks_for
from tests.unit.ingest.derivation_1 import old_items

FIXTURE = Path(__file__).parents[2] / "fixtures/ledger-0.1.0.jsonl"
RENAMED = {
    "stem": "base_path",
    "first_stem": "first_path",
    "predecessor_stem": "predecessor_path",
    "former_stems": "former_paths",
    "versions": "taken",
}
EMPTY = ("NUDGE#", "AGED", "USE#", "2026-03-06#")
# Nothing reads these any more.
UNREAD = ("DAYS#",)
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


class Row(NamedTuple):
    """One item as the old release wrote it."""

    partition: Partition
    sort: str
    payload: str
    is_deleted: bool

    @classmethod
    def read(cls, line: str) -> "Row":
        row = json.loads(line)
        return cls(Partition.parse(row["pk"]), row["sk"], row["payload"], row.get("gone", False))


ROWS = [Row.read(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]


def model_of(partition: Partition, sort: str) -> type[Stored]:
    """Return the model that reads the items of this kind today."""
    by_kind: Mapping[PartitionKind, type[Stored]] = {
        PartitionKind.MONTH: DayCount,
        PartitionKind.YEAR: PeriodCounts,
        PartitionKind.CALENDAR: PeriodCounts,
        PartitionKind.INITIAL: TopicCount,
        PartitionKind.TOPICS: InitialCounts,
        PartitionKind.QUARANTINE: QuarantinedVersion,
        PartitionKind.IMAGE: ImageSnapshot,
        PartitionKind.EVENT: Snapshot,
        PartitionKind.UPDATES: UpdateEntry,
        PartitionKind.CORRECTIONS: UpdateEntry,
    }
    by_prefix: Mapping[str, type[Stored]] = {
        keys.REVISION: Revision,
        keys.ENTRY: Entry,
        keys.RETRACTED: Entry,
        keys.CATEGORY: TopicCount,
        keys.TRANSLATION: Entry,
        keys.MONTHS: TopicMonthCount,
    }
    for prefix, model in by_prefix.items():
        if sort.startswith(prefix):
            return model
    return by_kind[partition.kind]


def with_new_names(value: Json) -> Json:
    """Write an old payload in the names of today."""
    if isinstance(value, dict):
        return {RENAMED.get(name, name): with_new_names(item) for name, item in value.items()}
    if isinstance(value, list):
        return [with_new_names(item) for item in value]
    return value


PAYLOADS = [
    row for row in ROWS if row.sort != keys.CLAIM and not row.sort.startswith((*EMPTY, *UNREAD))
]


@pytest.mark.parametrize("row", PAYLOADS, ids=lambda row: f"{row.partition} {row.sort}")
def test_every_payload_of_the_old_ledger_is_read_field_by_field(row: Row) -> None:
    if row.payload == "{}":
        assert row.is_deleted
        return
    read = model_of(row.partition, row.sort).model_validate_json(row.payload)
    assert json.loads(read.model_dump_json(exclude_unset=True)) == with_new_names(
        json.loads(row.payload)
    )


def test_the_other_items_of_the_old_ledger_have_no_model() -> None:
    others = [row for row in ROWS if row not in PAYLOADS]
    assert all(
        row.payload == "{}" for row in others if not row.sort.startswith((keys.CLAIM, *UNREAD))
    )
    assert 0 < len(others) < len(ROWS)


@pytest.mark.parametrize(("read", "prefix"), [(read_entry, keys.ENTRY), (read_update, keys.CHANGE)])
def test_cached_readers_return_the_same_entry_for_old_and_new_names(
    read: Callable[[str], BaseModel], prefix: str
) -> None:
    payloads = {row.payload for row in ROWS if row.sort.startswith(prefix)}
    assert payloads
    for payload in payloads:
        assert read(payload) == read(json.dumps(with_new_names(json.loads(payload))))


def test_the_old_index_of_related_events_keeps_its_key_and_publishes_nothing() -> None:
    """A cursor of a scan over the ledger must come back as it was."""
    old = Partition.parse("NEAR#harbour")
    assert str(old) == "NEAR#harbour"
    assert tasks_for(ItemKey(old, "ENTRY#a")) == ()
    with pytest.raises(ValueError, match="FAR"):
        Partition.parse("FAR#harbour")


def test_a_stored_payload_may_have_fields_of_a_later_release() -> None:
    stored = '{"count": 1, "later": 2}'
    assert TopicMonthCount.model_validate_json(stored) == TopicMonthCount(count=1)


LATER: dict[str, Json] = {"later": {"a": [1, None]}, "derivation_of_later": 9}


def of_a_later_release(value: Json) -> Json:
    """Add fields to every object, and give the kinds names that this release does not know."""
    if isinstance(value, list):
        return [of_a_later_release(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields: dict[str, Json] = {name: of_a_later_release(item) for name, item in value.items()}
    kinds: dict[str, Json] = {name: "later" for name in ("kind", "origin") if name in fields}
    return fields | kinds | LATER


def with_known_kinds(value: Json) -> Json:
    if isinstance(value, list):
        return [with_known_kinds(item) for item in value]
    if not isinstance(value, dict):
        return value
    known: dict[str, Json] = {"kind": "update", "origin": "upload"}
    return {name: known.get(name, with_known_kinds(item)) for name, item in value.items()}


TODAY = [
    item
    for item in old_items()
    if not item.deleted
    and item.key.sort.startswith(
        (
            keys.SNAPSHOT,
            keys.REVISION,
            keys.ENTRY,
            keys.RETRACTED,
            keys.CHANGE,
            keys.TRANSLATION,
            "events/",
        )
    )
]


@pytest.mark.parametrize("item", TODAY, ids=lambda item: f"{item.key.partition} {item.key.sort}")
def test_a_payload_with_fields_and_kinds_of_a_later_release_is_read(item: LedgerItem) -> None:
    payload = json.loads(item.payload)
    # A difference is a list of tuples: its kinds have no names, and a later release may not add to
    # them.
    changes = payload.pop("changes", None)
    later = of_a_later_release(payload)
    assert isinstance(later, dict)
    if changes is not None:
        later["changes"] = changes
    read = model_of(*item.key).model_validate_json(json.dumps(later))
    expected = with_known_kinds(payload)
    assert isinstance(expected, dict)
    if changes is not None:
        expected["changes"] = changes
    assert json.loads(read.model_dump_json(exclude_unset=True)) == expected


def test_a_kind_that_no_release_knows_is_an_error_in_code() -> None:
    entry = Entry.model_validate_json(next(i.payload for i in TODAY if i.key.sort[:6] == "ENTRY#"))
    with pytest.raises(ValidationError):
        Entry.model_validate(entry.model_dump() | {"kind": "later"})


@pytest.mark.parametrize(
    "model", [ReconcileCounts, IngestWork, PublishWork, AuditWork, Retry, HubPing]
)
def test_a_message_of_a_later_release_may_have_further_fields(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "ignore"
