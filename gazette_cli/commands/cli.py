"""The `gazette` command: what it takes, and one clear line and exit status 2 where it cannot."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gazette_cli.commands.publishing import PublishOptions, publish
from gazette_cli.commands.validating import validate
from gazette_cli.commands.verification import verify
from gazette_cli.engines.engine import EngineError
from gazette_cli.engines.sources import SourceError

if TYPE_CHECKING:
    from gazette_cli.operate.deployment import StackAddress

FAILED = 2


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SourceError, EngineError, OSError) as error:
        sys.stderr.write(f"gazette: {error}\n")
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gazette", description="Publish an archive of events.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_publish(commands.add_parser("publish", help="publish a source into a folder"))
    _add_serve(commands.add_parser("serve", help="run the whole stack here, and serve the site"))
    _add_validate(
        commands.add_parser("validate", help="check documents against the input contract")
    )
    _add_verify(commands.add_parser("verify", help="prove the hash chain of every event of a site"))
    _add_rebuild(
        commands.add_parser("rebuild", help="rebuild the ledger and the site of a deployed stack")
    )
    _add_demo(
        commands.add_parser("demo", help="publish the samples on the whole stack, and serve them")
    )
    _add_failures(commands.add_parser("failures", help="list what failed on a stack, and why"))
    _add_replay(commands.add_parser("replay", help="have what failed on a stack done again"))
    _add_cost(commands.add_parser("cost", help="estimate what a stack costs in a month"))
    return parser


def _add_publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, help="a folder like the source bucket, or a .jsonl[.gz] corpus"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="where the site goes: a new or empty folder"
    )
    parser.add_argument("--engine", choices=("memory", "moto"), default="memory")
    parser.add_argument(
        "--base-url", default="https://gazette.example", help="the address the site will have"
    )
    parser.add_argument("--report", type=Path, help="write the figures here as JSON")
    parser.set_defaults(
        run=lambda options: publish(
            PublishOptions(
                options.source, options.out, options.engine, options.base_url, options.report
            )
        )
    )


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, nargs="?", help="a folder like the source bucket to begin with"
    )
    parser.add_argument("--port", type=int, default=8080)
    parser.set_defaults(run=_serve)


def _add_validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.set_defaults(run=lambda options: validate(options.files))


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", metavar="SITE_OR_URL", help="a folder, or an http(s) address")
    parser.set_defaults(run=lambda options: verify(options.site))


def _add_rebuild(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--iterations",
        type=int,
        default=20,
        help="at most; each ingests and publishes what it finds",
    )
    parser.add_argument("--wait", type=int, default=60, help="seconds between two rounds")
    _add_stack(parser)
    parser.set_defaults(run=_rebuild)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="check the result and end")
    parser.set_defaults(run=_demo)


def _add_failures(parser: argparse.ArgumentParser) -> None:
    _add_stack(parser)
    parser.add_argument("--json", action="store_true", dest="as_json", help="for machines")
    parser.set_defaults(run=_failures)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="ID", help="only these, as failures lists them")
    parser.add_argument(
        "--partition",
        action="append",
        default=[],
        metavar="KEY",
        help="publish a whole partition of the ledger again, such as TOPIC#harbour",
    )
    parser.add_argument(
        "--discard", action="store_true", help="take away what failed, and do nothing again"
    )
    _add_stack(parser)
    parser.set_defaults(run=_replay)


def _add_cost(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--events-per-month", type=_count, metavar="N", help="revisions: new, changed, withdrawn"
    )
    parser.add_argument("--topics", type=_count, default=1000, metavar="N")
    parser.add_argument("--readers", type=_amount, default=0, metavar="N", help="who poll a feed")
    parser.add_argument("--markdown", action="store_true", help="as docs/cost.md has it")
    parser.set_defaults(run=_cost)


def _count(text: str) -> int:
    if (number := _amount(text)) == 0:
        raise argparse.ArgumentTypeError("is to be greater than 0")
    return number


def _amount(text: str) -> int:
    digits = text.replace(",", "")
    if not digits.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number")
    return int(digits)


def _add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack-name", default="gazette", help="gazette unless another is named")
    parser.add_argument(
        "--endpoint-url", help="of a local stack; otherwise AWS_ENDPOINT_URL, or AWS"
    )
    parser.add_argument("--region", help="otherwise that of the AWS profile")


def _serve(options: argparse.Namespace) -> int:
    from gazette_cli.emulators.serve import serve  # noqa: PLC0415  # the stack is slow to import, and only this needs it

    return serve(options.source, options.port)


def _rebuild(options: argparse.Namespace) -> int:
    from gazette_cli.operate.rebuilding import RebuildOptions, rebuild  # noqa: PLC0415  # boto3 is slow to import

    return rebuild(_address(options), RebuildOptions(options.iterations, options.wait))


def _demo(options: argparse.Namespace) -> int:
    from gazette_cli.demo.demo import demo  # noqa: PLC0415  # the stack is slow to import, and only this needs it

    return demo(once=options.once)


def _failures(options: argparse.Namespace) -> int:
    from gazette_cli.operate.failures import failures  # noqa: PLC0415  # boto3 is slow to import

    return failures(_address(options), as_json=options.as_json)


def _replay(options: argparse.Namespace) -> int:
    from gazette_cli.operate.replaying import ReplayOptions, replay  # noqa: PLC0415  # boto3 is slow to import

    chosen = ReplayOptions(options.names, options.partition, options.discard)
    return replay(_address(options), chosen)


def _cost(options: argparse.Namespace) -> int:
    from tests.cost.model import Month  # noqa: PLC0415  # only this needs the engine and the template
    from tests.cost.report import cost  # noqa: PLC0415  # the same

    revisions = options.events_per_month
    if options.readers and not revisions:
        raise EngineError("--readers needs --events-per-month")
    month = Month(revisions, options.topics, options.readers) if revisions else None
    return cost(month, markdown=options.markdown)


def _address(options: argparse.Namespace) -> "StackAddress":
    from gazette_cli.operate.deployment import StackAddress  # noqa: PLC0415  # boto3 is slow to import

    return StackAddress(options.stack_name, options.endpoint_url, options.region)
