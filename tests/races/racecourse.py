"""The racecourse starts racers together, ends them, and adds up their counts."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from tests.races.ground import Ground
from tests.races.racers import MOST, SECONDS, Lap, Outcome, Signals, enter, run

# A machine with more time can run longer races: RACE_TIMES=20.
_TIMES = int(os.environ.get("RACE_TIMES", "1"))


def iterations(number: int) -> int:
    return number * _TIMES


@dataclass(frozen=True, slots=True)
class Racecourse:
    """Processes that wait for races."""

    pool: ProcessPoolExecutor
    signals: Signals

    def run(
        self,
        ground: Ground,
        writers: Sequence[Lap],
        others: Sequence[Lap] = (),
        followers: Sequence[Lap] = (),
    ) -> Outcome:
        """Run a race: the others end after the writers, and the readers of the stream end last.

        Raises:
            Exception: the error of a racer.
        """
        laps = (*writers, *others, *followers)
        self.signals.written.clear()
        self.signals.over.clear()
        self.signals.worked.value = 0
        racers = [self.pool.submit(run, ground, len(laps), lap) for lap in laps]
        try:
            _wait(racers[: len(writers)])
            self.signals.written.set()
            _wait(racers[: len(writers) + len(others)])
        finally:  # the other racers must not wait for one that raised
            self.signals.written.set()
            self.signals.over.set()
        outcomes = [racer.result(SECONDS) for racer in racers]
        return Outcome(
            sum((outcome.done for outcome in outcomes), Counter()),
            sum((outcome.met for outcome in outcomes), Counter()),
        )


def show(name: str, outcome: Outcome) -> None:
    """Print the counts; ``pytest -rP`` shows them."""
    sys.stdout.write(f"{name}: done {dict(outcome.done)}, refused {dict(outcome.met)}\n")


def _wait(racers: Sequence[Future[Outcome]]) -> None:
    for racer in racers:
        racer.result()


@contextmanager
def open_racecourse(endpoint: str) -> Iterator[Racecourse]:
    """Start the processes; each finds the modules imported, and shares no more than Lambda's do."""
    # The server of forks imports before it knows where modules are.
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.races.laps", "gazette.runtime.builders"])
    starts = {parties: context.Barrier(parties) for parties in range(1, MOST + 1)}
    signals = Signals(starts, context.Event(), context.Event(), context.Value("i", 0))
    with ProcessPoolExecutor(MOST, context, enter, (signals, endpoint)) as pool:
        yield Racecourse(pool, signals)
