"""Runs random histories until time is up: ``python -m tests.faults.soak --minutes 5``.

``--seed`` repeats one history and prints the paths that differ.
"""

import argparse
import sys
import time
from random import SystemRandom

from tests.faults.memory_stage import MemoryStage
from tests.faults.random_histories import differing
from tests.property.archives import SMALL


def main() -> int:
    """Return 1 if a history gave different sites in disorder and in order."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, help="the first; further ones follow it by one")
    options = parser.parse_args()
    seed = first = SystemRandom().randrange(10**9) if options.seed is None else options.seed
    deadline = time.monotonic() + 60 * options.minutes
    failed = 0
    while True:
        if paths := differing(seed, lambda: MemoryStage(SMALL)):
            failed += 1
            sys.stdout.write(f"seed {seed}: {len(paths)} paths differ, such as {paths[:3]}\n")
        seed += 1
        if time.monotonic() > deadline:
            break
    sys.stdout.write(f"{seed - first:,} histories from seed {first}: {failed} failed\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
