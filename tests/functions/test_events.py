"""The payloads in events/: each is invoked with by a test, and is shaped as AWS shapes it."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.functions.conftest import EVENTS, payload

FILES = sorted(
    file.relative_to(EVENTS).as_posix()
    for file in EVENTS.rglob("*.json")
    if "samples" not in file.parts
)


def test_every_payload_is_invoked_with_by_a_test_of_its_function() -> None:
    named = {
        f"{file.stem.removeprefix('test_')}/{name}"
        for file in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r'"(?:\w+/)?(\w+\.json)"', file.read_text(encoding="utf-8"))
    }
    assert FILES
    assert set(FILES) - named == set()


@pytest.mark.parametrize("name", FILES)
def test_a_message_of_the_queue_has_the_sum_of_its_body(name: str) -> None:
    for record in payload(name).get("Records", []):
        if record["eventSource"] == "aws:sqs":
            body = record["body"].encode()
            assert record["md5OfBody"] == hashlib.md5(body, usedforsecurity=False).hexdigest()


FROM_THE_STREAM = [
    name for name in FILES if name.startswith("publish_changes/") and "retry" not in name
]


@pytest.mark.parametrize("name", FROM_THE_STREAM)
def test_a_record_of_the_stream_brings_keys_only_in_order(name: str) -> None:
    records = [record["dynamodb"] for record in payload(name)["Records"]]
    assert {record["StreamViewType"] for record in records} == {"KEYS_ONLY"}
    assert all(set(record["Keys"]) == {"pk", "sk"} for record in records)
    numbers = [int(record["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))
