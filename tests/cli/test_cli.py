"""The command line: one line and status 2 for errors, and a clear message if tests are missing."""

import sys
from pathlib import Path

import pytest

from gazette_cli.commands.cli import FAILED, main

COMMANDS = (
    *(
        "publish",
        "serve",
        "validate",
        "verify",
        "demo",
        "rebuild",
        "failures",
        "replay",
        "held",
        "cost",
    ),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_text(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: gazette {command} ")


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["cost"], "tests.cost.model"),
        (
            ["publish", "{source}", "--out", "{out}", "--engine", "moto"],
            "tests.emulators.moto_engine",
        ),
    ],
    ids=["cost", "publish"],
)
def test_a_command_that_needs_tests_says_so_in_one_line(
    arguments: list[str],
    module: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    source = tmp_path / "source.jsonl"
    source.touch()
    given = [text.format(source=source, out=tmp_path / "site") for text in arguments]
    assert main(given) == FAILED
    error = capsys.readouterr().err
    assert "needs a checkout of Gazette with tests/" in error
    assert error.startswith("gazette: ")
    assert error.count("\n") == 1


def test_a_missing_source_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing")
    assert main(["publish", missing, "--out", str(tmp_path / "site")]) == FAILED
    assert capsys.readouterr().err == f"gazette: {missing}: no such file or folder\n"
