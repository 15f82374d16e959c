"""The Dockerfile names what exists, and what it copies is the whole command. No test builds it."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import gazette

ROOT = Path(__file__).resolve().parents[3]
LINES = re.sub(r"^#.*\n|\\\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LET_IN = [
    line.removeprefix("!")
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    if line.startswith("!")
]


def arguments(instruction: str) -> Iterator[list[str]]:
    for line in LINES.splitlines():
        name, _, rest = line.partition(" ")
        if name == instruction:
            yield shlex.split(rest)


def copied() -> Iterator[tuple[str, str]]:
    """Yield each path that is copied, and where to."""
    for *sources, target in arguments("COPY"):
        for source in sources:
            yield source, target


def test_everything_that_is_copied_exists_and_reaches_the_build() -> None:
    sources = [source.rstrip("/") for source, _ in copied()]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert sorted(sources) == sorted(LET_IN)


def test_only_pinned_and_hashed_libraries_are_installed() -> None:
    (install,) = [words for words in arguments("RUN") if "pip" in words]
    assert {"--require-hashes", "--only-binary"} <= set(install)
    source, target = next(pair for pair in copied() if "requirements" in pair[0])
    assert install[install.index("--requirement") + 1] == target
    pins = re.split(r"\n(?=\S)", (ROOT / source).read_text("utf-8"))
    assert [pin for pin in pins if "==" in pin and "--hash=sha256:" not in pin] == []


def test_the_image_has_the_libraries_of_the_command_and_no_others() -> None:
    lines = (ROOT / "requirements" / "image.in").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == PROJECT["dependencies"]


def test_the_image_runs_the_python_of_the_functions_and_not_as_root() -> None:
    assert list(arguments("FROM")) == [["python:3.13-slim"]]
    assert list(arguments("USER")) == [["gazette"]]
    *_, user, _, entry, _ = (line.split()[0] for line in LINES.splitlines() if line.strip())
    assert (user, entry) == ("USER", "ENTRYPOINT")
    (entry_point,) = [line for line in LINES.splitlines() if line.startswith("ENTRYPOINT")]
    assert json.loads(entry_point.partition(" ")[2]) == ["gazette"]
    assert "exec python -m gazette_cli" in LINES


def test_what_is_copied_is_the_whole_command(tmp_path: Path) -> None:
    """It publishes without this checkout, with the libraries of the tests."""
    home = tmp_path / "opt" / "gazette"
    home.mkdir(parents=True)
    for source, target in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / target.lstrip("/"))
    checkout = [str(ROOT), str(ROOT / "layers" / "core")]
    script = (
        f"import sys; others = [path for path in sys.path if path not in {checkout!r}];"
        f"sys.path[:] = [{str(home)!r}, *others];"
        "from gazette_cli.commands.cli import run; run()"
    )
    command = [sys.executable, "-c", script]
    asked = subprocess.run(  # noqa: S603  # our own command
        [*command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True, env={}
    )
    assert asked.stdout == f"gazette {gazette.__version__}\n"
    event = tmp_path / "events" / "tide.json"
    event.parent.mkdir()
    event.write_text(json.dumps({"title": "Tide", "date": "2026-11-03"}), encoding="utf-8")
    options = ["publish", str(tmp_path), "--out", str(tmp_path / "site")]
    subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, check=True, env={})  # noqa: S603  # our own command
    assert (tmp_path / "site" / "feed.atom").exists()


def test_all_places_name_one_version() -> None:
    assert PROJECT["version"] == gazette.__version__
