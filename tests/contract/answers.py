"""Prepared answers of AWS, for what moto does not answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class Body(BytesIO):
    """The part of urllib3's response body that botocore uses."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def answering(
    client: "S3Client | DynamoDBClient", event: str, answer: Callable[..., object]
) -> Iterator[None]:
    """Let ``answer`` return the response to each request of one kind."""
    events = client.meta.events
    events.register_first(event, answer, unique_id="a")  # type: ignore[arg-type]  # it may return a response
    try:
        yield
    finally:
        events.unregister(event, unique_id="a")
