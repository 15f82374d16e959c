"""A history file: its rows by time, the versions that they remove, and the bursts they come in."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gazette_cli.engines.acts import (
    BURST,
    Act,
    Change,
    Denial,
    Expiration,
    Pause,
    Removal,
    Versioning,
    WriteLog,
    bursts,
)
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
            "upload 1 of events/a.json was removed or replaced before",
        ),
    ],
)
def test_a_removal_of_what_is_not_there_is_refused(lines: list[bytes], reason: str) -> None:
    _, bad = read_history(lines)
    remedy = "correct the row or its time; rows go by time"
    assert bad == [BadLine(len(lines), f"remove_version: {reason}; {remedy}")]


def suspend(minutes: int) -> bytes:
    return versioning(minutes, "suspended")


def versioning(minutes: int, state: str) -> bytes:
    return json.dumps({"at": at(minutes).isoformat(), "versioning": state}).encode() + b"\n"


def test_a_write_replaces_the_one_before_it_while_versioning_is_suspended() -> None:
    lines = [put(0), suspend(1), put(2), put(3), row(4, remove_version="all but the newest")]
    assert removed(*lines) == [(KEY, (0,))]
    markers = [put(0), suspend(1), put(2), row(3, delete=True), row(4, remove_version="newest")]
    assert removed(*markers) == [(KEY, (2,))]


def test_versions_are_kept_again_when_versioning_is_enabled() -> None:
    lines = [suspend(0), put(1), versioning(2, "enabled"), put(3), put(4)]
    assert removed(*lines, row(5, remove_version="all but the newest")) == [(KEY, (0, 1))]
    assert acts_of(suspend(0), versioning(2, "enabled")) == [
        Versioning(at(0), is_suspended=True),
        Versioning(at(2), is_suspended=False),
    ]


def test_versioning_is_that_of_all_keys() -> None:
    lines = [suspend(0), put(1), put(2, OTHER), put(3)]
    assert removed(*lines, row(4, remove_version="newest")) == [(KEY, (1,))]


def test_the_version_of_a_suspended_bucket_is_replaced_when_it_is_suspended_again() -> None:
    lines = [suspend(0), put(1), versioning(2, "enabled"), put(3), suspend(4), put(5)]
    assert removed(*lines, row(6, remove_version="all but the newest")) == [(KEY, (1,))]


def test_a_lifecycle_rule_deletes_the_object_or_its_old_versions() -> None:
    old = row(3, lifecycle="expire old versions")
    lines = [put(0), put(1), row(2, lifecycle="expire the object"), old]
    assert acts_of(*lines)[2:] == [
        Expiration(at(2), KEY),
        Removal(at(3), KEY, (0, 1), by_lifecycle=True),
    ]
    # The delete marker of the rule is a write like any other.
    assert removed(*lines[:3], row(4, remove_version="marker")) == [(KEY, (2,))]


def test_a_rule_expires_nothing_of_a_single_version() -> None:
    assert removed(put(0), row(1, lifecycle="expire old versions")) == [(KEY, ())]


@pytest.mark.parametrize(
    ("action", "code"),
    [("deny_version", "AccessDenied"), ("archive_version", "InvalidObjectState")],
)
def test_s3_serves_the_newest_upload_or_a_numbered_one_no_longer(action: str, code: str) -> None:
    lines = [put(0), put(1), row(2, delete=True)]
    newest, first = row(3, KEY, **{action: "newest"}), row(3, KEY, **{action: 1})
    assert acts_of(*lines, newest)[3] == Denial(at(3), KEY, 1, code)
    assert acts_of(*lines, first)[3] == Denial(at(3), KEY, 0, code)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([row(0, lifecycle="expire the object")], "lifecycle: S3 serves no events/a.json by then"),
        (
            [put(0), row(1, delete=True), row(2, lifecycle="expire the object")],
            "lifecycle: S3 serves no events/a.json by then",
        ),
        (
            [row(0, delete=True), row(1, deny_version="newest")],
            "deny_version: events/a.json has no upload by then",
        ),
        (
            [put(0), row(1, archive_version=2)],
            "archive_version: events/a.json has 1 uploads by then",
        ),
        (
            [suspend(0), put(1), put(2), row(3, deny_version=1)],
            "deny_version: upload 1 of events/a.json was removed or replaced before",
        ),
    ],
)
def test_an_act_on_what_is_not_there_is_refused(lines: list[bytes], reason: str) -> None:
    _, bad = read_history(lines)
    remedy = "correct the row or its time; rows go by time"
    assert bad == [BadLine(len(lines), f"{reason}; {remedy}")]


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
    passed = Pause(at(1))
    expected = [[pause], [change, change], [passed], [removal], [pause], [change]]
    assert list(bursts(acts)) == expected


def test_what_an_owner_or_a_rule_does_is_a_burst_of_its_own() -> None:
    change = Change(at(0), KEY, b"")
    others: list[Act] = [
        Versioning(at(1), is_suspended=True),
        Expiration(at(1), KEY),
        Denial(at(1), KEY, 0, "AccessDenied"),
    ]
    for other in others:
        found = [burst for burst in bursts([change, other, change]) if burst != [Pause(at(1))]]
        assert found == [[change], [other], [change]]


@pytest.mark.parametrize(
    "act", [Removal(at(5), KEY, (0,)), Expiration(at(5), KEY), Denial(at(5), KEY, 0, "Denied")]
)
def test_time_passes_before_something_is_taken_away(act: Act) -> None:
    change, earlier = Change(at(0), KEY, b""), Removal(at(5), OTHER, (0,))
    assert list(bursts([change, act])) == [[change], [Pause(at(5))], [act]]
    assert list(bursts([change, earlier, act])) == [[change], [Pause(at(5))], [earlier], [act]]


def test_in_a_suspended_bucket_a_change_comes_after_the_one_that_it_replaces() -> None:
    a, b = Change(at(0), KEY, b""), Change(at(0), OTHER, b"")
    suspended, enabled = Versioning(at(0), is_suspended=True), Versioning(at(0), is_suspended=False)
    acts: list[Act] = [a, a, suspended, a, b, a, b, enabled, a, a]
    cut = [[a, a], [suspended], [a, b], [a, b], [enabled], [a, a]]
    assert list(bursts(acts)) == cut


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
