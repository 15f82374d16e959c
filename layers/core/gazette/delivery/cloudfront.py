"""Invalidations of a CloudFront distribution."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError

from gazette.models.site import encoded_path
from gazette.models.tasks.edge_invalidation import EVERYTHING, LIVE_DOCUMENTS
from gazette.ports import EdgeRefusedError

# What no retry mends. AccessDenied is not among them: a changed role takes effect after a while.
_REFUSALS = frozenset(
    {
        "BatchTooLarge",
        "InconsistentQuantities",
        "InvalidArgument",
        "InvalidationBatchAlreadyExists",
        "NoSuchDistribution",
    }
)


class CloudFront(Protocol):
    """The used part of the CloudFront client, whose types are not installed."""

    def create_invalidation(
        self,
        *,
        DistributionId: str,  # noqa: N803  # boto3's
        InvalidationBatch: Mapping[str, Any],  # noqa: N803  # boto3's
    ) -> object: ...


class CloudFrontEdge:
    """An `EdgeCache` on a distribution; ``client`` is called when something is invalidated."""

    def __init__(self, client: Callable[[], CloudFront], distribution_id: str) -> None:
        self._client = client
        self._distribution_id = distribution_id

    def invalidate(self, paths: Sequence[str], reference: str) -> None:
        items = list(map(_item, paths))
        batch = {
            "Paths": {"Quantity": len(items), "Items": items},
            "CallerReference": reference,
        }
        try:
            self._client().create_invalidation(
                DistributionId=self._distribution_id, InvalidationBatch=batch
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _REFUSALS:
                raise EdgeRefusedError(f"CloudFront answered {error}") from error
            raise


def _item(path: str) -> str:
    """Return a path or a cache tag as CloudFront writes it."""
    if path == LIVE_DOCUMENTS:
        return path
    return f"/{path if path == EVERYTHING else encoded_path(path)}"
