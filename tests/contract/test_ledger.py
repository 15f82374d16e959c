"""The contract of `Ledger`, for the memory ledger and the one on DynamoDB alike."""

from collections import Counter
from itertools import islice
from random import Random

import pytest
from botocore.exceptions import ClientError

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_NEWEST_ITEMS_A_PAGE, MAX_PAGE_BYTES, MAX_SORT_KEY_BYTES
from gazette.ports import Ledger
from gazette.store.dynamodb import DynamoLedger
from gazette.store.memory import MemoryLedger
from tests.contract.conftest import Aws, Watch, make_dynamo_ledger

FOXES, BEARS = partitions.topic_partition("foxes"), partitions.topic_partition("bears")


def record(
    sort: str,
    revision: int = 1,
    payload: str = "{}",
    *,
    deleted: bool = False,
    on: Partition = FOXES,
) -> LedgerItem:
    return LedgerItem(ItemKey(on, sort), revision, payload, deleted)


def sorts(records: object) -> list[str]:
    assert hasattr(records, "__iter__")
    return [record.key.sort for record in records]


def fill(ledger: Ledger, count: int, payload: str = "{}") -> list[str]:
    names = [f"ENTRY#{number:04d}" for number in range(count)]
    for name in names:
        ledger.put(record(name, payload=payload))
    return names


def noise(length: int) -> str:
    """Return a text that can hardly be compressed."""
    characters = "".join(map(chr, range(128)))
    return "".join(Random(7).choices(characters, k=length))  # noqa: S311  # no secret


def test_an_item_is_read_as_it_was_written(ledger: Ledger) -> None:
    odd = record('OTHER#\x01ñ"日本🦊', 7, '{"a": "\\u0000 🦊"}', deleted=True)
    assert ledger.get(odd.key) is None
    assert ledger.put(odd)
    assert ledger.get(odd.key) == odd
    assert ledger.get(record("ENTRY#").key) is None


def test_the_newer_revision_wins_in_any_order(ledger: Ledger) -> None:
    assert ledger.put(record("OTHER#a", 2, "two"))
    assert not ledger.put(record("OTHER#a", 1, "one"))
    assert not ledger.put(record("OTHER#a", 2, "two again"))
    assert ledger.get(record("OTHER#a").key) == record("OTHER#a", 2, "two")
    assert ledger.put(record("OTHER#a", 10, "ten", deleted=True))
    assert ledger.get(record("OTHER#a").key) == record("OTHER#a", 10, "ten", deleted=True)


def test_only_a_newer_revision_restores_a_deleted_item(ledger: Ledger) -> None:
    ledger.put(record("OTHER#a", 3, deleted=True))
    assert not ledger.put(record("OTHER#a", 2))
    assert ledger.put(record("OTHER#a", 4))
    held = ledger.get(record("OTHER#a").key)
    assert held is not None
    assert not held.deleted


def test_a_scan_returns_a_partition_in_the_order_of_its_sort_keys(ledger: Ledger) -> None:
    names = [
        "ENTRY#b",
        "ENTRY#a",
        "ENTRY#B",
        "ENTRY#ñ",
        "ENTRY#\uffee",
        "ENTRY#🦊",
        "HEAD",
        "ENTRY",
    ]
    for name in names:
        ledger.put(record(name))
    ledger.put(record("ENTRY#elsewhere", on=BEARS))
    by_bytes = sorted(names, key=str.encode)
    assert sorts(ledger.scan(FOXES)) == by_bytes
    entries = [name for name in by_bytes if name.startswith("ENTRY#")]
    assert sorts(ledger.scan(FOXES, "ENTRY#")) == entries
    assert sorts(ledger.newest(FOXES, "ENTRY#")) == entries[::-1]


def test_nothing_is_found_in_an_empty_partition(ledger: Ledger, calls: Counter[str]) -> None:
    assert list(ledger.scan(FOXES)) == []
    assert list(ledger.newest(FOXES, "ENTRY#")) == []
    ledger.put(record("HEAD"))
    assert list(ledger.scan(FOXES, "ENTRY#")) == []
    assert calls == {"dynamodb.Query": 3, "dynamodb.PutItem": 1}


def test_a_scan_continues_after_a_megabyte(ledger: Ledger, calls: Counter[str]) -> None:
    names = fill(ledger, 7, noise(300_000))
    calls.clear()
    assert sorts(ledger.scan(FOXES)) == names
    assert calls == {"dynamodb.Query": 3}


