"""Work that is done in copies of this process.

A copy (`fork`) has everything that the process has, so nothing is sent to it but its results back.
"""

import gc
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, ForkProcess
from typing import Generic, NamedTuple, TypeVar

from gazette_cli.engines.engine import EngineError

GivenT = TypeVar("GivenT")
FoundT = TypeVar("FoundT")


def copies(jobs: int) -> int:
    """Return how many copies work next to this process.

    One job is done in it, and all are where a system cannot copy a process.
    """
    return jobs if jobs > 1 and "fork" in get_all_start_methods() else 0


class _Running(NamedTuple, Generic[GivenT]):
    process: ForkProcess
    results: Connection
    given: GivenT


class Copies(Generic[GivenT, FoundT]):
    """Does ``work`` in as many copies of the process at once as ``jobs``; with 0, in this one.

    ``on_done`` gets what was given and what was found, here, in the order in which it was begun.
    """

    def __init__(
        self,
        jobs: int,
        work: Callable[[GivenT], Sequence[FoundT]],
        on_done: Callable[[GivenT, Sequence[FoundT]], None],
    ) -> None:
        self._jobs = jobs
        self._work = work
        self._on_done = on_done
        self._running: deque[_Running[GivenT]] = deque()

    @property
    def running(self) -> Sequence[GivenT]:
        """What was given to the copies whose results are not taken yet."""
        return [one.given for one in self._running]

    def begin(self, given: GivenT) -> None:
        """Begin some work; the oldest is waited for if there is a copy too many.

        Raises:
            EngineError: a copy ended without results.
        """
        if not self._jobs:
            self._on_done(given, self._work(given))
            return
        if len(self._running) >= self._jobs:
            self._end_oldest()
        context: ForkContext = get_context("fork")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=self._send, args=(there, given))
        process.start()
        there.close()
        self._running.append(_Running(process, here, given))

    def finish(self) -> None:
        """Wait for all of it.

        Raises:
            EngineError: a copy ended without results.
        """
        while self._running:
            self._end_oldest()

    def _send(self, results: Connection, given: GivenT) -> None:
        gc.disable()  # it would copy the memory of the other process
        results.send(self._work(given))
        results.close()

    def _end_oldest(self) -> None:
        running = self._running.popleft()
        try:
            found = running.results.recv()
        except EOFError as error:
            reason = "a process ended early; run it again with --jobs 1"
            raise EngineError(reason) from error
        running.results.close()
        running.process.join()
        self._on_done(running.given, found)
