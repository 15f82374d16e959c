"""`gazette serve`: serve a published site, or run the stack of template.yaml on this machine."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers, path, whole_number
from gazette_cli.commands.site_config import add_config_option, read_config

_LAST_PORT = 65_535


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("serve", help="serve a site, or run the stack locally")
    parser.add_argument(
        "source",
        type=path,
        nargs="?",
        help="site that `gazette publish` has made, which is served as it is; or a source, a folder"
        " or a .jsonl[.gz] history, for the stack, which needs a checkout of Gazette",
    )
    parser.add_argument(
        "--port",
        type=whole_number(0, _LAST_PORT),
        default=8080,
        help="port of the site; %(default)s, by default, and 0 is any that is free",
    )
    add_quiet_option(parser)
    add_config_option(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.emulators.serve import serve  # noqa: PLC0415  # the stack is slow to import
    from gazette_cli.emulators.serve_folder import is_site, serve_folder  # noqa: PLC0415  # the same

    if options.source and is_site(options.source):
        return serve_folder(options.source, options.port)
    settings = read_config(options.config)
    return serve(options.source, options.port, settings, is_quiet=options.is_quiet)


def add_quiet_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quiet", action="store_true", dest="is_quiet", help="print no line for each arrival"
    )
