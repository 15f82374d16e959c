"""The gate at the HTTP requests: they pass it as botocore sends them, and moto answers them.

Retries do not wait, unlike those of botocore.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from tests.faults.faults import Fault
from tests.faults.gates import Gate, Result
from tests.faults.stages import Stage, State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# `_retry_at_once` makes the retries. Making a user agent takes long.
ONCE = Config(
    user_agent="gazette",
    parameter_validation=False,
    signature_version=UNSIGNED,
    retries={"mode": "standard", "total_max_attempts": 1},
)
# moto looks for a signature and does not check it. Making one takes long.
_SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request"
_THROTTLED = {"SlowDown", "ThrottlingException", "503"}
_IN_JSON = {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query"}
# Status and code of an error response: of DynamoDB, which has JSON, or of S3, which has XML.
_CODES = {
    (False, Fault.THROTTLED): (503, "SlowDown"),
    (False, Fault.REFUSED): (500, "InternalError"),
    (True, Fault.THROTTLED): (400, "ThrottlingException"),
    (True, Fault.REFUSED): (500, "InternalServerError"),
}
Answering: TypeAlias = Callable[[str, AWSPreparedRequest], AWSResponse]


def stand_before(client: "S3Client | DynamoDBClient", gate: Gate, answer: Answering) -> None:
    """Send every request of a client through a gate, and what passes it to `answer`."""

    def send(event_name: str, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        return gate(event_name.rpartition(".")[2], lambda: answer(event_name, request))

    # The type stubs say that handlers return nothing, but botocore uses their response.
    events: Any = client.meta.events
    # botocore calls every handler, and moto must respond once.
    events.unregister("before-send", botocore_stubber)
    events.register("before-send", send)
    events.register("needs-retry", _retry_at_once)


def answer(event_name: str, request: AWSPreparedRequest) -> AWSResponse:
    """Return moto's response to a request."""
    request.headers["Authorization"] = _SIGNED
    response = botocore_stubber(event_name, request)
    assert response is not None
    return response


def error_answer(operation: str, fault: Fault) -> AWSResponse:
    """Return the error response of a service that did nothing, in the format of its protocol."""
    in_json = operation in _IN_JSON
    status, code = _CODES[in_json, fault]
    body = f'{{"__type": "{code}"}}' if in_json else f"<Error><Code>{code}</Code></Error>"
    # The response to a HeadObject has no body; its status is the code.
    raw = MockRawResponse("" if operation == "HeadObject" else body)
    return AWSResponse("https://aws.example", status, {}, raw)  # type: ignore[arg-type]  # as moto does


def _retry_at_once(
    attempts: int,
    response: tuple[object, dict[str, Any]] | None,
    caught_exception: Exception | None,
    **_: object,
) -> int | None:
    code = response[1].get("Error", {}).get("Code") if response else None
    is_transient = code in _THROTTLED or isinstance(caught_exception, ReadTimeoutError)
    return 0 if is_transient and attempts == 1 else None


class WireInjector:
    """Makes selected requests fail. A retry of botocore has the number of its first attempt."""

    def __init__(self, numbers: frozenset[int], fault: Fault) -> None:
        self.numbers = numbers
        self._fault = fault
        self._number = -1
        self._is_again = False
        self.struck = 0

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        if self._is_again:
            self._is_again = False
            return call()
        self._number += 1
        if self._number not in self.numbers:
            return call()
        self.struck += 1
        self._is_again = self._fault.is_retried
        if self._fault.is_late:
            call()
        if self._fault in {Fault.THROTTLED, Fault.REFUSED}:
            return cast("Result", error_answer(operation, self._fault))
        raise self._fault.error(operation)


class Watched(NamedTuple):
    """A request of a run without faults: its answer, and the states around it."""

    operation: str
    before: State
    answer: AWSResponse
    content: bytes
    after: State

    def answer_again(self) -> AWSResponse:
        """Return a response that nobody has read."""
        headers: Any = self.answer.headers
        raw: Any = MockRawResponse(self.content)
        return AWSResponse(self.answer.url, self.answer.status_code, headers, raw)


class Watching:
    """A gate that records every request."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.watched: list[Watched] = []

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        before = self._stage.state()
        answer: Any = call()
        found = Watched(operation, before, answer, answer.content, self._stage.state())
        self.watched.append(found)
        return cast("Result", found.answer_again())


class ResumingInjector:
    """A `WireInjector` that repeats the recorded answers to all requests before the first fault."""

    def __init__(
        self, stage: Stage, watched: Sequence[Watched], numbers: frozenset[int], fault: Fault
    ) -> None:
        self.numbers = numbers
        self._stage = stage
        self._watched = watched
        self._first = min(numbers, default=0)
        self._injector = WireInjector(frozenset(n - self._first for n in numbers), fault)
        self._number = -1

    @property
    def struck(self) -> int:
        return self._injector.struck

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        self._number += 1
        if self._number > self._first:
            return self._injector(operation, call)
        request = self._watched[self._number]
        assert request.operation == operation
        if self._number < self._first:
            return cast("Result", request.answer_again())
        self._stage.restore(request.before)
        return self._injector(operation, call)
