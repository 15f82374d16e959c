"""`gazette serve`: run the stack of template.yaml on this machine and serve its site."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers, path, whole_number

_LAST_PORT = 65_535


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("serve", help="run the stack locally and serve its site")
    parser.add_argument(
        "source", type=path, nargs="?", help="folder with the layout of the source bucket"
    )
    parser.add_argument("--port", type=whole_number(0, _LAST_PORT), default=8080)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.emulators.serve import serve  # noqa: PLC0415  # the stack is slow to import

    return serve(options.source, options.port)
