"""`gazette settings`: check the settings of a site, and write them as parameters of a stack."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.commands.site_config import (
    FILE_NAME,
    add_config_option,
    named_settings,
    read_config,
    read_stack_table,
)
from gazette_cli.deploying.parameters import override, site_parameters, stack_parameters


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("settings", help="check gazette.toml; write it as parameters")
    add_config_option(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    lines = parameter_lines(parameters_of(options.config))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def parameters_of(config: Path | None) -> Mapping[str, str]:
    """Return the settings as parameters of a stack, without those that only the stack has.

    Raises:
        SourceError: a setting is wrong.
    """
    of_the_site = site_parameters(read_config(config), named_settings(config))
    table = read_stack_table(config)
    return {**of_the_site, **stack_parameters(table, config or Path(FILE_NAME))}


def parameter_lines(parameters: Mapping[str, str]) -> list[str]:
    """Return lines for ``parameter_overrides`` in samconfig.toml, one a parameter."""
    return [f"  {_toml(override(name, text))}," for name, text in parameters.items()]


def _toml(text: str) -> str:
    """Return a text as TOML writes it: as JSON does."""
    return json.dumps(text, ensure_ascii=False)
