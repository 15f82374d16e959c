"""Says in our words why AWS, or what stands in its place, does not do what was asked."""

from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
)
from botocore.exceptions import (
    ConnectionError as NoConnectionError,
)
from botocore.parsers import ResponseParserError

from gazette.models.characters import one_line

# What the calls of a command raise; a client whose endpoint is no address raises a ValueError.
AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError, ValueError)
_CREDENTIALS = "no credentials are found; set AWS_PROFILE, or log in with the AWS CLI"
_ANSWER = "does not answer; correct --endpoint-url or --region, or wait for the network"
_REASONS: Mapping[type[Exception], str] = {
    NoRegionError: "no region is known; give --region, or set AWS_DEFAULT_REGION",
    NoCredentialsError: _CREDENTIALS,
    PartialCredentialsError: _CREDENTIALS,
    ProfileNotFound: "the profile that AWS_PROFILE names does not exist; correct it",
    SSLError: "its certificate is not accepted; correct --endpoint-url or AWS_CA_BUNDLE",
    HTTPClientError: _ANSWER,
    NoConnectionError: _ANSWER,
    ResponseParserError: "answers as no AWS does; correct --endpoint-url",
    ValueError: "is asked at no address; correct --endpoint-url, --region and AWS_ENDPOINT_URL",
}
_MISSING = "does not exist"
_ANY = "cannot be asked; look at the settings of the AWS CLI"


def aws_problem(error: Exception) -> str:
    """Return what is wrong with a call, and what to do."""
    if isinstance(error, ClientError):
        return _refusal(error)
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), _ANY)


def _refusal(error: ClientError) -> str:
    """Return the answer of AWS itself."""
    answer = error.response.get("Error", {})
    message = one_line(str(answer.get("Message") or answer.get("Code") or "no reason given"))
    if error.operation_name == "DescribeStacks" and _MISSING in message:
        return f"{_MISSING}; give its name with --stack-name, and its region with --region"
    return f"AWS refuses {error.operation_name}: {message}"
