"""`gazette verify`: find every changed byte of a published site.

First it checks the hash chain of each event, which protects the records of its revisions. Then it
publishes the site again from these records, and compares each document. While a chain is broken,
its records say nothing, so only that is reported.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TextIO

from gazette.models.limits import MAX_TOMBSTONE_DAYS
from gazette.models.product import TOMBSTONE_DAYS
from gazette_cli.commands.argparse_types import (
    Subparsers,
    add_jobs_option,
    moment,
    site_address,
    whole_number,
)
from gazette_cli.engines.sources import SourceError
from gazette_cli.processes.copies import copies
from gazette_cli.verification.hash_chain import check_history, erased_revisions
from gazette_cli.verification.progress import Progress
from gazette_cli.verification.published_site import PublishedSite, open_site
from gazette_cli.verification.republish import Comparison

BROKEN = 1


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("verify", help="find every changed byte of a published site")
    parser.add_argument(
        "site", type=site_address, metavar="SITE_OR_URL", help="folder or http(s) address of a site"
    )
    parser.add_argument(
        "--now",
        type=moment,
        help="when the site was published last, as 2026-11-30T08:00:00Z; now, by default",
    )
    parser.add_argument(
        "--tombstone-days",
        type=whole_number(0, MAX_TOMBSTONE_DAYS),
        default=TOMBSTONE_DAYS,
        help="days for which the site shows a withdrawal in its feeds; %(default)s, by default",
    )
    add_jobs_option(parser)
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    parser.set_defaults(
        run=lambda options: verify(
            options.site,
            options.now,
            options.tombstone_days,
            options.jobs,
            as_json=options.as_json,
        )
    )


def verify(
    site: str,
    now: datetime | None = None,
    tombstone_days: int = TOMBSTONE_DAYS,
    jobs: int = 1,
    *,
    as_json: bool = False,
) -> int:
    """Verify a folder or an address; return 1 if a document is not as it was published.

    Raises:
        SourceError: the site does not exist, or has events without a history.
    """
    published, progress = open_site(site), Progress()
    addresses = list(published.histories())
    if not addresses and not published.has_no_event():
        raise SourceError(f"{site}: contains no event history")
    if not addresses and not as_json:
        sys.stdout.write(f"{site}: no event is published, so there is nothing to verify\n")
        return 0
    out, error = (None, None) if as_json else (sys.stdout, sys.stderr)
    erased = _write(out, _erased(published, addresses))
    problems = _write(error, _chain_problems(published, addresses, progress))
    compared = 0
    if problems:
        _write(error, ["The other documents are compared as soon as these are right."])
    elif addresses:
        comparison = Comparison(published, progress, tombstone_days, copies(jobs))
        problems = _write(error, comparison.problems(addresses, now or datetime.now(UTC)))
        compared = comparison.compared
    write_result = _write_json if as_json else _write_result
    write_result(len(addresses), compared, problems, erased)
    return BROKEN if problems else 0


def _write_result(
    histories: int, compared: int, problems: Sequence[str], erased: Sequence[str]
) -> None:
    also = f", {len(erased):,} revisions erased" if erased else ""
    sys.stdout.write(
        f"{histories:,} histories read, {compared:,} documents compared, "
        f"{len(problems):,} problems found{also}\n"
    )


def _write_json(
    histories: int, compared: int, problems: Sequence[str], erased: Sequence[str]
) -> None:
    shape = {"histories": histories, "compared": compared, "problems": problems, "erased": erased}
    sys.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False) + "\n")


def _write(stream: TextIO | None, lines: Iterable[str]) -> list[str]:
    """Write each line as it comes, and return them."""
    written = []
    for line in lines:
        written.append(line)
        if stream:
            stream.write(f"{line}\n")
    return written


def _erased(site: PublishedSite, addresses: Sequence[str]) -> Iterator[str]:
    for address in addresses:
        yield from erased_revisions(site, address)


def _chain_problems(
    site: PublishedSite, addresses: Sequence[str], progress: Progress
) -> Iterator[str]:
    for address in addresses:
        yield from check_history(site, address)
        progress.count("histories checked")
    progress.begin()
