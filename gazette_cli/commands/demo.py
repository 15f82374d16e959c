"""`gazette demo`: publish the samples on a local stack and serve the site."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.commands.serve import add_quiet_option
from gazette_cli.commands.site_config import add_config_option, read_config


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("demo", help="publish the samples on a local stack and serve them")
    parser.add_argument("--once", action="store_true", help="check the site and exit")
    add_quiet_option(parser)
    add_config_option(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.demo.demo import demo  # noqa: PLC0415  # the stack is slow to import

    return demo(read_config(options.config), once=options.once, is_quiet=options.is_quiet)
