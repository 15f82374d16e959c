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
