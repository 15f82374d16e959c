"""Reads `gazette.toml`, the settings of a site: from a file that is named, or from this folder."""

import tomllib
from argparse import ArgumentParser
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gazette.models.branding.site_settings import REMEDIES, SiteSettings, settings_of
from gazette.models.problems.messages import problems_of
from gazette.models.site import Site
from gazette_cli.commands.argparse_types import path
from gazette_cli.engines.engine import TAG_AUTHORITY
from gazette_cli.engines.sources import SourceError

FILE_NAME, STACK_TABLE = "gazette.toml", "stack"
DEFAULTS = settings_of(Site(base_url="https://gazette.example", tag_authority=TAG_AUTHORITY))


class ConfigError(SourceError):
    """The settings of the site cannot be used."""


def add_config_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=path,
        metavar="FILE",
        help=f"settings of the site; {FILE_NAME} in this folder, by default, if it is there",
    )


def read_config(file: Path | None) -> SiteSettings:
    """Read the settings of a site; what the file leaves out has its default.

    Raises:
        ConfigError: a setting is wrong; it names each, why, and how to write it.
        OSError: the file cannot be read.
    """
    found = _existing(file)
    if found is None:
        return DEFAULTS
    table = _table(found)
    table.pop(STACK_TABLE, None)
    try:
        return SiteSettings.model_validate(DEFAULTS.model_dump() | table)
    except ValidationError as error:
        problems = problems_of(error, REMEDIES, are_quoted=True, whole="the file")
        lines = (f"{found}: {field}: {reason}" for field, reason in problems)
        raise ConfigError("\n".join(lines)) from error


def named_settings(file: Path | None) -> Collection[str]:
    """Return the names of the settings that the file has, also those that are as by default.

    Raises:
        ConfigError: the file cannot be used.
        OSError: the file cannot be read.
    """
    found = _existing(file)
    return frozenset(_table(found)) if found else frozenset()


def read_stack_table(file: Path | None) -> Mapping[str, Any]:
    """Read the table of the stack: what only a deployment needs. Without a file it is empty.

    Raises:
        ConfigError: it is no table.
        OSError: the file cannot be read.
    """
    found = _existing(file)
    table = _table(found).get(STACK_TABLE, {}) if found else {}
    if not isinstance(table, dict):
        reason = (
            f"{found}: {STACK_TABLE}: is no table; write a line [{STACK_TABLE}], and keys below it"
        )
        raise ConfigError(reason)
    return table


def _existing(file: Path | None) -> Path | None:
    """Return the file that is named, or that of this folder if it is there."""
    here = Path(FILE_NAME)
    return file or (here if here.is_file() else None)


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        reason = f'{file}: is not TOML: {error}; write lines such as title = "The Harbour Post"'
        raise ConfigError(reason) from error
    except UnicodeDecodeError as error:
        reason = f"{file}: is not UTF-8; save it in this encoding"
        raise ConfigError(reason) from error
