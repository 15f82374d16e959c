"""Measure the numbers of docs/measured.md: ``python -m tests.bench [PART ...]``.

Benchmarks are not tests: each number depends on this machine and its load.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from rich.console import Console

from gazette_cli.emulators.stack import running_stack
from gazette_cli.emulators.template import ROOT
from tests.bench.builds import (
    ARCHITECTURES,
    SkippedError,
    build,
    host_architecture,
    packages_sheet,
    python_of_lambda,
    sizes_sheet,
)
from tests.bench.burst import GROUPS, Burst, burst, keep_states
from tests.bench.cold_starts import cold_starts_sheet
from tests.bench.lag import PARAMETERS, TOPICS, single_writes
from tests.bench.numbers import Spread, hundredths, spread, tenths, whole
from tests.bench.peers import SIZES, missing, peers_sheet
from tests.bench.push import BURST, BURST_SUBSCRIBERS, Pushed, PushedBurst, pushed
from tests.bench.rendering import rendering_sheet
from tests.bench.scale import scale_sheets
from tests.bench.searching import search_sheet
from tests.bench.starts import install
from tests.cost import prices
from tests.cost import report as costs
from tests.cost.report import Sheet
from tests.cost.workload import measure

_WIDTH = 120

Options = argparse.Namespace
# A table, or a line of text about the tables before it.
Part = Sheet | str


def main() -> int:
    """Print the tables, with a line for each part that cannot be measured here."""
    options = _read_options()
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    for name in options.parts:
        Console(stderr=True).print(f"[dim]Measuring {name} …[/dim]")
        try:
            for part in _PARTS[name](options):
                _print(console, part, markdown=options.markdown)
        except SkippedError as reason:
            _print(console, f"SKIPPED, {name}: {reason}", markdown=options.markdown)
    return 0


def _read_options() -> Options:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(_PARTS)}; or all")
    parser.add_argument("--iterations", type=int, default=7, help="number of starts and renderings")
    parser.add_argument(
        "--versions", type=int, default=60, help="number of versions written one by one"
    )
    parser.add_argument("--burst", type=int, default=1000, help="number of events written at once")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="events of the archives of peers"
    )
    parser.add_argument(
        "--markdown", action="store_true", help="print the form of docs/measured.md"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - _PARTS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    options.parts = options.parts or list(_PARTS)
    return options


def _print(console: Console, part: Part, *, markdown: bool) -> None:
    if isinstance(part, str):
        sys.stdout.write(f"{part}\n\n")
    elif markdown:
        sys.stdout.write(f"{costs.as_markdown([part])}\n")
    else:
        console.print(costs.as_table(part))
    sys.stdout.flush()


def _layers(_: Options) -> Iterator[Part]:
    python_of_lambda()
    builds = {architecture: build(architecture) for architecture in ARCHITECTURES}
    yield sizes_sheet(builds)
    deployed = ARCHITECTURES[0]
    yield packages_sheet(builds[deployed], deployed)


def _cold_starts(options: Options) -> Iterator[Part]:
    python_of_lambda()
    install()
    yield cold_starts_sheet(build(host_architecture()), options.iterations)
    yield (
        "Python 3.13 with awslambdaric, Lambda's own runtime client; its boto3 has bytecode in all "
        f"rows. {_machine()} Lambda gives an event a share of a processor by the memory of its "
        "function, and fetches what it starts: compare rows, not milliseconds with those of AWS."
    )


def _lag(options: Options) -> Iterator[Part]:
    with running_stack(PARAMETERS) as stack:
        keep_states(stack)
        # This burst fills the feeds for what comes after.
        held = burst(stack, 0, options.burst, held=True)
        single = spread(single_writes(stack, options.burst, options.versions))
        direct = burst(stack, options.burst + options.versions, options.burst, held=False)
    bursts = {"as they come": direct, "in full batches": held}
    rows = [(f"{options.versions} one by one", "entry in its feed", *_seconds(single, 1000))]
    for how, found in bursts.items():
        name = f"{options.burst:,} at once, {how}"
        rows += [(name, "entry in its feed", *_seconds(spread(found.feeds)))]
        rows += [(name, "page", *_seconds(spread(found.pages)))]
        rows += [(name, "page, once its feed links to it", *_seconds(spread(found.ahead)))]
    columns = ("", "until it has a", "p50 s", "p95 s", "longest s")
    yield Sheet("From the write to the site, on ministack", columns, rows)
    yield _coalescing(options, bursts)
    yield (
        f"{_machine()} ministack is one process that runs all of AWS and the functions, so its "
        "seconds are not those of AWS. It has no batching windows: on AWS a single event waits up "
        "to a second in each of two, and for the notification of S3. It passes at most ten keys to "
        "ingest and publishes them before the next ones; *in full batches* publishing waited until "
        "all events were ingested."
    )


def _push(options: Options) -> Iterator[Part]:
    found = list(pushed(options.versions))
    rows = [
        (f"{one.subscribers:,}", whole(one.writes), to, *_seconds(seconds))
        for one in found
        if isinstance(one, Pushed)
        for to, seconds in (("each", one.each), ("the last", one.last))
    ]
    columns = ("subscribers", "writes", "until it is with", "p50 s", "p95 s", "longest s")
    yield Sheet(
        "From the write to the subscribers of the site's own hub, on ministack", columns, rows
    )
    bursts = [one for one in found if isinstance(one, PushedBurst)]
    rows = [
        (whole(BURST_SUBSCRIBERS), whole(BURST), tenths(one.seconds), *map(tenths, one.documents))
        for one in bursts
    ]
    documents = ("documents each, p50", "p95", "at most")
    columns = ("subscribers", "events at once", "s until all have all", *documents)
    yield Sheet("A burst, on ministack", columns, rows)
    yield (
        f"{_machine()} One feed of one topic. ministack is one process that "
        "runs all of AWS and the functions, so its seconds are not those of AWS (docs/push.md)."
    )


def _coalescing(options: Options, bursts: Mapping[str, Burst]) -> Sheet:
    rows = []
    for how, found in bursts.items():
        mean = sum(found.puts) / len(TOPICS)
        rows.append(
            (
                how,
                tenths(found.writing),
                *(whole(many) for many in found.invocations.values()),
                whole(options.burst / len(TOPICS)),
                tenths(mean),
                whole(max(found.puts)),
            )
        )
    columns = ("published", "s to write", *(f"{name} runs" for name in GROUPS))
    counts = ("events a topic", "PUTs of its feed", "at most")
    title = f"How {options.burst:,} events on {len(TOPICS)} topics were coalesced"
    return Sheet(title, (*columns, *counts), rows)


def _rendering(options: Options) -> Iterator[Part]:
    yield rendering_sheet(options.iterations)


def _cost(_: Options) -> Iterator[Part]:
    yield from costs.all_sheets(measure(), costs.read_stack())[:2]
    yield f"US dollars, {prices.AS_OF}, us-east-1, counted and not billed: docs/cost.md."


def _scale(_: Options) -> Iterator[Part]:
    yield from scale_sheets()
    yield (
        f"{_machine()} Units are counted; milliseconds are processor time of ingest and "
        "publishing, with the ledger in memory, without boto3, on a quiet core. docs/scale.md says "
        "what follows."
    )


def _seconds(found: Spread, parts: int = 1) -> tuple[str, ...]:
    return tuple(hundredths(number / parts) for number in found)


def _machine() -> str:
    today = datetime.now(UTC).date()
    return f"{today}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."


def _search(_: Options) -> Iterator[Part]:
    yield search_sheet()


def _peers(options: Options) -> Iterator[Part]:
    yield peers_sheet(options.sizes)
    for name in missing():
        yield f"SKIPPED, {name}: it is not installed; Debian has it as a package."
    yield (
        f"{_machine()} All in one run, user and system time. Each shows the new event in the feed "
        "of its topic, or it does not count. Gazette is its memory engine, without AWS, with all "
        "formats: the others write one page an event."
    )


_PARTS: dict[str, Callable[[Options], Iterator[Part]]] = {
    "layers": _layers,
    "starts": _cold_starts,
    "rendering": _rendering,
    "lag": _lag,
    "push": _push,
    "cost": _cost,
    "scale": _scale,
    "search": _search,
    "peers": _peers,
}

if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
