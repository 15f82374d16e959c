"""Runs random histories until time is up: ``python -m tests.faults.soak --minutes 5``.

``--seed`` repeats one history and prints the paths that differ.
"""

import argparse
import sys
import time
from random import SystemRandom

from tests.faults.disorder import EndlessError
from tests.faults.memory_stage import MemoryStage
from tests.faults.random_histories import ACTS, Acts, differing, differing_afresh
from tests.property.archives import SMALL


def main() -> int:
    """Return 1 if a history gave different sites in disorder and in order."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, help="the first; further ones follow it by one")
    parser.add_argument(
        "--acts",
        choices=("changes", "all"),
        default=ACTS,
        help="all: versions are removed, too, or cannot be read; and time passes",
    )
    options = parser.parse_args()
    seed = first = SystemRandom().randrange(10**9) if options.seed is None else options.seed
    deadline = time.monotonic() + 60 * options.minutes
    failed = 0
    while True:
        if problem := _problem(seed, options.acts):
            failed += 1
            sys.stdout.write(f"seed {seed}: {problem}\n")
            sys.stdout.flush()
        seed += 1
        if time.monotonic() > deadline:
            break
    sys.stdout.write(f"{seed - first:,} histories from seed {first}: {failed} failed\n")
    return int(bool(failed))


def _problem(seed: int, acts: Acts) -> str | None:
    """Return what is wrong after the history of a seed."""
    try:
        paths = _differing(seed, acts)
    except EndlessError as error:
        return f"work is left without an end: {error}"
    return f"{len(paths)} paths differ, such as {paths[:3]}" if paths else None


def _differing(seed: int, acts: Acts) -> list[str]:
    if acts == "all":
        return differing_afresh(seed, lambda: MemoryStage(SMALL), acts=acts)
    return differing(seed, lambda: MemoryStage(SMALL))


if __name__ == "__main__":
    sys.exit(main())
