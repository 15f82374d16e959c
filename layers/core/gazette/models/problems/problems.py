"""What is wrong with a document, by field."""

from typing import NamedTuple

from gazette.models.characters import shorten
from gazette.models.limits import MAX_PROBLEM_CHARACTERS


class Problem(NamedTuple):
    """One reason why a document breaks the contract; ``field`` is like ``sources.2.url``."""

    field: str
    reason: str


class InvalidEventError(ValueError):
    """The document breaks the contract: quarantine it, never retry.

    Long problems are cut: they are stored in one item and logged in one line.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(Problem(*map(_cut, problem)) for problem in problems)
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in self.problems))


class UnreadableEventError(InvalidEventError):
    """S3 does not give out the version. Its access may change, so the nightly run tries again."""


def _cut(text: str) -> str:
    return shorten(text, MAX_PROBLEM_CHARACTERS)
