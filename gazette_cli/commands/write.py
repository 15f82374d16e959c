"""`gazette put`, `retract` and `status`: write events to a deployed stack."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers, path
from gazette_cli.commands.operate import add_event_id, add_json, add_stack, address_of_stack


def add_parser(commands: Subparsers) -> None:
    _add_put(commands.add_parser("put", help="write events to a stack, and wait for readers"))
    _add_retract(commands.add_parser("retract", help="retract an event of a stack"))
    _add_status(commands.add_parser("status", help="list the revisions of an event of a stack"))


def _add_put(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit status: 0 if all is published or held, 1 if something is quarantined, 2 if a file is"
        " not as it must be; then nothing is written."
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=path,
        metavar="FILE",
        help="file in a folder events, images or static: its path from there is its key",
    )
    parser.add_argument("--key", help="object key of a file that lies elsewhere: events/ID.json")
    parser.add_argument(
        "--no-wait", action="store_true", help="end when the files are written, not when visible"
    )
    add_json(parser)
    add_stack(parser)
    parser.set_defaults(run=_put)


def _add_retract(parser: argparse.ArgumentParser) -> None:
    add_event_id(parser)
    parser.add_argument("--note", required=True, help="readers see it: why it is retracted")
    add_json(parser)
    add_stack(parser)
    parser.set_defaults(run=_retract)


def _add_status(parser: argparse.ArgumentParser) -> None:
    add_event_id(parser)
    add_json(parser)
    add_stack(parser)
    parser.set_defaults(run=_status)


def _put(options: argparse.Namespace) -> int:
    from gazette_cli.writing.put import PutOptions, put  # noqa: PLC0415  # boto3 is slow to import

    chosen = PutOptions(options.files, options.key, not options.no_wait, options.as_json)
    return put(address_of_stack(options), chosen)


def _retract(options: argparse.Namespace) -> int:
    from gazette_cli.writing.put import retract  # noqa: PLC0415  # boto3 is slow to import

    address = address_of_stack(options)
    return retract(address, options.event_id, options.note, as_json=options.as_json)


def _status(options: argparse.Namespace) -> int:
    from gazette_cli.writing.status import status  # noqa: PLC0415  # boto3 is slow to import

    return status(address_of_stack(options), options.event_id, as_json=options.as_json)
