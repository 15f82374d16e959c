"""Reads `gazette.toml`, the settings of a site: from a file that is named, or from this folder."""

import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gazette.models.branding.site_settings import REMEDIES, SiteSettings, settings_of
from gazette.models.problems.messages import problems_of
from gazette.models.site import Site
from gazette_cli.commands.argparse_types import path
from gazette_cli.engines.engine import TAG_AUTHORITY
from gazette_cli.engines.sources import SourceError

FILE_NAME = "gazette.toml"
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
    if file is None:
        file = Path(FILE_NAME)
        if not file.is_file():
            return DEFAULTS
    try:
        return SiteSettings.model_validate(DEFAULTS.model_dump() | _table(file))
    except ValidationError as error:
        problems = problems_of(error, REMEDIES, are_quoted=True, whole="the file")
        lines = (f"{file}: {field}: {reason}" for field, reason in problems)
        raise ConfigError("\n".join(lines)) from error


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        reason = f'{file}: is not TOML: {error}; write lines such as title = "The Harbour Post"'
        raise ConfigError(reason) from error
    except UnicodeDecodeError as error:
        reason = f"{file}: is not UTF-8; save it in this encoding"
        raise ConfigError(reason) from error
