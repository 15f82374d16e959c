"""`gazette validate`: problems and warnings by field, one line each."""

import json
from pathlib import Path

import pytest

from gazette_cli.commands.cli import main
from gazette_cli.commands.validate import INVALID


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
        f"{missing}: No such file or directory",
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
