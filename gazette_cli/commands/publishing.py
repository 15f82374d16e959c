"""`gazette publish`: apply a source change by change, and write the site into a folder."""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress

from gazette.models.site import Site
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import Engine
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import Changes, SourceError, read_source

# So many changes are in the source bucket before the site follows: a burst, as an import makes it.
_BURST = 500
TAG_AUTHORITY = "gazette.example,2026"


class PublishOptions(NamedTuple):
    """What the command line was given."""

    source: Path
    out: Path
    engine: str
    base_url: str
    report: Path | None


def publish(options: PublishOptions) -> int:
    """Publish a source; quarantined documents are named in the report and do not fail the run.

    Raises:
        SourceError: the source cannot be read, or the folder is not empty.
    """
    start = time.perf_counter()
    changes = read_source(options.source)
    _make_empty(options.out)
    engine = _make_engine(options)
    engine.report.quarantined += changes.refused
    engine.report.add_seconds("read", time.perf_counter() - start)
    try:
        _apply(engine, changes)
    finally:
        engine.close()
    _tell(engine, options, time.perf_counter() - start)
    return 0


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        reason = f"{folder}: is not empty, and what is in it would mix with the site"
        raise SourceError(reason)


def _make_engine(options: PublishOptions) -> Engine:
    site = Site(base_url=options.base_url.rstrip("/"), tag_authority=TAG_AUTHORITY)
    if options.engine == "moto":
        from tests.emulators.moto_engine import MotoEngine  # noqa: PLC0415  # slow to import

        return MotoEngine(site, options.out)
    calls: Counter[str] = Counter()
    return MemoryEngine(site, DirectorySiteStore(options.out, calls), calls)


def _apply(engine: Engine, changes: Changes) -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Publishing", total=len(changes.changes))
        for start in range(0, len(changes.changes), _BURST):
            burst = changes.changes[start : start + _BURST]
            for change in burst:
                engine.apply(change)
            engine.settle()
            progress.advance(task, len(burst))


def _tell(engine: Engine, options: PublishOptions, seconds: float) -> None:
    counts = engine.report
    summary = {
        "events": len(counts.events),
        "revisions": counts.revisions,
        "quarantined": [item._asdict() for item in counts.quarantined],
        "documents": {
            "written": counts.written,
            "unchanged": counts.unchanged,
            "removed": counts.removed,
            "bytes": counts.bytes_written,
        },
        "aws_calls": dict(sorted(engine.calls.items())),
        "seconds": {
            **{stage: round(value, 3) for stage, value in counts.seconds.items()},
            "total": round(seconds, 3),
        },
    }
    if options.report:
        options.report.write_text(
            json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    sys.stdout.write(
        f"{len(counts.events):,} events in {counts.revisions:,} revisions, "
        f"{len(counts.quarantined):,} quarantined; "
        f"{counts.written:,} documents written to {options.out} in {seconds:.1f} s\n"
    )
    for item in counts.quarantined[:10]:
        sys.stdout.write(f"quarantined {item.key}: {item.reason}\n")
