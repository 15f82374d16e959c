"""Runs random histories until time is up: ``python -m tests.faults.soak --minutes 5``.

``--seed`` repeats one history and prints the paths that differ. The last line counts what happened.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from random import SystemRandom

from gazette.models.limits import MAX_ITEM_BYTES, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from tests.faults.disorder import EndlessError
from tests.faults.memory_stage import MemoryStage
from tests.faults.random_histories import (
    ACTS,
    Acts,
    happened,
    unlike_afresh,
    unlike_in_order,
)
from tests.faults.source_acts import SourceAct
from tests.faults.stages import Happening
from tests.property.archives import SMALL


class CountingStage(MemoryStage):
    """A stage that counts the versions that its bucket loses."""

    removed = 0

    def apply(self, happening: Happening) -> None:
        before = self._versions()
        super().apply(happening)
        # A delete marker of a lifecycle rule adds one; an upload to a suspended bucket replaces.
        if isinstance(happening, SourceAct):
            self.removed += max(before - self._versions(), 0)

    def over_a_bound(self) -> int:
        """Count the items of the ledger that are larger than an item or a key may be."""
        return sum(
            item.size_bytes > MAX_ITEM_BYTES
            or len(str(item.key.partition).encode()) > MAX_PARTITION_KEY_BYTES
            or len(item.key.sort.encode()) > MAX_SORT_KEY_BYTES
            for item in self.world.records().values()
        )

    def _versions(self) -> int:
        return sum(map(len, self.world.source._versions.values()))


@dataclass(slots=True)
class Counts:
    """What happened in all histories."""

    histories: int = 0
    failed: int = 0
    steps: int = 0
    faults: int = 0
    removed: int = 0
    over_a_bound: int = 0

    def __str__(self) -> str:
        return (
            f"{self.failed:,} failed; {self.steps:,} calls in disorder, {self.faults:,} faults, "
            f"{self.removed:,} versions removed, {self.over_a_bound:,} items over a bound"
        )


def main() -> int:
    """Return 1 if a history gave different sites in disorder and in order, or too large an item."""
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
    first = SystemRandom().randrange(10**9) if options.seed is None else options.seed
    deadline = time.monotonic() + 60 * options.minutes
    counts = Counts()
    while counts.histories == 0 or time.monotonic() < deadline:
        seed = first + counts.histories
        counts.histories += 1
        if problem := _problem(seed, options.acts, counts):
            counts.failed += 1
            sys.stdout.write(f"seed {seed}: {problem}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{counts.histories:,} histories from seed {first}: {counts}\n")
    return int(bool(counts.failed or counts.over_a_bound))


def _problem(seed: int, acts: Acts, counts: Counts) -> str | None:
    """Return what is wrong after the history of a seed."""
    try:
        paths = _differing(seed, acts, counts)
    except EndlessError as error:
        return f"work is left without an end: {error}"
    return f"{len(paths)} paths differ, such as {paths[:3]}" if paths else None


def _differing(seed: int, acts: Acts, counts: Counts) -> list[str]:
    stage = CountingStage(SMALL)
    disorder = happened(seed, stage, acts=acts)
    counts.steps += disorder.steps
    counts.faults += disorder.faults
    counts.removed += stage.removed
    counts.over_a_bound += stage.over_a_bound()
    if acts == "all":
        return unlike_afresh(disorder, acts)
    return unlike_in_order(disorder, lambda: MemoryStage(SMALL))


if __name__ == "__main__":
    sys.exit(main())
