"""Values that are too long for one item, for a key or for a field, and copies of contents."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from gazette.delivery.memory import MemorySiteStore, MemorySourceArchive, SourceContents
from gazette.models.characters import bytes_in_json, cut_to_bytes
from gazette.models.contract.parsing import InvalidEventError, parse_document
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import claim_key, rebuild_request_key
from gazette.models.ledger.partitions import TOPICS
from gazette.models.limits import (
    MAX_DOCUMENT_PART_BYTES,
    MAX_OBJECT_KEY_BYTES,
    MAX_SORT_KEY_BYTES,
    MAX_URL_BYTES,
)
from gazette.models.views.site_document import document
from gazette.services.source.document_store import DocumentStore
from gazette.store.memory import LedgerContents, MemoryLedger
from tests.unit.publish.worlds import document_of

MORNING = datetime(2026, 7, 4, 8, tzinfo=UTC)


def a_ledger(contents: LedgerContents | None = None) -> MemoryLedger:
    return MemoryLedger(Counter(), lambda _key: None, lambda: MORNING, contents)


def a_bucket(contents: SourceContents | None = None) -> MemorySourceArchive:
    return MemorySourceArchive(Counter(), lambda _event: None, contents)


def test_a_text_is_cut_to_bytes_of_json() -> None:
    cut = cut_to_bytes('"' * 20, 20)
    assert cut == '"' * 8 + "…"
    assert bytes_in_json(cut) <= 20


def test_a_long_cause_of_a_rebuild_request_is_hashed() -> None:
    long = [rebuild_request_key(TOPICS, "x" * MAX_SORT_KEY_BYTES + end) for end in "ab"]
    assert all(len(key.sort.encode()) <= MAX_SORT_KEY_BYTES for key in long)
    assert long[0] != long[1]


@pytest.mark.parametrize("start", ["", "a", "ab"])
def test_a_long_document_is_cut_between_characters(start: str) -> None:
    store = DocumentStore(a_ledger())
    kept = parse_document(document_of(body=start + "\u8a9e" * (MAX_DOCUMENT_PART_BYTES // 2)))
    store.put("a", "one", kept)
    stored = store.get("a", "one")
    assert stored
    assert stored.body == kept.body


def test_an_address_may_not_be_longer_percent_encoded() -> None:
    address = "https://example.org/" + "\u8a9e" * (MAX_URL_BYTES // 8)
    with pytest.raises(InvalidEventError, match="percent-encoded"):
        parse_document(document_of(sources=[{"url": address}]))


def test_a_document_may_not_have_a_path_longer_than_an_object_key() -> None:
    path = f"{'x' * MAX_OBJECT_KEY_BYTES}.html"
    with pytest.raises(ValueError, match="longer than an object key"):
        MemorySiteStore(Counter()).write([document(path, b"")], {path: None})


def test_a_copy_of_a_ledger_is_not_reached_by_writes_to_the_ledger() -> None:
    ledger = a_ledger()
    copied = a_ledger(ledger.contents.copy())
    ledger.claim("news/river", "a")
    again = a_ledger(ledger.contents.copy())
    ledger.claim("news/fox", "b")
    assert copied.get(claim_key("news/river")) is None
    assert again.get(claim_key("news/river")) == LedgerItem(claim_key("news/river"), 0, "a")
    assert again.get(claim_key("news/fox")) is None


def test_a_copy_of_a_bucket_is_not_reached_by_writes_to_the_bucket() -> None:
    source = a_bucket()
    source.put("events/a.json", b"{}", MORNING)
    copied = a_bucket(source.contents.copy())
    source.put("events/a.json", b"[]", MORNING)
    source.suspend_versioning()
    assert [len(each.versions("events/a.json")) for each in (copied, source)] == [1, 2]
    assert not copied.contents.is_suspended
