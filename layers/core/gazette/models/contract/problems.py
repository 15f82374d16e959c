"""What is wrong with a document, by field."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One reason why a document breaks the contract; ``field`` is like ``sources.2.url``."""

    field: str
    reason: str


class InvalidEventError(ValueError):
    """The document breaks the contract: quarantine it, never retry."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.reason}" for problem in problems))
        self.problems = problems
