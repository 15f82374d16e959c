"""The gate on the wire: requests go through it as botocore would send them, to moto behind it.

Of what botocore does about a fault, waiting is left out: it tries again at once.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from tests.faults.faults import Fault
from tests.faults.gates import Gate, Result

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# What botocore retries is retried by `_retry_at_once`. To make a user agent takes long.
ONCE = Config(
    user_agent="gazette",
    parameter_validation=False,
    retries={"mode": "standard", "total_max_attempts": 1},
)
_THROTTLED = {"SlowDown", "ThrottlingException", "503"}
_IN_JSON = {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query"}
# Status and code of an answer, by whether it is JSON, of DynamoDB, or XML, of S3.
_CODES = {
    (False, Fault.THROTTLED): (503, "SlowDown"),
    (False, Fault.REFUSED): (500, "InternalError"),
    (True, Fault.THROTTLED): (400, "ThrottlingException"),
    (True, Fault.REFUSED): (500, "InternalServerError"),
}


def stand_before(client: "S3Client | DynamoDBClient", gate: Gate) -> None:
    """Have every request of a client go through a gate."""

    def send(event_name: str, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        return gate(event_name.rpartition(".")[2], lambda: answer(event_name, request))

    # Typed as if botocore did not listen to what a handler answers.
    events: Any = client.meta.events
    # It calls every handler, and moto must answer once.
    events.unregister("before-send", botocore_stubber)
    events.register("before-send", send)
    events.register("needs-retry", _retry_at_once)


def answer(event_name: str, request: AWSPreparedRequest) -> AWSResponse:
    """Have moto answer a request."""
    response = botocore_stubber(event_name, request)
    assert response is not None
    return response


def error_answer(operation: str, fault: Fault) -> AWSResponse:
    """Write what a service answers that does nothing, in the form of its protocol."""
    in_json = operation in _IN_JSON
    status, code = _CODES[in_json, fault]
    body = f'{{"__type": "{code}"}}' if in_json else f"<Error><Code>{code}</Code></Error>"
    # The answer to a HeadObject has no body, and its code is the status.
    raw = MockRawResponse("" if operation == "HeadObject" else body)
    return AWSResponse("https://aws.example", status, {}, raw)  # type: ignore[arg-type]  # as moto


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
    """Lets requests fail, by their numbers; one that botocore makes again is the same request."""

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
