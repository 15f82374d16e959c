"""Says on stderr how far a long verification is, a line each few seconds."""

import sys
import time
from dataclasses import dataclass, field

_SECONDS = 5.0


@dataclass(slots=True)
class Progress:
    """Counts steps of one kind; ``seconds`` is the least time between two lines."""

    seconds: float = _SECONDS
    _count: int = 0
    _said: float = field(default_factory=time.monotonic)

    def count(self, what: str) -> None:
        self._count += 1
        now = time.monotonic()
        if now - self._said >= self.seconds:
            self._said = now
            sys.stderr.write(f"gazette verify: {self._count:,} {what}\n")

    def begin(self) -> None:
        """Begin to count steps of another kind."""
        self._count = 0
