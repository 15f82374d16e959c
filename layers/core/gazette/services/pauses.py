"""Pauses of random length between the attempts of writers that met at one partition."""

from dataclasses import dataclass

from gazette.models.limits import MAX_WRITE_PAUSE_SECONDS, MIN_WRITE_PAUSE_SECONDS
from gazette.ports import Random, Sleep


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


def _no_sleep(_seconds: float) -> None:
    """Sleep that returns at once."""


# For engines on which nothing else publishes at the same time.
NO_PAUSES = Pauses(_no_sleep, float)
