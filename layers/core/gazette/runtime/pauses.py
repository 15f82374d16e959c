"""Pauses between attempts, with jitter: writers that met once must not meet again."""

from collections.abc import Callable

from gazette.ports import Pause, Sleep

_FIRST_SECONDS, _LONGEST_SECONDS = 0.02, 1.0


def jittered(sleep: Sleep, draw: Callable[[], float]) -> Pause:
    """Return a pause that doubles with each attempt; ``draw`` returns the share of it to wait."""

    def pause(attempt: int) -> None:
        sleep(draw() * min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0**attempt))

    return pause
