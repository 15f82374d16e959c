"""`gazette publish`: apply the changes of a source in order and write the site into a folder."""

import json
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

from gazette.models.contract.identity import is_erasure_key
from gazette.models.site import Site
from gazette_cli.commands.argparse_types import (
    Subparsers,
    add_jobs_option,
    moment,
    path,
    web_address,
)
from gazette_cli.commands.site_config import add_config_option, read_config
from gazette_cli.engines.acts import NOTHING_BEFORE, Act, Before, Pause, bursts
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.engine import Engine, needing_checkout
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.run_summary import (
    print_summary,
    quarantined_before,
    read_left,
    say_what_is_quarantined,
    summary,
)
from gazette_cli.engines.sources import SourceError, read_source
from gazette_cli.engines.sqlite.runs import acts_of_this_folder, acts_of_this_history
from gazette_cli.engines.sqlite.site_file import SiteFile, is_published, remove_site
from gazette_cli.engines.sqlite.sqlite_engine import SqliteEngine
from gazette_cli.processes.copies import copies


class PublishOptions(NamedTuple):
    """The arguments of the command; ``now`` is the time of this run, if it is given.

    ``jobs`` is the number of processes that render; with 1 it is this one.
    """

    source: Path
    out: Path
    engine: str
    site: Site
    report: Path | None
    now: datetime | None
    is_fresh: bool
    jobs: int = 1


class _Run(NamedTuple):
    """The engine, the acts that it has not applied before, and what went before these."""

    engine: Engine
    acts: Sequence[Act]
    before: Before = NOTHING_BEFORE


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
            options.jobs,
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
    add_jobs_option(parser)
    parser.add_argument(
        "--now",
        type=moment,
        help="time of this run, such as 2026-07-04T12:00:00Z, by which events are held or released"
        " (of a folder: now; of a history: that of its last row)",
    )


def publish(options: PublishOptions) -> int:
    """Publish a source; return 1 if documents were quarantined, all others published.

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
        standing = quarantined_before(engine)
        engine.report.quarantined += [one for one in standing if not is_erasure_key(one.key)]
        left = read_left(engine, [one for one in standing if is_erasure_key(one.key)])
    seconds = time.perf_counter() - start
    if options.report:
        text = json.dumps(summary(engine, left, seconds), indent=2, ensure_ascii=False)
        options.report.write_text(text + "\n", encoding="utf-8")
    print_summary(engine, left, options.out, seconds)
    return say_what_is_quarantined(engine.report.quarantined)


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
    engine = SqliteEngine(site, file, copies(options.jobs))
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
        if not acts:  # other settings, or a run that was killed
            engine.settle()
