"""`gazette publish`: apply the changes of a source in order and write the site into a folder."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress

from gazette.models.contract.identity import event_key, is_erasure_key
from gazette.models.frozen import rfc3339
from gazette.models.ledger import partitions
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette.models.site import Site
from gazette.models.tasks.reports import Quarantined
from gazette.projections.items.due_items import DueEvent
from gazette.projections.items.remarks import read_remarks
from gazette.services.publish.images.missing_images import missing_images
from gazette.services.release.release import held_events
from gazette_cli.commands.argparse_types import Subparsers, moment, path, web_address
from gazette_cli.commands.site_config import add_config_option, read_config
from gazette_cli.engines.acts import NOTHING_BEFORE, Act, Before, Pause, bursts
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import Engine, needing_checkout
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import SourceError, read_source
from gazette_cli.engines.sqlite.runs import acts_of_this_folder, acts_of_this_history
from gazette_cli.engines.sqlite.site_file import SiteFile, is_published, remove_site
from gazette_cli.engines.sqlite.sqlite_engine import SqliteEngine

QUARANTINED = 1
# Of each kind; the report has all.
_LINES_SHOWN = 10


class PublishOptions(NamedTuple):
    """The arguments of the command; ``now`` is the time of this run, if it is given."""

    source: Path
    out: Path
    engine: str
    site: Site
    report: Path | None
    now: datetime | None
    is_fresh: bool


class _Run(NamedTuple):
    """The engine, the acts that it has not applied before, and what went before these."""

    engine: Engine
    acts: Sequence[Act]
    before: Before = NOTHING_BEFORE


class _Left(NamedTuple):
    """What a run leaves to do: held events; what erasures and images wait for; remarks."""

    held: Sequence[DueEvent]
    waiting: Sequence[Quarantined]
    remarks: Sequence[Quarantined]


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("publish", help="publish a source into a folder")
    parser.epilog = (
        "Exit status: 0 if everything was published, 1 if documents were quarantined and all others"
        " published, 2 if nothing could be done."
    )
    parser.add_argument(
        "source",
        type=path,
        help="folder with the layout of the source bucket, or a .jsonl[.gz] history of it",
    )
    parser.add_argument(
        "--out",
        type=path,
        required=True,
        help="folder for the site: new, empty, or of an earlier run, of which it publishes only"
        " what has changed since; the file DIR.gazette.sqlite next to it says what is in it",
    )
    _add_run_options(parser)
    parser.add_argument(
        "--base-url",
        type=web_address,
        help="public address of the site; that of the settings, by default",
    )
    add_config_option(parser)
    parser.add_argument("--report", type=path, help="file for a JSON report of the run")
    parser.set_defaults(run=_run)


def _run(options: Namespace) -> int:
    site = read_config(options.config).site()
    if options.base_url:
        site = replace(site, base_url=options.base_url.rstrip("/"))
    return publish(
        PublishOptions(
            options.source,
            options.out,
            options.engine,
            site,
            options.report,
            options.now,
            options.fresh,
        )
    )


def _add_run_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=("sqlite", "memory", "moto"),
        default="sqlite",
        help="memory and moto write no file, so they take a new folder; moto needs a checkout of"
        " Gazette (default: sqlite)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget earlier runs and delete what they published"
    )
    parser.add_argument(
        "--now",
        type=moment,
        help="time of this run, such as 2026-07-04T12:00:00Z, by which events are held or released"
        " (of a folder: now; of a history: that of its last row)",
    )


def publish(options: PublishOptions) -> int:
    """Publish a source; return `QUARANTINED` if documents were quarantined, all others published.

    Raises:
        SourceError: the source cannot be read, or the folder is not empty.
    """
    start = time.perf_counter()
    if not options.out.resolve().name:
        raise SourceError(f"{options.out}: is the root of the disk; name a folder below it")
    changes = read_source(options.source, may_be_empty=is_published(options.out))
    options.out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        engine, acts, went_before = _begin(options, changes.changes, stack)
        engine.report.quarantined += changes.refused
        engine.report.add_seconds("read", time.perf_counter() - start)
        _apply(engine, acts, went_before)
        standing = _quarantined_before(engine)
        engine.report.quarantined += [one for one in standing if not is_erasure_key(one.key)]
        left = _read_left(engine, [one for one in standing if is_erasure_key(one.key)])
    seconds = time.perf_counter() - start
    if options.report:
        text = json.dumps(_summary(engine, left, seconds), indent=2, ensure_ascii=False)
        options.report.write_text(text + "\n", encoding="utf-8")
    _print_summary(engine, left, options.out, seconds)
    return _say_what_is_quarantined(engine.report.quarantined)


def _begin(options: PublishOptions, acts: Sequence[Act], stack: ExitStack) -> _Run:
    """Make the engine, which the stack closes."""
    site = options.site
    if options.engine == "sqlite":
        return _go_on(options, site, acts, stack)
    _expect_empty(options.out)
    engine = _new_engine(options, site)
    stack.callback(engine.close)
    return _Run(engine, [*acts, *_until(options.now)])


def _go_on(options: PublishOptions, site: Site, acts: Sequence[Act], stack: ExitStack) -> _Run:
    if not is_published(options.out):
        _expect_empty(options.out)
    elif options.is_fresh:
        remove_site(options.out)
    file = stack.enter_context(SiteFile(options.out))
    engine = SqliteEngine(site, file)
    if options.source.is_dir():
        now = options.now or datetime.now(UTC)
        left = [*acts_of_this_folder(file, engine.source, acts, now), Pause(now)]
    else:
        left = [*acts_of_this_history(file, acts), *_until(options.now)]
    return _Run(engine, left, engine.before)


def _until(now: datetime | None) -> list[Act]:
    return [Pause(now)] if now else []


def _expect_empty(out: Path) -> None:
    if any(out.iterdir()):
        raise SourceError(f"{out}: not empty; its files would mix with the site. Name a new folder")


def _new_engine(options: PublishOptions, site: Site) -> Engine:
    if options.engine == "moto":
        with needing_checkout("gazette publish --engine moto"):
            from tests.emulators.moto_engine import MotoEngine  # noqa: PLC0415  # not installed

        return MotoEngine(site, options.out)
    calls: Counter[str] = Counter()
    return MemoryEngine(site, DirectorySiteStore(options.out, calls), calls)


def _apply(engine: Engine, acts: Sequence[Act], before: Before) -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Publishing", total=len(acts))
        for burst in bursts(acts, before):
            for act in burst:
                engine.apply(act)
            engine.settle()
            progress.advance(task, len(burst))


def _quarantined_before(engine: Engine) -> list[Quarantined]:
    """Return what earlier runs have quarantined and is quarantined still.

    Of an erasure the reason says what it waits for.
    """
    listed = {one.key for one in engine.report.quarantined} | engine.report.notices.keys()
    records = engine.ledger.scan(partitions.QUARANTINE)
    versions = (
        QuarantinedVersion.model_validate_json(record.payload)
        for record in records
        if not record.deleted
    )
    return [
        Quarantined(one.key, "; ".join(f"{field}: {reason}" for field, reason in one.problems))
        for one in versions
        if one.key not in listed
    ]


def _read_left(engine: Engine, waiting: Sequence[Quarantined]) -> _Left:
    missing = (
        Quarantined(event_key(one.event_id), f"image: {one.reason}")
        for one in missing_images(engine.ledger)
    )
    erasures = (Quarantined(*notice) for notice in engine.report.notices.items())
    remarks = (
        Quarantined(event_key(one.event_id), f"{field}: {reason}")
        for one in read_remarks(engine.ledger.scan(partitions.REMARKS))
        for field, reason in one.remarks
    )
    return _Left(list(held_events(engine.ledger)), [*erasures, *waiting, *missing], list(remarks))


def _summary(engine: Engine, left: _Left, seconds: float) -> dict[str, object]:
    report = engine.report
    return {
        "events": len(report.events),
        "revisions": report.revisions,
        "held": [{"id": event.event_id, "release": rfc3339(event.due)} for event in left.held],
        "quarantined": [item._asdict() for item in report.quarantined],
        "waiting": [item._asdict() for item in left.waiting],
        "remarks": [item._asdict() for item in left.remarks],
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


def _print_summary(engine: Engine, left: _Left, out: Path, seconds: float) -> None:
    report = engine.report
    sys.stdout.write(
        f"{len(report.events):,} events in {report.revisions:,} revisions, "
        f"{len(left.held):,} held, {len(report.quarantined):,} quarantined; "
        f"{report.written:,} documents written to {out} in {seconds:.1f} s\n"
    )
    lines = (
        [f"held {event.event_id}: until {rfc3339(event.due)}" for event in left.held],
        [f"quarantined {item.key}: {item.reason}" for item in report.quarantined],
        [f"waiting {item.key}: {item.reason}" for item in left.waiting],
        [f"remark {item.key}: {item.reason}" for item in left.remarks],
    )
    for kind in lines:
        for line in kind[:_LINES_SHOWN]:
            sys.stdout.write(f"{line}\n")


def _say_what_is_quarantined(quarantined: Sequence[Quarantined]) -> int:
    """Name the documents that are not published, and return the exit status."""
    keys = list(dict.fromkeys(item.key for item in quarantined))
    if not keys:
        return 0
    named = ", ".join(keys[:_LINES_SHOWN]) + (", …" if len(keys) > _LINES_SHOWN else "")
    how = "`gazette validate` says what is wrong with each, and --report FILE lists all"
    sys.stderr.write(f"gazette: {len(keys):,} quarantined: {named}\ngazette: {how}\n")
    return QUARANTINED
