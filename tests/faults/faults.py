"""Faults: the ways in which a call can fail, and the gate that makes selected calls fail."""

from collections.abc import Callable
from enum import Enum

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.faults.gates import Result

_ENDPOINT = "https://aws.example"


class KilledError(BaseException):
    """The process was killed. No handler catches this, and the memory of the process is lost."""


class Fault(Enum):
    """The way in which a call fails."""

    REFUSED = "an error of the server, and nothing was done"
    THROTTLED = "too much was asked at once, and nothing was done"
    LOST = "it was done, but the connection closed before the answer"
    TIMED_OUT = "it was done, but the answer came too late"
    KILLED = "the process was killed before it"
    KILLED_LATE = "the process was killed after it"

    @property
    def kills(self) -> bool:
        return self in {Fault.KILLED, Fault.KILLED_LATE}

    @property
    def is_late(self) -> bool:
        """Whether the call has an effect although it fails."""
        return self in {Fault.LOST, Fault.TIMED_OUT, Fault.KILLED_LATE}

    @property
    def is_retried(self) -> bool:
        """Whether botocore retries the call by itself."""
        return self in {Fault.THROTTLED, Fault.TIMED_OUT}

    def error(self, operation: str) -> BaseException:
        """Return the error that the caller gets."""
        if self.kills:
            return KilledError(operation)
        if self is Fault.LOST:
            return ConnectionClosedError(endpoint_url=_ENDPOINT)
        if self is Fault.TIMED_OUT:
            return ReadTimeoutError(endpoint_url=_ENDPOINT)
        code = "ThrottlingException" if self is Fault.THROTTLED else "InternalError"
        return ClientError({"Error": {"Code": code, "Message": self.value}}, operation)


class Injector:
    """Makes selected calls fail. Calls are numbered from zero."""

    def __init__(self, numbers: frozenset[int], fault: Fault) -> None:
        self.numbers = numbers
        self._fault = fault
        self._number = -1
        self.struck = 0

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        self._number += 1
        if self._number not in self.numbers:
            return call()
        self.struck += 1
        if self._fault.is_late:
            call()
        raise self._fault.error(operation)
