"""`gazette failures`: list what failed, the quarantine, missing images, and remarks."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from gazette.models.ledger import partitions
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette.projections.items.remarks import read_remarks
from gazette.services.publish.images.missing_images import missing_images
from gazette_cli.operate.dead_letters import Failed, Kind, read_batch, read_letter
from gazette_cli.operate.deployment import Deployment, StackAddress, open_deployment
from gazette_cli.operate.failures_report import (
    Listed,
    QuarantinedRevision,
    write_json,
    write_tables,
)

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        MessageTypeDef,
    )

# The list ends here; the queues can hold many more.
_MAX_SHOWN = 1000
# A received message is hidden from others for as long as a run may take.
_HIDDEN_SECONDS = 900
_MAX_PER_CALL = 10


class StoredFailure(NamedTuple):
    """A failure in its queue or bucket; ``remove`` deletes it there."""

    failed: Failed
    remove: Callable[[], object]


def failures(address: StackAddress, *, as_json: bool) -> int:
    """Print the failures and the quarantined documents of a stack.

    Raises:
        DeploymentError: the stack cannot be reached.
    """
    with open_deployment(address) as deployment:
        list_failures(deployment, as_json=as_json)
    return 0


def list_failures(deployment: Deployment, *, as_json: bool, most: int = _MAX_SHOWN) -> None:
    """Print at most ``most`` failures, all quarantined documents, and all missing images.

    Of the failures the oldest is first.
    """
    with stored_failures(deployment) as found:
        failed = [one.failed for one in islice(found, most + 1)]
    is_more, failed = len(failed) > most, failed[:most]
    failed.sort(key=lambda one: one.at)
    listed = Listed(
        failed,
        is_more,
        list(quarantined_revisions(deployment)),
        list(missing_images(deployment.ledger)),
        list(read_remarks(deployment.ledger.scan(partitions.REMARKS))),
    )
    write = write_json if as_json else write_tables
    write(listed)


def quarantined_revisions(deployment: Deployment) -> Iterator[QuarantinedRevision]:
    """Yield the quarantined versions. They share a partition, so one Query reads them."""
    for record in deployment.ledger.scan(partitions.QUARANTINE):
        if not record.deleted:
            version = QuarantinedVersion.model_validate_json(record.payload)
            # Release 0.1.0 kept the number in the order of the item only.
            yield QuarantinedRevision(version.number or record.revision, version)


@contextmanager
def stored_failures(deployment: Deployment) -> Iterator[Iterator[StoredFailure]]:
    """Iterate over all failures; at the end, make visible again the messages that remain."""
    queues = [_Queue(deployment, url) for url in deployment.dead_letter_queues()]
    try:
        # The answer of an empty queue takes its time, so all queues are asked at once.
        with ThreadPoolExecutor(len(queues)) as pool:
            first = pool.map(_Queue.receive, queues)
        pairs = zip(queues, first, strict=True)
        found = (queue.failures(messages) for queue, messages in pairs)
        yield chain(*found, _failed_batches(deployment))
    finally:
        for queue in queues:
            queue.release()


class _Queue:
    """A dead-letter queue; its received messages stay hidden until they are released."""

    def __init__(self, deployment: Deployment, url: str) -> None:
        self._sqs = deployment.sqs
        self._url = url
        self._wait_seconds = deployment.wait_seconds
        self._receipts: dict[str, str] = {}

    def failures(self, messages: Sequence["MessageTypeDef"]) -> Iterator[StoredFailure]:
        """Yield the failures of the first messages, and of all others."""
        while messages:
            for message in messages:
                remove = partial(self._remove, message["MessageId"])
                yield StoredFailure(read_letter(message), remove)
            messages = self.receive()

    def release(self) -> None:
        receipts = list(self._receipts.values())
        for start in range(0, len(receipts), _MAX_PER_CALL):
            part = receipts[start : start + _MAX_PER_CALL]
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(position), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for position, receipt in enumerate(part)
            ]
            # A message that is not released becomes visible after its timeout.
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    def receive(self) -> Sequence["MessageTypeDef"]:
        """Return some messages, which stay hidden until they are released."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_MAX_PER_CALL,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=self._wait_seconds,
        )
        messages = answer.get("Messages", [])
        for message in messages:
            self._receipts[message["MessageId"]] = message["ReceiptHandle"]
        return messages

    def _remove(self, name: str) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=self._receipts.pop(name))


def _failed_batches(deployment: Deployment) -> Iterator[StoredFailure]:
    bucket, s3 = deployment.outputs["FailedBatchBucketName"], deployment.s3
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", []):
            key, at = item["Key"], item["LastModified"]
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            remove = partial(s3.delete_object, Bucket=bucket, Key=key)
            yield StoredFailure(_read_batch(key, at, body), remove)


def _read_batch(key: str, at: datetime, body: bytes) -> Failed:
    try:
        return read_batch(key, at, body)
    except (ValueError, KeyError) as error:
        return Failed(key, Kind.UNKNOWN, key, f"unknown format: {error!r}", at, None)
