"""`gazette preview`: show a folder as a site, and publish it again after each save."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers, path, whole_number
from gazette_cli.commands.site_config import add_config_option, read_config

_LAST_PORT = 65_535


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("preview", help="show a folder while you write in it")
    parser.epilog = (
        "It publishes into memory only. All that you save while it runs is one new version, so a"
        " corrected event looks as it will after the next publication."
    )
    parser.add_argument(
        "folder", type=path, help="folder with events/, as `gazette publish` takes it"
    )
    add_config_option(parser)
    parser.add_argument(
        "--port",
        type=whole_number(0, _LAST_PORT),
        default=8080,
        help="port of the site; %(default)s, by default, and 0 is any that is free",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.preview.preview import run_preview  # noqa: PLC0415  # the server is slow to import

    return run_preview(options.folder, read_config(options.config), options.port)
