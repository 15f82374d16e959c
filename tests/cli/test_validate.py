"""`gazette validate`: problems and warnings by field, one line each."""

import gzip
import json
from pathlib import Path

import pytest

from gazette_cli.commands.cli import main
from gazette_cli.commands.validate import INVALID
from tests.unit.images.image_files import image_file


def write(folder: Path, **fields: object) -> str:
    file = folder / "event.json"
    file.write_text(json.dumps({"title": "A", "date": "2026-07-04"} | fields), encoding="utf-16")
    return str(file)


def test_a_valid_document_is_valid_in_utf_16_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path)
    assert main(["validate", file]) == 0
    assert capsys.readouterr() == (f"{file}: valid\n", "")


def test_a_block_of_code_that_is_left_out_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SPEC X11."""
    file = write(tmp_path, body="Before\n\n<script>\nx()\n</script>\n\nafter <script> in prose")
    assert main(["validate", file]) == 0
    warning = f"{file}: warning: body is published without a block of script\n"
    assert capsys.readouterr() == (f"{file}: valid\n", warning)


def test_what_is_published_in_another_form_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, tweet_id=1234567890123456789, topics=["x" * 501])
    assert main(["validate", file]) == 0
    out, err = capsys.readouterr()
    assert out == f"{file}: valid\n"
    number = "is kept as a string: JSON readers would round 1234567890123456789"
    assert err.splitlines() == [
        f"{file}: warning: tweet_id {number}",
        f"{file}: warning: topics is cut: a label has at most 500 characters",
        f"{file}: warning: tweet_id is no field of the contract, and is published under extra",
    ]


def test_problems_are_named_by_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, title="\u200b")
    missing = str(tmp_path / "missing.json")
    assert main(["validate", file, missing]) == INVALID
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"{file}: title: is blank; write something that can be seen",
        f"{missing}: does not exist; correct the path",
    ]


@pytest.mark.parametrize(
    ("times", "note"),
    [
        ({}, ""),
        ({"published": "2020-01-01T00:00:00Z", "expires": "2999-01-01T00:00:00Z"}, ""),
        (
            {"published": "2999-01-01T00:00:00Z"},
            ", held until 2999-01-01T00:00:00Z unless the event is public already",
        ),
        (
            {"expires": "2020-01-01T00:00:00Z"},
            ", but not published: expires is past (2020-01-01T00:00:00Z)",
        ),
    ],
)
def test_a_held_or_expired_document_is_valid_and_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], times: dict[str, str], note: str
) -> None:
    """Case 27."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"title": "Budget", "date": "2026-07-04"} | times))
    assert main(["validate", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: valid{note}\n"


def line(**row: object) -> str:
    return json.dumps({"at": "2026-11-20T12:00:00Z"} | row) + "\n"


GOOD = {"title": "A", "date": "2026-07-04"}


@pytest.mark.parametrize("rows", [1, 2])
def test_a_history_is_checked_row_by_row(
    tmp_path: Path, rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """One row is a JSON object, too, but no event."""
    file = tmp_path / "history.jsonl"
    file.write_text(line(key="events/a.json", document=GOOD) * rows)
    assert main(["validate", str(file)]) == 0
    assert capsys.readouterr() == (f"{file}: valid, {rows} rows\n", "")


def test_the_bad_rows_of_a_history_are_named_with_field_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "history.jsonl.gz"
    rows = [
        line(key="events/a.json", document={"title": "A"}),
        "{\n",
        "\n",
        line(),
        line(key="event/b.json", document=GOOD),
        line(key="images/a.svg", bytes=""),
        line(key="erasures/a.json", document={"revisions": "all"}),
        line(key="events/a.json", bytes="e30=", headers={"Content-Encoding": "gzip"}),
        line(key="events/a.json", remove_version=5),
        line(key="events/a.json", delete=True),
        line(key="events/a.json", document=GOOD | {"x": 1}),
        line(key="static/a.txt", bytes=""),
    ]
    file.write_bytes(gzip.compress("".join(rows).encode()))
    assert main(["validate", str(file)]) == INVALID
    out, err = capsys.readouterr()
    assert out == ""
    starts = [
        " line 2: row: is not JSON at column 1: the brace { that opens here is never closed",
        " line 9: remove_version: events/a.json has 2 uploads by then; correct the row",
        " line 1: date: is missing; write the day of the event",
        " line 5: key: is not read: write events to events/<id>.json",
        " line 6: key: ends in .svg, but images are JPEG",
        " line 7: reason: is missing; write in one line why",
        " line 8: document: has Content-Encoding gzip, but is not packed; upload",
        " line 11: warning: x is no field of the contract",
    ]
    for found, start in zip(err.splitlines(), starts, strict=True):
        assert found.startswith(f"{file}{start}")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("erasures/a.json", b'{"revisions": "all", "reason": "x"}', "valid"),
        ("erasures/a.json", b'{"revisions": 5, "reason": "x"}', "revisions: 5 is refused: names"),
        ("images/a.png", image_file(), "valid"),
        ("images/a.png", b"hello", "image: is not a JPEG, PNG, GIF, WebP or AVIF file; save"),
        ("images/a.svg", image_file(), "key: ends in .svg, but images are JPEG, PNG, GIF"),
        ("events/a.json", b'{"title": "A", "date": "2026-07-04"}', "valid"),
        ("events/a.JSON", b'{"title": "A", "date": "2026-07-04"}', "key: is not read: the key of"),
        ("event/a.json", b'{"title": "A", "date": "2026-07-04"}', "key: is not read: write events"),
    ],
)
def test_every_file_of_a_source_is_checked_as_what_it_is(
    tmp_path: Path, name: str, body: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.parent.mkdir()
    file.write_bytes(body)
    assert main(["validate", str(tmp_path)]) == (0 if said == "valid" else INVALID)
    out, err = capsys.readouterr()
    assert (out + err).startswith(f"{file}: {said}")
