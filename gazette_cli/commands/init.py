"""`gazette init`: write the settings of a new site, and ask for those that have no default."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from gazette.models.branding.site_settings import REMEDIES, SiteSettings
from gazette.models.problems.messages import problems_of
from gazette_cli.commands.argparse_types import Subparsers, path
from gazette_cli.commands.site_config import DEFAULTS, FILE_NAME, ConfigError


class _Question(NamedTuple):
    setting: str
    text: str


# What no site can share with another.
_QUESTIONS = (
    _Question("title", "Title of the site"),
    _Question("url", "Its address, such as https://news.example"),
    _Question(
        "tag_authority",
        "A domain of yours and a year in which you had it, such as news.example,2026."
        "\nAll ids of the feeds begin with it, so it must never change",
    ),
)
_FILE = """# The settings of the site: docs/branding.md has all, `gazette settings` checks them.
{lines}
# Never change it after the first publication: feed readers would take every entry as new.
tag_authority = {tag_authority}

# tagline = "Every tide, every correction"
# time_zone = "Europe/London"
# logo = "images/logo.png"
# icon = "images/icon.png"
# accent = "{accent}"

# [footer]
# about = "/about.html"
# corrections = "/corrections-policy.html"

# [stack]  # what `gazette deploy` needs besides: docs/deploy.md
# name = "gazette-prod"
# region = "eu-west-1"
# alarm_email = "alarms@example.org"
"""
_CHOSEN = ("title", "url", "author", "language")


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("init", help="begin the folder of a site")
    parser.epilog = "It asks for title, address and tag authority if they are not given."
    parser.add_argument(
        "folder", type=path, nargs="?", default=Path(), help="default: the current one"
    )
    parser.add_argument("--title", help='such as "The Harbour Post"')
    parser.add_argument("--url", help="address of the site, such as https://news.example")
    parser.add_argument("--tag-authority", help="such as news.example,2026; it must never change")
    parser.add_argument("--author", help="name of the publisher (default: the title)")
    parser.add_argument("--language", help="such as en or pt-BR (default: en)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    names = ("title", "url", "tag_authority", "author", "language")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    ask = _ask if sys.stdin.isatty() else None
    return init(options.folder, given, ask)


def init(folder: Path, given: Mapping[str, str], ask: Callable[[str], str] | None) -> int:
    """Write `gazette.toml` and the folder of events; ``ask`` puts a question, None if nobody can.

    Raises:
        ConfigError: a setting is missing or wrong, or the file exists; nothing is written.
    """
    file = folder / FILE_NAME
    if file.exists():
        raise ConfigError(f"{file}: exists already; edit it")
    settings = _settings(_answered(given, ask))
    (folder / "events").mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as new_file:
        new_file.write(_written(settings))
    there = "" if folder == Path() else f"  cd {folder}\n"
    sys.stdout.write(
        f"{file}\n\nNow begin an event, and look at the site while you write:\n\n{there}"
        '  gazette new "My first event"\n  gazette preview .\n'
    )
    return 0


def _answered(given: Mapping[str, str], ask: Callable[[str], str] | None) -> Mapping[str, str]:
    answers = dict(given)
    for setting, text in _QUESTIONS:
        if setting in answers:
            continue
        if ask is None:
            option = f"--{setting.replace('_', '-')}"
            raise ConfigError(f"{setting}: is missing; give {option}. {text}")
        answers[setting] = ask(text)
    return answers


def _ask(question: str) -> str:
    sys.stderr.write(f"{question}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _settings(answers: Mapping[str, str]) -> SiteSettings:
    author = {"author": answers["title"], **answers}
    try:
        return SiteSettings.model_validate(DEFAULTS.model_dump() | author)
    except ValidationError as error:
        problems = problems_of(error, REMEDIES, are_quoted=True)
        raise ConfigError("\n".join(f"{name}: {reason}" for name, reason in problems)) from error


def _written(settings: SiteSettings) -> str:
    lines = (f"{name} = {_toml(getattr(settings, name))}" for name in _CHOSEN)
    return _FILE.format(
        lines="\n".join(lines), tag_authority=_toml(settings.tag_authority), accent=settings.accent
    )


def _toml(text: str) -> str:
    """Return a text as TOML writes it: as JSON does."""
    return json.dumps(text, ensure_ascii=False)
