"""The documentation names only what exists: files, make targets and commands of `gazette`."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from gazette_cli.commands.cli import main

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# The folders of this repository; other paths in the text are those of the source bucket or site.
PATH = re.compile(
    r"(?:\.ci|docs|functions|gazette_cli|layers|requirements|statemachines|tests)/[\w./-]*"
)
# A command is in code, or a line of its own in an indented block.
COMMAND = re.compile(r"(?:^    |`|&& )(make|gazette) ([a-z][a-z0-9-]*)", re.MULTILINE)


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes from headings."""
    titles = (title.lower() for title in HEADING.findall(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken_links(page: str) -> Iterator[str]:
    for link in LINK.findall(FENCE.sub("", read(page))):
        if "://" in link:
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            yield link


def commands() -> set[str]:
    text = "".join(map(read, PAGES))
    return {" ".join(found) for found in COMMAND.findall(text)}


def test_the_documentation_is_found() -> None:
    assert {"README.md", "docs/architecture.md", "docs/operate.md"} <= set(PAGES)
    assert {"make demo", "make test", "gazette publish", "gazette rebuild"} <= commands()


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_has_a_target(page: str) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_of_the_repository_exists(page: str) -> None:
    named = set(map(str.strip, CODE.findall(FENCE.sub("", read(page)))))
    paths = {text for text in named if PATH.fullmatch(text)}
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_is_named_exists(page: str) -> None:
    named = {text for text in CODE.findall(read(page)) if re.fullmatch(r"test_\w+", text)}
    tests = "".join(file.read_text("utf-8") for file in ROOT.glob("tests/**/test_*.py"))
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", read("Makefile"), re.MULTILINE))
    named = {text.removeprefix("make ") for text in commands() if text.startswith("make ")}
    assert named - targets == set()


@pytest.mark.parametrize(
    "command",
    sorted(text.removeprefix("gazette ") for text in commands() if text.startswith("gazette ")),
)
def test_every_command_of_gazette_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"gazette {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("docs/screenshots/*.png")), ids=lambda file: file.name
)
def test_a_screenshot_is_small(file: Path) -> None:
    assert file.stat().st_size < 150_000


def test_every_alarm_is_explained() -> None:
    alarms = set(re.findall(r"^  (\w+Alarm):$", read("template.yaml"), re.MULTILINE))
    explained = set(re.findall(r"^\| `(\w+Alarm)`", read("docs/operate.md"), re.MULTILINE))
    assert alarms == explained != set()
