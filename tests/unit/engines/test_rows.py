"""One row of a history file: what it says, and what is wrong with it."""

import json
from datetime import UTC, datetime

import pytest

from gazette_cli.engines.acts import Change, Pause, Versioning
from gazette_cli.engines.fields import RowError
from gazette_cli.engines.rows import DenialRow, LifecycleRow, RemovalRow, read_row

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AT, KEY = "2026-11-20T12:00:00Z", "events/a.json"


def read(**row: object) -> object:
    return read_row(json.dumps(row).encode())


def test_a_document_is_a_version() -> None:
    row = read(at=AT, key=KEY, document={"title": "Ñandú 🦊", "big": 2**60})
    body = f'{{"title": "Ñandú 🦊", "big": {2**60}}}'.encode()
    assert row == Change(NOON, KEY, body)


def test_bytes_are_a_version_with_the_headers_of_its_upload() -> None:
    headers = {"Content-Encoding": "gzip", "x-amz-meta-author": "me"}
    row = read(at=AT, key="images/a.png", bytes="AP8=", headers=headers)
    assert row == Change(NOON, "images/a.png", b"\x00\xff", headers)


def test_a_document_may_have_headers_too() -> None:
    row = read(at=AT, key=KEY, document={}, headers={"content-type": "application/json"})
    assert row == Change(NOON, KEY, b"{}", {"content-type": "application/json"})


def test_bytes_may_be_none_at_all() -> None:
    assert read(at=AT, key=KEY, bytes="") == Change(NOON, KEY, b"")


def test_a_deletion_is_a_change_without_a_body() -> None:
    assert read(at=AT, key=KEY, delete=True) == Change(NOON, KEY, None)


@pytest.mark.parametrize("which", ["newest", "marker", "all but the newest", 1, 12])
def test_a_removal_names_a_place_or_the_number_of_an_upload(which: object) -> None:
    assert read(at=AT, key=KEY, remove_version=which) == RemovalRow(NOON, KEY, which)  # type: ignore[arg-type]  # each of them is one


@pytest.mark.parametrize("action", ["deny_version", "archive_version"])
@pytest.mark.parametrize("which", ["newest", 1, 12])
def test_a_denial_names_the_newest_upload_or_the_number_of_one(action: str, which: object) -> None:
    row = read(at=AT, key=KEY, **{action: which})
    assert row == DenialRow(NOON, KEY, which, action)  # type: ignore[arg-type]  # each of them is one


@pytest.mark.parametrize("rule", ["expire the object", "expire old versions"])
def test_a_lifecycle_rule_says_what_it_deletes(rule: object) -> None:
    assert read(at=AT, key=KEY, lifecycle=rule) == LifecycleRow(NOON, KEY, rule)  # type: ignore[arg-type]  # each of them is one


@pytest.mark.parametrize(("state", "is_suspended"), [("suspended", True), ("enabled", False)])
def test_versioning_is_that_of_the_bucket_and_has_no_key(state: str, is_suspended: bool) -> None:
    assert read(at=AT, versioning=state) == Versioning(NOON, is_suspended)


def test_a_row_with_a_time_alone_lets_time_pass() -> None:
    assert read(at=AT) == Pause(NOON)


def test_a_time_may_have_any_offset() -> None:
    assert read(at="2026-11-20T13:00:00+01:00") == Pause(NOON)


def test_a_key_may_lie_anywhere_in_the_bucket() -> None:
    row = read(at=AT, key="erasures/a.json", document={"revisions": "all"})
    assert row == Change(NOON, "erasures/a.json", b'{"revisions": "all"}')


