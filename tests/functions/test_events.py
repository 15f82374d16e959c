"""The payloads in events/: made by a command, shaped as AWS shapes them, each used by a test."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazette_cli.emulators.template import ROOT
from tests.functions.aws_shapes import Upload, s3_record
from tests.functions.conftest import MORNING, payload
from tests.functions.payloads import EVENTS, files_in, payloads, write, written

FILES = files_in(EVENTS)


def test_the_command_makes_the_payloads_that_are_there_and_no_others() -> None:
    assert sorted(payloads()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_payload_equals_the_output_of_the_command(name: str) -> None:
    """`make events` writes them again; the diff is then read like code."""
    assert (EVENTS / name).read_bytes().decode() == written(payloads()[name]).decode()


def test_the_command_writes_missing_files_and_removes_others(tmp_path: Path) -> None:
    everything = [f"written: {name}" for name in payloads()]
    assert list(write(tmp_path)) == everything
    (tmp_path / FILES[0]).write_text("{}", encoding="utf-8")
    (tmp_path / "ingest_event/of_last_year.json").write_text("{}", encoding="utf-8")
    sample = tmp_path / "samples/event.json"
    sample.parent.mkdir()
    sample.write_text("{}", encoding="utf-8")
    assert list(write(tmp_path)) == [
        f"written: {FILES[0]}",
        "removed: ingest_event/of_last_year.json",
    ]
    assert list(write(tmp_path)) == []
    assert files_in(tmp_path) == FILES
    assert sample.exists()


def test_every_function_has_payloads() -> None:
    functions = {file.parent.name for file in (ROOT / "functions").glob("*/app.py")}
    assert {name.partition("/")[0] for name in FILES} == functions


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


FROM_THE_STREAM = [name for name in FILES if name.startswith("publish_") and "retry" not in name]


@pytest.mark.parametrize("name", FROM_THE_STREAM)
def test_a_record_of_the_stream_brings_keys_only_in_order(name: str) -> None:
    records = [record["dynamodb"] for record in payload(name)["Records"]]
    assert {record["StreamViewType"] for record in records} == {"KEYS_ONLY"}
    assert all(set(record["Keys"]) == {"pk", "sk"} for record in records)
    numbers = [int(record["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("name", FROM_THE_STREAM)
def test_a_record_of_the_stream_has_the_size_of_its_keys(name: str) -> None:
    for change in (record["dynamodb"] for record in payload(name)["Records"]):
        keys = change["Keys"]
        assert change["SizeBytes"] == len(f"pk{keys['pk']['S']}sk{keys['sk']['S']}".encode())


def test_size_and_etag_of_a_notification_fit_the_object() -> None:
    """Under SSE-S3 an entity tag is the MD5 of the object, and publishing relies on it."""
    body = b'{"title": "River opens"}'
    put = s3_record(Upload("events/a b.json", body), MORNING)["s3"]
    assert isinstance(put, dict)
    assert put["object"]["key"] == "events/a+b.json"
    assert put["object"]["size"] == len(body)
    assert put["object"]["eTag"] == "692bd0dbd3bafded5b92a69b11c9319a"


SAM = ROOT / ".venv-sam" / "bin" / "sam"
# Of a record of the stream SAM shows the images of the item too, which a stream of keys leaves out.
_NOT_OURS = re.compile(r"/(Keys|NewImage|OldImage)/.*|/(NewImage|OldImage)")


def paths_of(value: object, at: str = "") -> Iterator[str]:
    """Yield the path of every field, of a list those of its first item."""
    if isinstance(value, list):
        yield from paths_of(value[0], at)
    elif isinstance(value, dict):
        for name, held in value.items():
            yield f"{at}/{name}"
            yield from paths_of(held, f"{at}/{name}")


@pytest.mark.skipif(not SAM.exists(), reason="make install-sam brings the SAM CLI")
@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("s3 put", "ingest_event/s3_put.json"),
        ("sqs receive-message", "ingest_event/sqs_batch.json"),
        ("dynamodb update", "publish_changes/stream_batch.json"),
        ("cloudwatch scheduled-event", "expire_entries/schedule.json"),
    ],
)
def test_a_payload_has_every_field_that_sam_would_generate(event: str, name: str) -> None:
    command = [str(SAM), "local", "generate-event", *event.split()]
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603
    expected = {path for path in paths_of(json.loads(done.stdout)) if not _NOT_OURS.search(path)}
    assert len(expected) >= 8
    assert expected - set(paths_of(payload(name))) == set()
