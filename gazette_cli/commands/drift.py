"""`gazette drift`: list how a stack differs from its template, and from gazette.toml."""

import argparse
from pathlib import Path

from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.commands.operate import add_json, add_stack, address_of_stack
from gazette_cli.commands.settings import parameters_of
from gazette_cli.commands.site_config import FILE_NAME, add_config_option


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("drift", help="list what was changed on a stack by hand")
    parser.epilog = (
        "Exit status: 0 if the stack is as its template and the settings say, 1 if not, 2 if AWS"
        " could not be asked. It compares all that CloudFormation can compare."
    )
    add_config_option(parser)
    add_json(parser)
    add_stack(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.deploying.drift import drift  # noqa: PLC0415  # boto3 is slow to import

    has_settings = options.config is not None or Path(FILE_NAME).is_file()
    parameters = parameters_of(options.config) if has_settings else {}
    return drift(address_of_stack(options, options.config), parameters, as_json=options.as_json)