BAD = [
    ({"key": KEY, "delete": True}, "at: is missing; write a time such as 2026-"),
    ({"at": "yesterday"}, 'at: "yesterday" is no time; write'),
    ({"at": 1763640000}, "at: 1763640000 is no time; write"),
    ({"at": "2026-11-20"}, 'at: "2026-11-20" has no offset; write'),
    ({"at": "2026-11-20T12:00:00"}, 'at: "2026-11-20T12:00:00" has no offset; write'),
    ({"at": "0001-01-01T00:00:00+14:00"}, 'at: "0001-01-01T00:00:00+14:00" is no time; write'),
    ({"at": AT, "delete": True}, "key: is missing or no text; write the key of the object"),
    ({"at": AT, "headers": {}}, "key: is missing or no text; write the key of the object"),
    ({"at": AT, "key": "", "delete": True}, "key: is missing or no text; write"),
    ({"at": AT, "key": 7, "delete": True}, "key: is missing or no text; write"),
    ({"at": AT, "key": "\ud800", "delete": True}, "key: is no valid Unicode; write"),
    (
        {"at": AT, "key": "é" * 513, "delete": True},
        "key: has 1,026 bytes, and S3 takes 1,024; shor",
    ),
    ({"at": AT, "key": KEY}, "key: says nothing of what happens to it; give the row one of docu"),
    (
        {"at": AT, "key": KEY, "delete": True, "bytes": ""},
        "key: has bytes and delete; give the row one of document",
    ),
    ({"at": AT, "key": KEY, "document": [1]}, "document: is no JSON object; write other content"),
    ({"at": AT, "key": KEY, "document": None}, "document: is no JSON object; write other content"),
    (
        {"at": AT, "key": KEY, "bytes": "A"},
        "bytes: is no base64: its 1 characters are no",
    ),
    (
        {"at": AT, "key": KEY, "bytes": "%%%%"},
        'bytes: is no base64: character 1 is "%"; encode',
    ),
    (
        {"at": AT, "key": KEY, "bytes": "aé"},
        'bytes: is no base64: character 2 is "é"; enc',
    ),
    ({"at": AT, "key": KEY, "delete": False}, "delete: is not true; write true, or leave"),
    ({"at": AT, "key": KEY, "delete": 1}, "delete: is not true; write true, or leave"),
    ({"at": AT, "key": KEY, "remove_version": 0}, 'remove_version: 0 names no version; write "ne'),
    ({"at": AT, "key": KEY, "remove_version": True}, "remove_version: true names no version; wri"),
    ({"at": AT, "key": KEY, "remove_version": "2"}, 'remove_version: "2" names no version; write'),
    ({"at": AT, "key": KEY, "remove_version": []}, "remove_version: [] names no version; write"),
    (
        {"at": AT, "key": KEY, "delete": True, "headers": {}},
        "headers: do not go with delete; leave them out",
    ),
    ({"at": AT, "key": KEY, "bytes": "", "headers": []}, "headers: is no object; write such as"),
    (
        {"at": AT, "key": KEY, "bytes": "", "headers": {"Server": "x"}},
        "headers.Server: is no header that S3 keeps; use cache-control, ",
    ),
    (
        {"at": AT, "key": KEY, "bytes": "", "headers": {"Content-Type": 1}},
        "headers.Content-Type: is no ASCII text; write its value",
    ),
    (
        {"at": AT, "key": KEY, "bytes": "", "headers": {"x-amz-meta-a": "é"}},
        "headers.x-amz-meta-a: is no ASCII text; write its value",
    ),
    ({"at": AT, "key": KEY, "delet": True}, "delet: is no field of a history; use at, key, docu"),
    ({"at": AT, "key": KEY, "deny_version": "marker"}, 'deny_version: "marker" names no upload; w'),
    ({"at": AT, "key": KEY, "archive_version": 0}, 'archive_version: 0 names no upload; write "ne'),
    (
        {"at": AT, "key": KEY, "lifecycle": "expire"},
        'lifecycle: "expire" is nothing that a rule does; write "expire the object" or "expire old',
    ),
    ({"at": AT, "key": KEY, "lifecycle": []}, "lifecycle: [] is nothing that a rule does; write"),
    (
        {"at": AT, "versioning": "off"},
        'versioning: "off" is no state of versioning; write "suspended" or "enabled"',
    ),
    ({"at": AT, "versioning": True}, 'versioning: true is no state of versioning; write "suspen'),
    (
        {"at": AT, "key": KEY, "versioning": "suspended"},
        "versioning: is that of the whole bucket; give it a row of its own, without a key",
    ),
    ({"revision_time": AT}, "id: is missing; give the revision the id of its event"),
    ({"id": "a"}, "revision_time: is missing; write a time such as 2026-"),
    ({"id": "a", "revision_time": "then"}, 'revision_time: "then" is no time; write a time'),
]


