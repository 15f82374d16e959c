"""A history file: its rows by time, the versions that they remove, and the bursts they come in."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gazette_cli.engines.acts import BURST, Act, Change, Pause, Removal, WriteLog, bursts
from gazette_cli.engines.headers import upload_arguments
from gazette_cli.engines.history import BadLine, read_history

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY, OTHER = "events/a.json", "events/b.json"


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def row(minutes: int, key: str = KEY, **fields: object) -> bytes:
    return json.dumps({"at": at(minutes).isoformat(), "key": key} | fields).encode() + b"\n"


def put(minutes: int, key: str = KEY) -> bytes:
    return row(minutes, key, bytes="")


def acts_of(*lines: bytes) -> list[Act]:
    acts, bad = read_history(lines)
    assert bad == []
    return acts


def removed(*lines: bytes) -> list[tuple[str, tuple[int, ...]]]:
    return [(act.key, act.writes) for act in acts_of(*lines) if isinstance(act, Removal)]


def test_rows_go_by_time_and_those_of_one_time_as_they_stand() -> None:
    acts = acts_of(put(2), put(1, "events/c.json"), put(1, OTHER), put(0))
    assert acts == [
        Change(at(0), KEY, b""),
        Change(at(1), "events/c.json", b""),
        Change(at(1), OTHER, b""),
        Change(at(2), KEY, b""),
    ]


def test_the_newest_version_is_what_s3_serves_be_it_a_marker() -> None:
    assert removed(put(0), put(1), row(2, remove_version="newest")) == [(KEY, (1,))]
    assert removed(put(0), row(1, delete=True), row(2, remove_version="newest")) == [(KEY, (1,))]


def test_the_marker_is_the_newest_delete_marker_whatever_came_after_it() -> None:
    lines = [put(0), row(1, delete=True), row(2, delete=True), put(3)]
    assert removed(*lines, row(4, remove_version="marker")) == [(KEY, (2,))]
    twice = [row(minute, remove_version="marker") for minute in (4, 5)]
    assert removed(*lines, *twice) == [(KEY, (2,)), (KEY, (1,))]


def test_all_but_the_newest_goes_at_once() -> None:
    lines = [put(0), put(1), row(2, delete=True), put(3)]
    assert removed(*lines, row(4, remove_version="all but the newest")) == [(KEY, (0, 1, 2))]


def test_of_a_single_version_nothing_goes_but_the_newest() -> None:
    assert removed(put(0), row(1, remove_version="all but the newest")) == [(KEY, ())]


def test_a_number_counts_the_uploads_of_the_key_and_not_its_markers() -> None:
    lines = [put(0), put(0, OTHER), row(1, delete=True), put(2), put(3)]
    assert removed(*lines, row(4, remove_version=2)) == [(KEY, (2,))]


def test_a_number_stays_that_of_its_upload_when_others_are_gone() -> None:
    lines = [put(0), put(1), put(2), row(3, remove_version=1), row(4, remove_version=3)]
    assert removed(*lines) == [(KEY, (0,)), (KEY, (2,))]


def test_a_removal_by_time_may_stand_before_what_it_removes() -> None:
    assert removed(row(1, remove_version="newest"), put(0)) == [(KEY, (0,))]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([row(0, remove_version="newest")], "events/a.json has no version by then"),
        (
            [put(0, OTHER), row(1, remove_version="all but the newest")],
            "events/a.json has no version by then",
        ),
        ([put(1), row(0, remove_version="newest")], "events/a.json has no version by then"),
        ([put(0), row(1, remove_version="marker")], "events/a.json has no delete marker by then"),
        ([put(0), row(1, remove_version=2)], "events/a.json has 1 uploads by then"),
        (
            [put(0), put(1), row(2, remove_version=1), row(3, remove_version=1)],
            "upload 1 of events/a.json was removed before",
        ),
    ],
)
def test_a_removal_of_what_is_not_there_is_refused(lines: list[bytes], reason: str) -> None:
    _, bad = read_history(lines)
    remedy = "correct the row or its time; rows go by time"
    assert bad == [BadLine(len(lines), f"remove_version: {reason}; {remedy}")]


def test_a_bad_row_is_left_out_and_named_by_its_line() -> None:
    acts, bad = read_history([put(0), b"\n", b"{\n", put(2), row(1, remove_version=5)])
    assert acts == [Change(at(0), KEY, b""), Change(at(2), KEY, b"")]
    assert [(line.number, line.reason.partition(":")[0]) for line in bad] == [
        (3, "row"),
        (5, "remove_version"),
    ]


def test_changes_come_in_bursts() -> None:
    changes = [Change(at(0), KEY, b"")] * (2 * BURST + 1)
    assert [len(burst) for burst in bursts(changes)] == [BURST, BURST, 1]
    assert list(bursts(changes[:BURST])) == [changes[:BURST]]
    assert list(bursts([])) == []


def test_a_removal_and_a_pause_are_bursts_of_their_own() -> None:
    change, removal, pause = Change(at(0), KEY, b""), Removal(at(1), KEY, (0,)), Pause(at(2))
    acts: list[Act] = [pause, change, change, removal, pause, change]
    assert list(bursts(acts)) == [[pause], [change, change], [removal], [pause], [change]]


def test_a_write_is_found_by_its_place_among_those_of_its_key() -> None:
    log, removals = WriteLog(), []
    for key, version_id in ((KEY, "x"), (OTHER, "y"), (KEY, "z")):
        log.add(key, version_id)
    log.remove(Removal(at(0), KEY, (1, 0)), lambda key, version: removals.append((key, version)))
    assert removals == [(KEY, "z"), (KEY, "x")]


def test_headers_are_arguments_of_an_upload() -> None:
    headers = {"Content-Encoding": "gzip", "X-Amz-Meta-Author": "me"}
    assert upload_arguments(headers) == {"ContentEncoding": "gzip", "Metadata": {"author": "me"}}
    assert upload_arguments({}) == {}
