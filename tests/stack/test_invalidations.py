"""Invalidations reach the distribution of the stack through the queue and its function."""

from typing import Any

import boto3
import pytest

from gazette.models.tasks.edge_invalidation import EVERYTHING, LIVE_DOCUMENTS, EdgeInvalidation
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, Stack
from tests.stack.conftest import eventually

pytestmark = pytest.mark.ministack

PATHS = ("news/2026/11/3/back.r1.html", "news/2026/11/3/zur\u00fcck.r1.md")


def invalidated(stack: Stack) -> list[str]:
    """Return the paths of all invalidations of the distribution."""
    # The types of this client are not installed.
    client: Any = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION).client(
        "cloudfront", endpoint_url=stack.ministack.endpoint, verify=stack.ministack.trusted
    )
    name = stack.outputs["DistributionId"]
    listed = client.list_invalidations(DistributionId=name)["InvalidationList"].get("Items", [])
    found = [
        client.get_invalidation(DistributionId=name, Id=one["Id"])["Invalidation"] for one in listed
    ]
    client.close()
    return [path for one in found for path in one["InvalidationBatch"]["Paths"]["Items"]]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (PATHS, ["/news/2026/11/3/back.r1.html", "/news/2026/11/3/zur%C3%BCck.r1.md"]),
        ((EVERYTHING,), ["/*"]),
        ((LIVE_DOCUMENTS,), ["#live"]),
    ],
)
def test_a_queued_invalidation_reaches_the_distribution(
    stack: Stack, paths: tuple[str, ...], expected: list[str]
) -> None:
    body = EdgeInvalidation(paths=paths).model_dump_json()
    stack.sqs.send_message(QueueUrl=stack.outputs["InvalidateQueueUrl"], MessageBody=body)
    assert eventually(lambda: set(expected) <= set(invalidated(stack)))
