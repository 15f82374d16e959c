"""No command shows a traceback, a class of Python, or a message of a library or the system."""

import gzip
import os
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette_cli.commands import argparse_types
from gazette_cli.commands.cli import INTERRUPTED, main
from gazette_cli.engines.engine import EngineError, raise_failures
from gazette_cli.engines.file_errors import file_problem

ROW = b'{"at": "2026-11-20T12:00:00Z", "key": "events/a.json", "document": {"title": "A"}}\n'
PACKED = gzip.compress(ROW * 50)
FOREIGN = re.compile(
    r"Traceback|Errno|\w+(Error|Exception|Warning)\b|codec|Expecting|[Cc]ompressed|CRC|zlib"
    r"|gzipped|line 1 column|urlopen|botocore|Invalid|invalid (int|_)|NoneType|<class| object at "
)
FILES = {
    "empty": b"",
    "blank": b" \n",
    "binary": bytes(range(128, 256)) * 9,
    "truncated.jsonl.gz": PACKED[: len(PACKED) // 2],
    "unpacked.jsonl.gz": ROW,
    "changed.jsonl.gz": PACKED[:-6] + b"\xff" + PACKED[-5:],
    "damaged.jsonl.gz": PACKED[:10] + b"\xff" * 40,
    "followed.jsonl.gz": PACKED + b"more",
    "cut.json": b'{"title": ',
    "list.json": b"[1]",
    "types.json": b'{"title": 5, "date": [], "sources": [{"url": "https://[x"}], "image": 1}',
    "number.json": b'{"title": 012}',
    "row.jsonl": b'{"at": 012}\n{"at": NaN}\n\xff\n{"at": null, "key": 1}\n',
    "bytes.jsonl": b'{"at": "2026-11-20T12:00:00Z", "key": "images/a.png", "bytes": "abc"}',
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, body in FILES.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "folder").mkdir()
    return tmp_path


def said_by(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command says about wrong input; `argparse` ends the process."""
    with suppress(SystemExit):
        main(arguments)
    said = capsys.readouterr()
    return said.err + said.out


@pytest.mark.parametrize(
    "name", [*FILES, "folder", "missing", "x" * 300, "empty/below", "a\0b", ""]
)
def test_a_wrong_file_is_named_in_our_words(
    files: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given_name = str(files / name) if name else ""
    for command in (
        ["validate", given_name],
        ["publish", given_name, "--out", str(files / "out"), "--engine", "memory", "--fresh"],
        ["verify", given_name],
        ["publish", str(files / "empty"), "--out", given_name],
    ):
        said = said_by(command, capsys).replace(str(files), "")
        assert said
        assert not FOREIGN.search(said), said


OPTIONS = [
    *(
        ["publish", "--base-url", text]
        for text in ("x", "", "ftp://a", "https://[x", "https://a b")
    ),
    *(["publish", "--base-url", text] for text in ("https://a?b", "https://a:99999", "https://")),
    *(["publish", "--now", text] for text in ("x", "", "2026-02-30", "99999-01-01")),
    *(["serve", "--port", text] for text in ("x", "", "-1", "65536", "1.5", "9" * 5000)),
    *(["verify", "--tombstone-days", text] for text in ("x", "-1", "9" * 11, "9" * 5000)),
    *(["verify", "--now", text] for text in ("x", "")),
    *(["rebuild", "--iterations", text] for text in ("x", "0", "-1", "101")),
    *(["rebuild", "--wait", text] for text in ("x", "-1", "3601")),
    *(["failures", "--endpoint-url", text] for text in ("x", "", "http://", "http://a b")),
    *(["failures", "--region", text] for text in ("", "x y", "eu_west")),
    *(["failures", "--stack-name", text] for text in ("", "a b", "-")),
    *(["erase", "--revisions", text] for text in ("x", "0", "", "1,,2", "9" * 5000)),
    *(["cost", "--topics", text] for text in ("x", "0", "-1", "1e5", "9" * 5000, "²", "٣")),
]


@pytest.mark.parametrize("arguments", OPTIONS, ids=lambda arguments: " ".join(arguments)[:40])
def test_a_wrong_option_is_refused_with_what_to_write(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = said_by(arguments, capsys)
    message = said.splitlines()[-1]
    assert f"argument {arguments[1]}: " in message
    assert not FOREIGN.search(message), message
    assert re.search("such as|from|write", message), message


@pytest.mark.parametrize(
    "read",
    [
        *(argparse_types.moment, argparse_types.path, argparse_types.web_address),
        *(argparse_types.region, argparse_types.stack_name, argparse_types.revision_numbers),
        argparse_types.whole_number(0, 9),
    ],
)
@given(text=st.text("0129:/-,.ahtps[]@?# \0é٣", max_size=30) | st.text(max_size=9))
def test_any_text_is_read_or_refused_by_a_type_of_ours(
    read: Callable[[str], object], text: str
) -> None:
    said = ""
    try:
        read(text)
    except ArgumentTypeError as error:
        said = str(error).replace(repr(text), "")
    assert not FOREIGN.search(said)


@pytest.mark.parametrize("number", [None, *range(1, 40)])
def test_an_error_of_the_system_is_shown_with_what_to_do(number: int | None) -> None:
    error = OSError(number, os.strerror(number or 0), b"a.json") if number else OSError("x")
    said = file_problem(error)
    assert said.startswith("a.json: " if number else "a file: ")
    assert ";" in said
    assert not FOREIGN.search(said)


def test_a_full_disk_is_no_failure_of_an_event() -> None:
    full = OSError(28, "No space left on device", "site/index.html")
    with pytest.raises(OSError, match="index") as raised:
        raise_failures([("event EVENT#a", full)])  # type: ignore[list-item]  # a failure is such a pair
    assert file_problem(raised.value) == (
        "site/index.html: does not fit on the disk; free some space"
    )
    with pytest.raises(EngineError, match=r"^event EVENT#a: why$"):
        raise_failures([("event EVENT#a", ValueError("why"))])  # type: ignore[list-item]  # the same


def test_an_interrupt_is_no_traceback(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gazette_cli.commands.publish.read_source", interrupt)
    assert main(["publish", str(files), "--out", str(files / "out")]) == INTERRUPTED
    assert capsys.readouterr().err == "gazette: interrupted\n"
