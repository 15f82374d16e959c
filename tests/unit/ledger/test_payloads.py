"""A payload is compressed in DynamoDB where that makes it smaller, and is read as it was."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.store.dynamodb_items import read_raw, write_item
from gazette.store.payloads import pack, unpack

ITEM_KEY = ItemKey(Partition.parse("TOPIC#foxes"), "ENTRY#1")


@given(st.text(max_size=40).flatmap(lambda one: st.integers(0, 3000).map(lambda n: one * n)))
def test_what_is_stored_is_no_larger_and_is_read_as_it_was(payload: str) -> None:
    stored = pack(payload)
    size = len(stored.encode() if isinstance(stored, str) else stored)
    assert size <= len(payload.encode())
    item = LedgerItem(ITEM_KEY, 7, payload)
    assert read_raw(write_item(item, None)) == item


def test_a_short_payload_stays_readable_in_the_table() -> None:
    assert write_item(LedgerItem(ITEM_KEY, 1, '{"number":1}'), None)["payload"] == {
        "S": '{"number":1}'
    }


def test_a_text_takes_less_than_half() -> None:
    text = " ".join(f"The river rose by {number} cm at gauge {number % 7}." for number in range(99))
    stored = pack(text)
    assert isinstance(stored, bytes)
    assert len(stored) < len(text) / 2
    assert unpack(stored) == text


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("most", [0x80, 0x800, 0xD800, 0x10FFFF])
def test_the_shortest_noise_that_is_compressed_takes_less(seed: int, most: int) -> None:
    random, payload = Random(seed), ""  # noqa: S311  # no secret
    while len(payload.encode()) < 512:
        payload += chr(random.randrange(most)).encode(errors="ignore").decode()
    assert len(pack(payload)) < len(payload.encode())


@pytest.mark.parametrize("payload", ["{}", "x" * 5000])
def test_items_of_earlier_releases_are_read(payload: str) -> None:
    raw = write_item(LedgerItem(ITEM_KEY, 1, ""), None) | {"payload": {"S": payload}}
    assert read_raw(raw).payload == payload
