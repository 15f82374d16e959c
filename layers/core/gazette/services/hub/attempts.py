"""One attempt to post to several receivers at the same time: what is over, and what comes later."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from gazette.models.hub.answers import CallbackResult, Outcome, Post, outcome_of, pause_after
from gazette.models.limits import MAX_DELIVERY_ATTEMPTS
from gazette.services.hub.ports import CallbackClient

ReceiverT = TypeVar("ReceiverT")


class Attempted(NamedTuple, Generic[ReceiverT]):
    """Receivers with their answers, and by the pause in seconds those that are tried again."""

    settled: Sequence[tuple[ReceiverT, CallbackResult]]
    later: dict[int, list[ReceiverT]]


def attempt_all(
    callbacks: CallbackClient, posts: Sequence[tuple[ReceiverT, Post]], attempt: int
) -> Attempted[ReceiverT]:
    """Make the attempt with a number, which counts from 1."""
    settled: list[tuple[ReceiverT, CallbackResult]] = []
    later: dict[int, list[ReceiverT]] = {}
    results = callbacks.post_all([post for _, post in posts])
    for (receiver, _), result in zip(posts, results, strict=True):
        if outcome_of(result) is Outcome.LATER and attempt < MAX_DELIVERY_ATTEMPTS:
            later.setdefault(pause_after(attempt, result), []).append(receiver)
        else:
            settled.append((receiver, result))
    return Attempted(settled, later)
