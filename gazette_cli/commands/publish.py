"""`gazette publish`: apply the changes of a source in order and write the site into a folder."""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress

from gazette.models.site import Site
from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.engines.acts import bursts
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import TAG_AUTHORITY, Engine, needing_checkout
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import Changes, SourceError, read_source

_QUARANTINED_SHOWN = 10


class PublishOptions(NamedTuple):
    """The arguments of the command."""

    source: Path
    out: Path
    engine: str
    base_url: str
    report: Path | None


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("publish", help="publish a source into a folder")
    parser.add_argument(
        "source",
        type=Path,
        help="folder with the layout of the source bucket, or a .jsonl[.gz] history of it",
    )
    parser.add_argument("--out", type=Path, required=True, help="new or empty folder for the site")
    parser.add_argument(
        "--engine",
        choices=("memory", "moto"),
        default="memory",
        help="moto needs a checkout of Gazette",
    )
    parser.add_argument(
        "--base-url", default="https://gazette.example", help="public address of the site"
    )
    parser.add_argument("--report", type=Path, help="file for a JSON report of the run")
    parser.set_defaults(
        run=lambda options: publish(
            PublishOptions(
                options.source, options.out, options.engine, options.base_url, options.report
            )
        )
    )


def publish(options: PublishOptions) -> int:
    """Publish a source. The report lists quarantined documents; they do not fail the run.

    Raises:
        SourceError: the source cannot be read, or the folder is not empty.
    """
    start = time.perf_counter()
    changes = read_source(options.source)
    options.out.mkdir(parents=True, exist_ok=True)
    if any(options.out.iterdir()):
        raise SourceError(f"{options.out}: not empty; its files would mix with the site")
    engine = _make_engine(options)
    engine.report.quarantined += changes.refused
    engine.report.add_seconds("read", time.perf_counter() - start)
    try:
        _apply(engine, changes)
    finally:
        engine.close()
    seconds = time.perf_counter() - start
    if options.report:
        text = json.dumps(_summary(engine, seconds), indent=2, ensure_ascii=False)
        options.report.write_text(text + "\n", encoding="utf-8")
    _print_summary(engine, options.out, seconds)
    return 0


def _make_engine(options: PublishOptions) -> Engine:
    site = Site(base_url=options.base_url.rstrip("/"), tag_authority=TAG_AUTHORITY)
    if options.engine == "moto":
        with needing_checkout("gazette publish --engine moto"):
            from tests.emulators.moto_engine import MotoEngine  # noqa: PLC0415  # not installed

        return MotoEngine(site, options.out)
    calls: Counter[str] = Counter()
    return MemoryEngine(site, DirectorySiteStore(options.out, calls), calls)


def _apply(engine: Engine, changes: Changes) -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Publishing", total=len(changes.changes))
        for burst in bursts(changes.changes):
            for act in burst:
                engine.apply(act)
            engine.settle()
            progress.advance(task, len(burst))


def _summary(engine: Engine, seconds: float) -> dict[str, object]:
    report = engine.report
    return {
        "events": len(report.events),
        "revisions": report.revisions,
        "quarantined": [item._asdict() for item in report.quarantined],
        "documents": {
            "written": report.written,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "bytes": report.bytes_written,
        },
        "aws_calls": dict(sorted(engine.calls.items())),
        "seconds": {
            **{stage: round(value, 3) for stage, value in report.seconds.items()},
            "total": round(seconds, 3),
        },
    }


def _print_summary(engine: Engine, out: Path, seconds: float) -> None:
    report = engine.report
    sys.stdout.write(
        f"{len(report.events):,} events in {report.revisions:,} revisions, "
        f"{len(report.quarantined):,} quarantined; "
        f"{report.written:,} documents written to {out} in {seconds:.1f} s\n"
    )
    for item in report.quarantined[:_QUARANTINED_SHOWN]:
        sys.stdout.write(f"quarantined {item.key}: {item.reason}\n")
