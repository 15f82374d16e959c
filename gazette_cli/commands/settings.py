"""`gazette settings`: check the settings of a site, and write them as parameters of a stack."""

import argparse
import json
import sys

from gazette.models.branding.site_settings import SiteSettings, parameter_of, texts_of
from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.commands.site_config import DEFAULTS, add_config_option, read_config

# What the file lacks stays as the stack has it: these have no default that suits a stack.
_OF_THE_STACK = ("url", "tag_authority")


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("settings", help="check gazette.toml; write it as parameters")
    add_config_option(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    sys.stdout.writelines(f"{line}\n" for line in parameter_lines(read_config(options.config)))
    return 0


def parameter_lines(settings: SiteSettings) -> list[str]:
    """Return lines for ``parameter_overrides`` in samconfig.toml, one a setting."""
    defaults = texts_of(DEFAULTS)
    return [
        f"  {_toml(_override(parameter_of(name), text))},"
        for name, text in texts_of(settings).items()
        if name not in _OF_THE_STACK or text != defaults[name]
    ]


def _override(name: str, text: str) -> str:
    """Return a parameter as SAM reads it: in quotes, with a backslash before those within."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{escaped}"'


def _toml(text: str) -> str:
    """Return a text as TOML writes it: as JSON does."""
    return json.dumps(text, ensure_ascii=False)
