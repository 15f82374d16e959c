"""`gazette cost`: estimate what a stack costs in a month. It needs a checkout with `tests/`."""

import argparse

from gazette_cli.commands.argparse_types import Subparsers, whole_number
from gazette_cli.engines.engine import EngineError, needing_checkout

_MOST = 1_000_000_000
_POSITIVE = whole_number(1, _MOST)


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("cost", help="estimate what a stack costs in a month")
    parser.add_argument(
        "--events-per-month",
        type=_POSITIVE,
        metavar="N",
        help="revisions in a month: publications, updates and withdrawals",
    )
    parser.add_argument(
        "--topics",
        type=_POSITIVE,
        default=1000,
        metavar="N",
        help="topics of the archive; %(default)s, by default",
    )
    parser.add_argument(
        "--readers",
        type=whole_number(0, _MOST),
        default=0,
        metavar="N",
        help="readers that poll one feed each",
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
