"""Answers of moto to reads: of equal requests in equal states only the first is computed."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse

_READS = frozenset(
    {
        *("BatchGetItem", "GetItem", "Query"),
        *("GetObject", "HeadObject", "ListObjectVersions"),
    }
)
# These headers differ between equal requests.
_OF_A_REQUEST = frozenset({"amz-sdk-invocation-id", "amz-sdk-request", "x-amz-date"})
# These say when moto was asked, or how a document was uploaded, which is no part of its state.
_OF_AN_ANSWER = frozenset(
    {
        *("date", "last-modified", "x-amzn-requestid", "x-amz-request-id"),
        "x-amz-sdk-checksum-algorithm",
    }
)
# Of so many equal requests one is computed again, and must get the same answer.
_TRIED = 16


class Answer(NamedTuple):
    """An answer that can be given any number of times."""

    url: str
    status: int
    headers: Any
    content: bytes

    def give(self) -> AWSResponse:
        """Return a response that nobody has read."""
        raw: Any = MockRawResponse(self.content)
        return AWSResponse(self.url, self.status, self.headers, raw)

    def is_like(self, other: "Answer") -> bool:
        """Return whether both say the same, at whatever time."""
        return (self.status, self.content) == (other.status, other.content) and (
            _timeless(self.headers) == _timeless(other.headers)
        )


def taken(response: AWSResponse) -> Answer:
    """Read a response."""
    return Answer(response.url, response.status_code, response.headers, response.content)


class OtherAnswerError(BaseException):
    """Equal requests got different answers. No handler catches this."""


class KnownAnswers:
    """Answers reads of a known request in a known state.

    ``shown`` returns all that an answer depends on besides the request.
    """

    def __init__(
        self,
        compute: Callable[[str, AWSPreparedRequest], AWSResponse],
        shown: Callable[[AWSPreparedRequest], Hashable],
    ) -> None:
        self._compute = compute
        self._shown = shown
        self._answers: dict[Hashable, Answer] = {}
        self._seen = 0

    def __call__(self, event_name: str, request: AWSPreparedRequest) -> AWSResponse:
        if event_name.rpartition(".")[2] not in _READS:
            return self._compute(event_name, request)
        key = (event_name, request.url, request.body, _asked(request), self._shown(request))
        known = self._answers.get(key)
        self._seen += known is not None
        if known is None or self._seen % _TRIED == 0:
            computed = taken(self._compute(event_name, request))
            if known and not computed.is_like(known):
                raise OtherAnswerError(known, computed)
            known = self._answers[key] = computed
        return known.give()


def _asked(request: AWSPreparedRequest) -> frozenset[tuple[str, str]]:
    headers: Any = request.headers
    return frozenset(
        (name, str(value)) for name, value in headers.items() if name.lower() not in _OF_A_REQUEST
    )


def _timeless(headers: Any) -> dict[str, str]:  # noqa: ANN401  # of moto or of botocore
    return {
        name.lower(): str(value)
        for name, value in headers.items()
        if name.lower() not in _OF_AN_ANSWER
    }
