"""`gazette rebuild`, `restore`, `failures`, `replay`, `held` and `erase`: operate a stack."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gazette.models.limits import MAX_ITERATION_WAIT_SECONDS, MAX_ITERATIONS
from gazette_cli.commands.argparse_types import (
    Subparsers,
    region,
    revision_numbers,
    stack_name,
    web_address,
    whole_number,
)
from gazette_cli.commands.site_config import FILE_NAME, read_stack_table
from gazette_cli.deploying.parameters import DEFAULT_STACK, stack_and_region

if TYPE_CHECKING:
    from gazette_cli.operate.deployment import StackAddress


def add_parser(commands: Subparsers) -> None:
    _add_rebuild(commands.add_parser("rebuild", help="rebuild ledger and site of a deployed stack"))
    _add_restore(commands.add_parser("restore", help="copy a restored table into the ledger"))
    _add_failures(commands.add_parser("failures", help="list what failed on a stack, and why"))
    _add_replay(commands.add_parser("replay", help="retry what failed on a stack"))
    _add_held(commands.add_parser("held", help="list the events of a stack under embargo"))
    _add_erase(commands.add_parser("erase", help="take revisions of an event off the site"))


def _add_rebuild(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--iterations",
        type=whole_number(1, MAX_ITERATIONS),
        default=20,
        help="maximum number of iterations; each ingests and publishes what it finds",
    )
    parser.add_argument(
        "--wait",
        type=whole_number(0, MAX_ITERATION_WAIT_SECONDS),
        default=60,
        help="seconds between two iterations",
    )
    add_stack(parser)
    parser.set_defaults(run=_rebuild)


def _add_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "table",
        metavar="TABLE",
        help="the table that DynamoDB has restored, such as gazette-restored",
    )
    add_stack(parser)
    parser.set_defaults(run=_restore)


def _add_failures(parser: argparse.ArgumentParser) -> None:
    add_stack(parser)
    add_json(parser)
    parser.set_defaults(run=_failures)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="ID", help="replay only these; `gazette failures` lists the IDs"
    )
    parser.add_argument(
        "--partition",
        action="append",
        default=[],
        metavar="KEY",
        help="publish all of a ledger partition again, for example TOPIC#harbour",
    )
    parser.add_argument(
        "--discard", action="store_true", help="delete the failures without a retry"
    )
    add_stack(parser)
    parser.set_defaults(run=_replay)


def _add_held(parser: argparse.ArgumentParser) -> None:
    add_stack(parser)
    add_json(parser)
    parser.set_defaults(run=_held)


def _add_erase(parser: argparse.ArgumentParser) -> None:
    add_event_id(parser)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--revisions",
        type=revision_numbers,
        metavar="NUMBERS",
        help="the numbers that the page of the event shows, for example 1,2",
    )
    chosen.add_argument(
        "--all",
        action="store_true",
        dest="is_all",
        help="every revision uploaded until now, also one that is not public yet",
    )
    parser.add_argument("--reason", default="", help="readers see it: what was erased, and why")
    parser.add_argument(
        "--undo",
        action="store_true",
        help="put revisions back, all or those of --revisions; their versions must still be there",
    )
    add_stack(parser)
    parser.set_defaults(run=_erase)


def add_event_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "event_id", metavar="ID", help="the object key of the event without events/ and .json"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")


def add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack-name", type=stack_name, help="default: stack.name in gazette.toml, or gazette"
    )
    parser.add_argument(
        "--endpoint-url",
        type=web_address,
        help="endpoint of a local stack; default: AWS_ENDPOINT_URL, then AWS",
    )
    parser.add_argument(
        "--region",
        type=region,
        help="default: stack.region in gazette.toml, or the region of the AWS profile",
    )


def _rebuild(options: argparse.Namespace) -> int:
    from gazette_cli.operate.rebuild import RebuildOptions, rebuild  # noqa: PLC0415  # boto3 is slow to import

    return rebuild(address_of_stack(options), RebuildOptions(options.iterations, options.wait))


def _restore(options: argparse.Namespace) -> int:
    from gazette_cli.operate.restore import restore  # noqa: PLC0415  # boto3 is slow to import

    return restore(address_of_stack(options), options.table)


def _failures(options: argparse.Namespace) -> int:
    from gazette_cli.operate.failures import failures  # noqa: PLC0415  # boto3 is slow to import

    return failures(address_of_stack(options), as_json=options.as_json)


def _replay(options: argparse.Namespace) -> int:
    from gazette_cli.operate.replay import ReplayOptions, replay  # noqa: PLC0415  # boto3 is slow to import

    chosen = ReplayOptions(options.names, options.partition, options.discard)
    return replay(address_of_stack(options), chosen)


def _held(options: argparse.Namespace) -> int:
    from gazette_cli.operate.held import held  # noqa: PLC0415  # boto3 is slow to import

    return held(address_of_stack(options), as_json=options.as_json)


def _erase(options: argparse.Namespace) -> int:
    from gazette_cli.operate.erase import EraseOptions, erase  # noqa: PLC0415  # boto3 is slow to import

    # Without a choice nothing may be erased: an empty tuple names no revision.
    numbers = options.revisions or (None if options.is_all or options.undo else ())
    chosen = EraseOptions(options.event_id, numbers, options.reason, options.undo)
    return erase(address_of_stack(options), chosen)


def address_of_stack(options: argparse.Namespace, config: Path | None = None) -> "StackAddress":
    """Return the stack of the options; what they leave out is in the settings of the site.

    Raises:
        ConfigError: the settings name no stack or region that can be.
    """
    from gazette_cli.operate.deployment import StackAddress  # noqa: PLC0415  # boto3 is slow to import

    name, its_region = stack_and_region(read_stack_table(config), config or Path(FILE_NAME))
    return StackAddress(
        options.stack_name or name or DEFAULT_STACK,
        options.endpoint_url,
        options.region or its_region,
    )