@pytest.mark.parametrize(("row", "message"), BAD)
def test_a_bad_row_names_the_field_the_reason_and_the_remedy(
    row: dict[str, object], message: str
) -> None:
    with pytest.raises(RowError) as refused:
        read(**row)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("line", [b"{", b"\xff", b"[1]", b"null", b"[" * 100_000])
def test_what_is_no_json_object_is_no_row(line: bytes) -> None:
    with pytest.raises(RowError, match=r"^row: .*; write one JSON object a line$"):
        read_row(line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            b'{"at": 012}',
            "row: is not JSON at column 8: a number with a leading zero; write 12",
        ),
        (b"{'at': 1}", "row: is not JSON at column 2: a text in single quotes; write double"),
        (b'{"at": "x",}', "row: is not JSON at column 11: a comma after the last item; remove"),
        (b'{"at": "', "row: is not JSON at column 8: the text that begins here has no closing"),
        (b'{"at": NaN}', "row: holds NaN, which JSON does not have; write a number, a text or n"),
        (b'{"at": ' + b"9" * 5000 + b"}", "row: holds a number of too many digits; write such"),
        (b"\xff", "row: is not UTF-8: byte 0 is wrong; save the document as UTF-8; write one"),
        (b"[1]", "row: is no JSON object; write one JSON object a line"),
        (b"[" * 100_000, "row: is nested too deeply; write one JSON object a line"),
        (b'{"at": null}', "at: null is no time; write"),
        (b'{"id": {"a": 1}, "revision_time": 1}', 'id: {"a": 1} is no text; give the revision'),
        (b'{"id": true, "revision_time": 1}', "id: true is no text; give the revision"),
        (b'{"at": "2026-01-01T00:00:00Z", "key": "a", "bytes": 5}', "bytes: 5 is no text; encode"),
    ],
)
def test_a_line_is_refused_in_our_words(line: bytes, message: str) -> None:
    with pytest.raises(RowError) as refused:
        read_row(line + b"\n")
    assert str(refused.value).startswith(message)


def test_a_revision_of_a_corpus_is_a_document_with_its_time() -> None:
    row = read(
        id="a",
        revision_time=AT,
        title="T",
        date="2026-11-20",
        lang="simple",
        tags=["nasty"],
        category=None,
        published="2026-11-21T00:00:00Z",
        byline="Ada",
        revision={"kind": "minor", "note": "A comma."},
    )
    assert isinstance(row, Change)
    assert (row.at, row.key) == (NOON, KEY)
    assert json.loads(row.body or b"") == {
        "title": "T",
        "date": "2026-11-20",
        "published": "2026-11-21T00:00:00Z",
        "byline": "Ada",
        "revision": {"kind": "minor", "note": "A comma."},
        "language": "en",
        "modified": AT,
    }


def test_a_retracted_revision_of_a_corpus_is_a_deletion() -> None:
    assert read(id="a", revision_time=AT, status="retracted") == Change(NOON, KEY, None)


def test_a_revision_of_a_corpus_without_an_offset_is_in_utc() -> None:
    row = read(id="a", revision_time="2026-11-20T12:00:00", status="retracted")
    assert row == Change(NOON, KEY, None)
