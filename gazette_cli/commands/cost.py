"""`gazette cost`: estimate what a stack costs in a month. It needs a checkout with `tests/`."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.engines.engine import EngineError, needing_checkout


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("cost", help="estimate what a stack costs in a month")
    parser.add_argument(
        "--events-per-month",
        type=_positive_number,
        metavar="N",
        help="revisions in a month: publications, updates and withdrawals",
    )
    parser.add_argument("--topics", type=_positive_number, default=1000, metavar="N")
    parser.add_argument(
        "--readers", type=_number, default=0, metavar="N", help="readers that poll one feed each"
    )
    parser.add_argument("--markdown", action="store_true", help="print the form of docs/cost.md")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    with needing_checkout("gazette cost"):
        from tests.cost.model import Month  # noqa: PLC0415  # not part of an installation
        from tests.cost.report import cost  # noqa: PLC0415  # not part of an installation

    revisions = options.events_per_month
    if options.readers and not revisions:
        raise EngineError("--readers needs --events-per-month")
    month = Month(revisions, options.topics, options.readers) if revisions else None
    return cost(month, markdown=options.markdown)


def _positive_number(text: str) -> int:
    if (number := _number(text)) == 0:
        raise argparse.ArgumentTypeError("must be greater than 0")
    return number


def _number(text: str) -> int:
    digits = text.replace(",", "")
    if not digits.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(digits)
