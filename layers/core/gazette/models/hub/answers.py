"""How callbacks answer, and what follows from it."""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from gazette.models.limits import MAX_RETRY_DELAY_SECONDS, MIN_DELIVERY_PAUSE_SECONDS

_SUCCESS = range(200, 300)
_NO_LONGER = 410
# Request Timeout, Too Early, Too Many Requests, and errors of a server.
_BUSY = frozenset({408, 425, 429, *range(500, 600)})


class CallbackAnswer(NamedTuple):
    """A response; ``body`` is its beginning, ``retry_after`` is in seconds."""

    status: int
    body: bytes = b""
    retry_after: int = 0

    @property
    def is_success(self) -> bool:
        return self.status in _SUCCESS


class Unreachable(NamedTuple):
    """A callback gave no complete answer in time: it may do so later."""

    reason: str


class Forbidden(NamedTuple):
    """A callback leads to an address that a hub must not call."""

    reason: str


CallbackResult: TypeAlias = CallbackAnswer | Unreachable | Forbidden


class Post(NamedTuple):
    """A document for one callback."""

    callback: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Outcome(StrEnum):
    """What became of a delivery: ``ENDED`` ends the subscription, ``LATER`` is tried again."""

    DELIVERED = "delivered"
    ENDED = "ended"
    LATER = "later"
    REFUSED = "refused"


def outcome_of(result: CallbackResult) -> Outcome:
    """Judge the answer to a delivery (W3C WebSub §7). A redirect is an answer like others."""
    if isinstance(result, Unreachable):
        return Outcome.LATER
    if isinstance(result, Forbidden):
        return Outcome.REFUSED
    if result.is_success:
        return Outcome.DELIVERED
    if result.status == _NO_LONGER:
        return Outcome.ENDED
    return Outcome.LATER if result.status in _BUSY else Outcome.REFUSED


def reason_of_result(result: CallbackResult) -> str:
    """Return why a callback did not do what was asked."""
    return f"answered {result.status}" if isinstance(result, CallbackAnswer) else result.reason


def pause_after(attempt: int, result: CallbackResult) -> int:
    """Return the seconds until the next attempt: doubled each time, or longer if asked for."""
    wanted = result.retry_after if isinstance(result, CallbackAnswer) else 0
    own = MIN_DELIVERY_PAUSE_SECONDS << (attempt - 1)
    return min(max(own, wanted), MAX_RETRY_DELAY_SECONDS)