def test_the_newest_items_are_read_in_pages_on_demand(ledger: Ledger, calls: Counter[str]) -> None:
    names = fill(ledger, MAX_NEWEST_ITEMS_A_PAGE * 2 + 20)
    calls.clear()
    assert (
        sorts(islice(ledger.newest(FOXES, "ENTRY#"), MAX_NEWEST_ITEMS_A_PAGE))
        == names[: -MAX_NEWEST_ITEMS_A_PAGE - 1 : -1]
    )
    assert calls == {"dynamodb.Query": 1}
    calls.clear()
    assert sorts(ledger.newest(FOXES, "ENTRY#")) == names[::-1]
    assert calls == {"dynamodb.Query": 3}


def test_an_empty_page_is_read_after_a_full_last_page() -> None:
    """DynamoDB cannot know that a full page is the last one; moto does."""
    calls: Counter[str] = Counter()
    ledger = MemoryLedger(calls, lambda _: None, Watch())
    fill(ledger, MAX_NEWEST_ITEMS_A_PAGE)
    calls.clear()
    assert len(list(ledger.newest(FOXES, "ENTRY#"))) == MAX_NEWEST_ITEMS_A_PAGE
    assert calls == {"dynamodb.Query": 2}


def test_the_memory_ledger_fills_its_pages_to_the_last_byte() -> None:
    calls: Counter[str] = Counter()
    ledger = MemoryLedger(calls, lambda _: None, Watch())
    fill(ledger, 16, "x" * (MAX_PAGE_BYTES // 4))
    calls.clear()
    assert len(list(ledger.scan(FOXES))) == 16
    assert calls == {"dynamodb.Query": 4}


def test_the_newest_items_are_read_in_pages_of_a_megabyte(
    ledger: Ledger, calls: Counter[str]
) -> None:
    names = fill(ledger, 7, noise(300_000))
    calls.clear()
    assert sorts(ledger.newest(FOXES, "ENTRY#")) == names[::-1]
    assert calls == {"dynamodb.Query": 3}


def test_counts_that_reflect_more_revisions_win_in_any_order(
    ledger: Ledger,
) -> None:
    """The revision of counts is the sum of the revisions that they reflect."""
    assert ledger.put(record("ROLLUP#a", 0, "nothing yet"))
    assert ledger.put(record("ROLLUP#a", 5, "five"))
    assert not ledger.put(record("ROLLUP#a", 3, "three"))
    assert not ledger.put(record("ROLLUP#a", 5, "five again"))
    assert ledger.get(record("ROLLUP#a").key) == record("ROLLUP#a", 5, "five")


def test_an_item_is_replaced_only_at_the_expected_revision(ledger: Ledger) -> None:
    assert ledger.replace(record("ROLLUP#a", 1, "one"), 0)
    assert not ledger.replace(record("ROLLUP#a", 1, "one again"), 0)
    assert ledger.replace(record("ROLLUP#a", 2, "two"), 1)
    assert not ledger.replace(record("ROLLUP#a", 2, "two again"), 1)
    assert not ledger.replace(record("ROLLUP#a", 4, "four"), 3)
    assert ledger.get(record("ROLLUP#a").key) == record("ROLLUP#a", 2, "two")


def test_a_missing_item_is_not_replaced(ledger: Ledger) -> None:
    assert not ledger.replace(record("ROLLUP#a", 6), 5)
    assert ledger.get(record("ROLLUP#a").key) is None


def test_an_item_of_revision_zero_is_replaced_like_a_missing_one(ledger: Ledger) -> None:
    """Release 0.1.0 wrote counts of revision 0."""
    assert ledger.put(record("ROLLUP#a", 0, "old"))
    assert ledger.replace(record("ROLLUP#a", 1, "new"), 0)
    assert not ledger.replace(record("ROLLUP#a", 1, "late"), 0)
    assert ledger.get(record("ROLLUP#a").key) == record("ROLLUP#a", 1, "new")


def test_of_two_writers_who_read_the_same_revision_one_replaces_it(ledger: Ledger) -> None:
    ledger.put(record("ROLLUP#a", 7, deleted=True))
    assert ledger.replace(record("ROLLUP#a", 8, "first"), 7)
    assert not ledger.replace(record("ROLLUP#a", 8, "second"), 7)
    assert ledger.get(record("ROLLUP#a").key) == record("ROLLUP#a", 8, "first")


def test_the_items_before_and_after_an_item_key_are_read_in_pages(
    ledger: Ledger, calls: Counter[str]
) -> None:
    names = fill(ledger, 9)
    ledger.put(record("ENTRY#0004x", on=BEARS))
    calls.clear()
    assert sorts(ledger.after(record(names[3]).key)) == names[4:]
    assert sorts(ledger.before(record(names[3]).key)) == names[2::-1]
    assert sorts(ledger.after(record("ENTRY#0003x").key, 100)) == names[4:]
    assert sorts(ledger.before(record("ENTRY#0003x").key, 100)) == names[3::-1]
    assert sorts(ledger.after(record(names[-1]).key)) == []
    assert sorts(ledger.before(record(names[0]).key)) == []
    assert calls == {"dynamodb.Query": 7}
    calls.clear()
    assert sorts(ledger.after(record(names[1]).key)) == names[2:]
    assert sorts(ledger.before(record(names[7]).key)) == names[6::-1]
    assert calls == {"dynamodb.Query": 4}
    calls.clear()
    assert sorts(ledger.after(record(names[1]).key, 3)) == names[2:]
    assert sorts(ledger.before(record(names[7]).key, 3)) == names[6::-1]
    assert calls == {"dynamodb.Query": 6}


def test_a_read_may_begin_right_behind_an_item_key(ledger: Ledger, calls: Counter[str]) -> None:
    """No sort key lies between one and that with a null character added."""
    names = fill(ledger, 3)
    calls.clear()
    assert sorts(ledger.before(record(f"{names[1]}\0").key)) == names[1::-1]
    assert sorts(ledger.after(record(f"{names[1]}\0").key)) == names[2:]
    assert calls == {"dynamodb.Query": 2}


def test_a_path_belongs_for_ever_to_the_event_that_claims_it_first(ledger: Ledger) -> None:
    assert ledger.claim("news/a", "first") == "first"
    assert ledger.claim("news/a", "second") == "first"
    assert ledger.claim("news/a", "first") == "first"
    assert ledger.claim("news/b", "second") == "second"
    assert ledger.get(keys.claim_key("news/a")) == LedgerItem(keys.claim_key("news/a"), 0, "first")


def test_both_ledgers_make_the_same_calls(ledger: Ledger, calls: Counter[str]) -> None:
    ledger.put(record("ENTRY#a"))
    ledger.put(record("ENTRY#a"))
    ledger.get(record("ENTRY#a").key)
    ledger.get(record("ENTRY#b").key)
    ledger.claim("news/a", "first")
    ledger.claim("news/a", "second")
    ledger.put(record("ROLLUP#a", 2))
    ledger.put(record("ROLLUP#a", 1))
    ledger.replace(record("ROLLUP#a", 3), 2)
    ledger.replace(record("ROLLUP#a", 3), 2)
    assert calls == {"dynamodb.PutItem": 8, "dynamodb.GetItem": 3}


def test_other_errors_of_aws_are_raised(aws: Aws) -> None:
    ledger = DynamoLedger(aws.dynamodb, "no-such-table", Watch())
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        ledger.put(record("ENTRY#a"))


def test_a_claim_is_repeated_if_the_other_claim_is_deleted_meanwhile(aws: Aws) -> None:
    """Only an operator deletes claims. If one does so during a claim, the path is free."""
    ledger = make_dynamo_ledger(aws)

    class Forgetful(DynamoLedger):
        def get(self, item_key: ItemKey) -> LedgerItem | None:
            held = super().get(item_key)
            key = {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}
            aws.dynamodb.delete_item(TableName=self._table, Key=key)
            return None if held else held

    forgetful = Forgetful(aws.dynamodb, ledger._table, Watch())
    ledger.claim("news/a", "first")
    assert forgetful.claim("news/a", "second") == "second"
    assert ledger.claim("news/a", "third") == "second"


BOUNDS = {
    "sort key": (
        record("é" * (MAX_SORT_KEY_BYTES // 2)),
        record("é" * (MAX_SORT_KEY_BYTES // 2) + "e"),
    ),
    "partition key": (
        record("a", on=partitions.topic_partition("é" * 1021)),
        record("a", on=partitions.topic_partition("é" * 1021 + "e")),
    ),
    "item": (record("a", payload="é" * 200_000), record("a", payload="é" * 205_000)),
}


@pytest.mark.parametrize(("fits", "too_large"), BOUNDS.values(), ids=BOUNDS)
def test_an_item_over_a_bound_of_dynamodb_is_refused(
    ledger: Ledger, fits: LedgerItem, too_large: LedgerItem
) -> None:
    assert ledger.put(fits)
    assert ledger.get(fits.key) == fits
    with pytest.raises((ClientError, ValueError), match=r"exceeded|at most"):
        ledger.put(too_large._replace(revision=2))


@pytest.mark.parametrize("name", BOUNDS)
def test_the_memory_ledger_names_what_is_too_long(name: str) -> None:
    ledger = MemoryLedger(Counter(), lambda _: None, Watch())
    with pytest.raises(ValueError, match=f" bytes of {name} in TOPIC#"):
        ledger.put(BOUNDS[name][1])
