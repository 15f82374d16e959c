"""The manners of the command line: what was meant, completion, JSON, exit statuses, no colours."""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gazette_cli.commands.argparse_types import path
from gazette_cli.commands.cli import FAILED, command_parser, main
from gazette_cli.commands.completion import completion

ROOT = Path(__file__).parents[2]
SHELLS = ("bash", "zsh", "fish", "tcsh")
LISTING = ("deploy", "drift", "failures", "held", "import", "put", "retract", "status")
BAD = {"title": "Bridge", "date": "4 March", "zeitle": 1}


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (one for one in command_parser()._actions if one.dest == "command")
    choices: dict[str, argparse.ArgumentParser] = dict(found.choices or {})
    return choices


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == FAILED
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("usage: ")
    return lines[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["publsh"],
            "gazette: error: argument COMMAND: 'publsh' does not exist; did you mean publish?",
        ),
        (["zzz"], "it is one of init, new, import, "),
        (["new", "A", "--topci", "B"], "gazette new: error: '--topci' is no option; did you mean"),
        (["new", "A", "--zzz=1"], "gazette new: error: '--zzz' is no option; see --help"),
        (["new", "A", "B"], "gazette new: error: 'B' is one argument too many"),
        (["publish", "a", "--out", "b", "--engine", "sqlit"], "did you mean sqlite?"),
        (["completion", "bsh"], "did you mean bash?"),
    ],
)
def test_what_was_probably_meant_is_named(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in said(arguments, capsys)


def test_the_exit_statuses_are_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "Exit status: 0 if all went well, 1 if something was found," in text
    assert "130 after Ctrl-C" in text


@pytest.mark.parametrize("command", [*LISTING, "validate", "verify"])
def test_what_lists_prints_json_if_it_is_asked_to(command: str) -> None:
    assert "--json" in commands()[command]._option_string_actions


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_option_and_argument_is_explained(command: str) -> None:
    actions = commands()[command]._actions
    assert [one.dest for one in actions if not (one.help or one.choices)] == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_has_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [command for command in commands() if command not in script] == []


def test_paths_are_completed_as_files() -> None:
    parser = command_parser()
    completion(parser, "bash")
    (found,) = (one for one in parser._actions if one.dest == "command")
    for action in dict(found.choices or {})["new"]._actions:
        assert hasattr(action, "complete") == (action.type is path)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_a_command_and_an_option() -> None:
    script = completion(command_parser(), "bash") + (
        "\nCOMP_WORDS=(gazette publi); COMP_CWORD=1; _shtab_gazette; echo ${COMPREPLY[@]}"
        "\nCOMP_WORDS=(gazette held --js); COMP_CWORD=2; _shtab_gazette; echo ${COMPREPLY[@]}\n"
    )
    command = [str(shutil.which("bash")), "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert done.stdout.splitlines() == ["publish", "--json"]


def test_validate_lists_each_file_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"title": "Bridge", "date": "2026-03-04"}', encoding="utf-8")
    bad.write_text(json.dumps(BAD), encoding="utf-8")
    history = tmp_path / "rows.jsonl"
    history.write_text("?\n", encoding="utf-8")
    files = [str(file) for file in (good, bad, tmp_path / "none.json", history)]
    assert main(["validate", "--json", *files]) == FAILED
    said = capsys.readouterr()
    assert said.err == ""
    first, second, third, fourth = json.loads(said.out)["files"]
    assert first == {"file": str(good), "valid": True, "problems": [], "warnings": []}
    assert (second["valid"], second["problems"][0]["field"]) == (False, "date")
    assert "does not exist" in third["problems"][0]["reason"]
    assert fourth["file"] == f"{history} line 1"


def test_verify_lists_what_it_finds_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source/events/a.json"
    source.parent.mkdir(parents=True)
    source.write_text('{"title": "Bridge", "date": "2026-03-04"}', encoding="utf-8")
    site = tmp_path / "site"
    assert main(["publish", str(tmp_path / "source"), "--out", str(site)]) == 0
    capsys.readouterr()
    assert main(["verify", str(site), "--jobs", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []
    (site / "robots.txt").write_text("changed", encoding="utf-8")
    assert main(["verify", str(site), "--jobs", "1", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert "robots.txt" in problem


def test_nothing_is_coloured_in_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(BAD), encoding="utf-8")
    command = [sys.executable, "-m", "gazette_cli", "validate", str(file)]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # ours
    assert b"\x1b[" not in done.stdout + done.stderr


@pytest.mark.parametrize("room", ["commands", "console", "deploying", "operate", "writing"])
def test_one_function_opens_sessions_so_a_stack_on_this_machine_needs_no_region(room: str) -> None:
    files = sorted((ROOT / "gazette_cli" / room).glob("*.py"))
    opening = [
        file.name for file in files if re.search(r"boto3\.(Session|client)\(", file.read_text())
    ]
    assert opening == (["deployment.py"] if room == "operate" else [])
