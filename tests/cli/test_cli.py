"""The command line: one line and status 2 for errors, and a clear message if tests are missing."""

import json
import sys
from pathlib import Path

import pytest

from gazette import __version__
from gazette_cli.commands.cli import FAILED, main
from gazette_cli.demo.demo import with_own_image
from gazette_cli.demo.samples import SAMPLES, Sample, apply_scene, read_scenes
from gazette_cli.emulators.serve import EXAMPLE_TITLE

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
        "webhooks",
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
    assert (
        capsys.readouterr().err == f"gazette: {missing}: no such file or folder; correct the path\n"
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"versioning": "suspended"},
            "the local stack always keeps versions, so versioning cannot change; ",
        ),
        (
            {"key": "events/a.json", "archive_version": "newest"},
            "the local stack serves every version, so events/a.json stays readable; ",
        ),
    ],
    ids=["versioning", "archive_version"],
)
def test_serve_refuses_a_history_that_the_local_stack_cannot_follow(
    row: dict[str, object], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, at = tmp_path / "history.jsonl", "2026-11-20T12:00:00Z"
    upload = {"at": at, "key": "events/a.json", "document": {}}
    rows = [json.dumps(upload), json.dumps({"at": at} | row)]
    source.write_text("\n".join(rows), encoding="utf-8")
    assert main(["serve", str(source)]) == FAILED
    use = "publish this history with `gazette publish`"
    assert capsys.readouterr().err == f"gazette: {reason}{use}\n"


def test_the_version_is_that_of_the_release(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"gazette {__version__}\n"


def test_the_demo_shows_an_event_that_alone_has_its_image() -> None:
    samples: dict[str, Sample] = {}
    for scene in read_scenes():
        apply_scene(samples, scene)
    shown = with_own_image(samples.values())
    assert shown.document.image is not None
    key = shown.document.image.key
    assert (SAMPLES / "source" / str(key)).is_file()
    others = [one for one in samples.values() if one.document.image and one is not shown]
    assert key not in [one.document.image.key for one in others if one.document.image]


def test_the_example_of_the_demo_is_an_event_that_no_sample_holds() -> None:
    titles = {json.loads(file.read_bytes())["title"] for file in SAMPLES.rglob("*.json")}
    assert EXAMPLE_TITLE not in titles
