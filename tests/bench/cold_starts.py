"""Cold starts of every function from the built layers, with and without bytecode."""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from gazette_cli.emulators.stack import running_stack
from tests.bench.builds import LAYERS
from tests.bench.deployed import Deployed, functions
from tests.bench.hub import running_hub
from tests.bench.lag import PARAMETERS
from tests.bench.numbers import hundredths, whole
from tests.bench.starts import Deployment, Start, interpreter_alone, process_environment, start
from tests.cost.report import Sheet

_WITH, _WITHOUT = "with .pyc", "without .pyc"
_IDLE = 'def handler(event, context):\n    print("idle")\n'


class Work(NamedTuple):
    """Makes an event that gives a function work; ``proof`` matches the log line of that work."""

    prepare: Callable[[Deployed], bytes]
    proof: str


_WORK = {
    "ingest_event": Work(Deployed.notification, r'"Ingested": 1,'),
    "publish_changes": Work(Deployed.changes, r'"DocumentsWritten": [1-9]'),
    "announce_feeds": Work(Deployed.ping, r'"HubPings": 1,'),
    "invalidate_edge": Work(Deployed.invalidation, r'"InvalidatedPaths": 2,'),
    "expire_entries": Work(Deployed.schedule, r'"message": "Expired entries"'),
    "release_due": Work(Deployed.schedule, r'"EventsDue":'),
    "reconcile_archive": Work(Deployed.work_item, r'"Healed": 1,'),
}


def cold_starts_sheet(build: Path, iterations: int) -> Sheet:
    """Start every function in every variant in turn, and return medians in milliseconds.

    A start is a new process. The machine is not restarted, so its file cache is warm.
    """
    with (
        TemporaryDirectory(prefix="gazette-bench-") as scratch,
        running_stack(PARAMETERS) as stack,
        running_hub() as hub,
    ):
        variants = _variants(build, Path(scratch))
        deployed = Deployed(stack, hub)
        plain = dict(_deployments(build, Path(scratch), deployed))
        starts: dict[tuple[str, str], list[Start]] = defaultdict(list)
        interpreter = []
        for turn in range(iterations):
            idle = replace(plain["idle"], layers=variants[_WITH])
            interpreter.append(interpreter_alone(process_environment(idle, "")))
            starts["idle", _WITH].append(start(idle, lambda: b"{}"))
            for name, work in _WORK.items():
                for variant in _rotated(list(variants), turn):
                    deployment = replace(plain[name], layers=variants[variant])
                    started = start(deployment, partial(work.prepare, deployed))
                    starts[name, variant].append(started)
    return _sheet(starts, median(interpreter), iterations)


def _variants(build: Path, scratch: Path) -> dict[str, Path]:
    """Return the layers that a function starts from."""
    compiled, plain = scratch / "compiled", scratch / "plain"
    for layer in LAYERS:
        shutil.copytree(build / layer, compiled, dirs_exist_ok=True)
    shutil.copytree(compiled, plain, ignore=shutil.ignore_patterns("__pycache__"))
    return {_WITH: compiled, _WITHOUT: plain}


def _deployments(
    build: Path, scratch: Path, deployed: Deployed
) -> Iterator[tuple[str, Deployment]]:
    for logical_id, folder in functions().items():
        if folder not in _WORK:
            continue
        configuration = deployed.configuration(logical_id)
        yield (
            folder,
            Deployment(
                build / logical_id,
                scratch,
                deployed.environment(logical_id),
                configuration["FunctionArn"],
                configuration["Timeout"],
                re.compile(_WORK[folder].proof),
            ),
        )
    task = scratch / "idle"
    task.mkdir()
    (task / "app.py").write_text(_IDLE, encoding="utf-8")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:idle"
    yield "idle", Deployment(task, scratch, {"AWS_REGION": "us-east-1"}, arn, 3, re.compile("idle"))


def _sheet(
    starts: Mapping[tuple[str, str], list[Start]], interpreter: float, iterations: int
) -> Sheet:
    rows: list[tuple[str, ...]] = [
        ("the interpreter alone", "", whole(interpreter), "", "", "", "")
    ]
    for (name, variant), found in starts.items():
        middle = _median(found)
        counts = (*middle, middle.cold)
        called = "a handler that does nothing" if name == "idle" else name
        ratio = _ratio(found, starts[name, _WITH])
        rows.append((called, variant, *map(whole, counts), hundredths(ratio)))
    rows += [
        (name, "not measured", *[""] * 5) for name in functions().values() if name not in _WORK
    ]
    columns = ("function", "layers", "init", "first event", "second", "init + first", "ratio")
    return Sheet(f"Cold starts, median of {iterations} in ms", columns, rows)


def _median(starts: list[Start]) -> Start:
    return Start(*(median(counts) for counts in zip(*starts, strict=True)))


def _ratio(starts: list[Start], basis: list[Start]) -> float:
    """Compare within iterations, because the load of the machine changes between them."""
    return median(one.cold / other.cold for one, other in zip(starts, basis, strict=True))


def _rotated(names: list[str], turn: int) -> list[str]:
    """Rotate the order: the first has a colder cache than the others."""
    position = turn % len(names)
    return names[position:] + names[:position]
