"""Attempts of writers that met at one partition, with pauses of random length between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gazette.models.limits import (
    MAX_WRITE_ATTEMPTS,
    MAX_WRITE_PAUSE_SECONDS,
    MIN_WRITE_PAUSE_SECONDS,
)
from gazette.ports import ConflictError, Random, Sleep

ResultT = TypeVar("ResultT")


class ConflictCount(Protocol):
    """A report that counts the attempts in which another run was faster."""

    conflicts: int


@dataclass(frozen=True, slots=True)
class Pauses:
    """Pauses before another attempt; the longest possible one doubles with each attempt.

    Writers that met once would meet again after equal pauses. So the whole pause is random
    ("full jitter").
    """

    sleep: Sleep
    random: Random

    def wait(self, attempts: int) -> None:
        """Wait after so many attempts."""
        longest = min(MAX_WRITE_PAUSE_SECONDS, MIN_WRITE_PAUSE_SECONDS * 2 ** (attempts - 1))
        self.sleep(self.random() * longest)

    def attempt(self, work: Callable[[int], ResultT], report: ConflictCount) -> ResultT:
        """Call ``work`` with the number of the attempt until no other run is faster.

        Raises:
            ConflictError: another run was faster in every attempt. Try later.
        """
        number = 1
        while True:
            try:
                return work(number)
            except ConflictError:
                report.conflicts += 1
                if number == MAX_WRITE_ATTEMPTS:
                    raise
            self.wait(number)
            number += 1


def _no_sleep(_seconds: float) -> None:
    """Sleep that returns at once."""


# For engines on which nothing else publishes at the same time.
NO_PAUSES = Pauses(_no_sleep, float)
