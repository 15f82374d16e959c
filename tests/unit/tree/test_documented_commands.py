"""Every command that a page shows is one that the command line takes; some are run.

Commands of `gazette` are parsed by the real parser, so every option exists. Those that need neither
a stack nor a server are run, page by page. tests/cli/importers runs those of import.md, tests/stack
those of disasters.md, tests/e2e those of deploy.md.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazette_cli.commands.cli import command_parser, main

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
    if page.name != "CHANGELOG.md"
)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4,}(?:\$ )?(.+)$", re.MULTILINE)
INLINE = re.compile(r"`gazette ([a-z][^`\n]*)`")
CALL = re.compile(r"(?:^|(?<=&& ))(?:\S*/bin/)?gazette (?!-)(?P<arguments>[^|&]*)")
MAKE = re.compile(r"^make ([a-z0-9-]+)(.*)$")
# What stands for a value of the reader's, and a value of that kind.
PLACEHOLDERS = {"KIND": "feed", "SHELL": "bash", "COMMAND": "held", "TABLE": "a", "N": "1"}
OTHER_REGION = ("OTHER_REGION", "…")
# The commands that need neither a stack nor a server, and the pages on which they are run.
RUN = frozenset({"completion", "init", "new", "publish", "settings", "validate", "verify"})
WALKED = ("README.md", "docs/correct.md", "docs/deploy.md", "docs/start.md", "docs/write.md")
GENERIC = re.compile(r"\b[A-Z][A-Z_]+\b|…")


def lines(page: str) -> Iterator[str]:
    """Yield the lines of the indented blocks of a page, with what continues a line joined to it."""
    text = FENCE.sub("", (ROOT / page).read_text("utf-8")).replace("\\\n", " ")
    yield from INDENTED.findall(text)


def commands(page: str) -> Iterator[list[str]]:
    """Yield the arguments of each command, without the brackets of what may be left out."""
    for line in lines(page):
        for found in CALL.finditer(line):
            yield shlex.split(found["arguments"], comments=True)


def as_written(arguments: list[str]) -> list[str]:
    """Return arguments with values in place of words that stand for them."""
    plain = [argument.strip("[]") for argument in arguments]
    filled = [PLACEHOLDERS.get(argument, argument) for argument in plain]
    for position, name in enumerate(filled[:-1]):
        if name == "--region" and filled[position + 1] in OTHER_REGION:
            filled[position + 1] = "eu-west-1"
        if name == "--endpoint-url":
            filled[position + 1] = "http://127.0.0.1:4566"
    return filled


SHOWN = [(page, arguments) for page in PAGES for arguments in commands(page)]


def test_the_commands_are_found() -> None:
    assert len(SHOWN) > 80
    assert {"deploy", "drift", "erase", "import", "put"} <= {given[0] for _, given in SHOWN}


@pytest.mark.parametrize(
    ("page", "arguments"), SHOWN, ids=[f"{page} {' '.join(given)}"[:60] for page, given in SHOWN]
)
def test_a_command_that_a_page_shows_is_one(page: str, arguments: list[str]) -> None:
    options = command_parser().parse_args(as_written(arguments))
    assert options.command == arguments[0], page


@pytest.mark.parametrize("page", PAGES)
def test_an_option_that_a_text_names_is_one_of_its_command(page: str) -> None:
    """Within a sentence a command may lack what it needs to run."""
    (found,) = (one for one in command_parser()._actions if one.dest == "command")
    choices = dict(found.choices or {})
    for code in INLINE.findall(FENCE.sub("", (ROOT / page).read_text("utf-8"))):
        command, *rest = shlex.split(code)
        known = choices[command]._option_string_actions if command in choices else {}
        options = [word.strip("[]").partition("=")[0] for word in rest]
        assert [word for word in options if word.startswith("--") and word not in known] == [], code


@pytest.mark.parametrize("page", PAGES)
def test_a_make_command_that_a_page_shows_is_one(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    for found in filter(None, map(MAKE.match, lines(page))):
        given = shlex.split(found[2], comments=True)
        assert found[1] in targets | {"install-local", "install-sam"}, found[0]
        for name in (one.partition("=")[0] for one in given if "=" in one):
            assert f"$({name})" in makefile or f"$(or $({name})" in makefile, found[0]


@pytest.mark.parametrize("page", WALKED)
def test_the_commands_of_a_page_do_what_it_says_one_after_another(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_example(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    ran = 0
    for line in lines(page):
        folder = re.fullmatch(r"cd ([\w-]+)", line)
        if folder and Path(folder[1]).is_dir():
            monkeypatch.chdir(Path(folder[1]))
        for found in CALL.finditer(line):
            arguments = shlex.split(found["arguments"], comments=True)
            if arguments[0] in RUN and not GENERIC.search(" ".join(arguments)):
                assert main(arguments) == 0, line
                ran += 1
    assert ran


def write_example(page: str, folder: Path) -> None:
    """Write the document that a page shows to the file that its commands name."""
    text = (ROOT / page).read_text("utf-8")
    named = re.search(r"gazette validate (events/\S+\.json)", text)
    shown = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    if named and shown:
        file = folder / named[1]
        file.parent.mkdir(parents=True)
        file.write_text(shown[1], encoding="utf-8")


def test_files_of_the_samples_that_a_command_names_exist() -> None:
    named = [word for _, given in SHOWN for word in given if word.startswith("events/samples/")]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
