"""`gazette failures`: what failed every time, and which documents are in quarantine, with why."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette_cli.operate.dead_letters import Failed, Kind, read_batch, read_letter
from gazette_cli.operate.deployment import Deployment, StackAddress, open_deployment

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        MessageTypeDef,
    )

# So many are shown; the queues can hold many more.
_MOST_SHOWN = 1000
# A message that is being looked at is hidden from others: as long as a run may take.
_HIDDEN_SECONDS = 900
_MOST_A_CALL = 10


class Held(NamedTuple):
    """A failure in hand: ``take_away`` removes it for good from where it is kept."""

    failed: Failed
    take_away: Callable[[], object]


class InQuarantine(NamedTuple):
    """A version that breaks the contract, and which revision of its key it would have been."""

    number: int
    version: QuarantinedVersion


def failures(address: StackAddress, *, as_json: bool) -> int:
    """Print what failed on a stack, and what is in quarantine there.

    Raises:
        DeploymentError: the stack cannot be asked.
    """
    with open_deployment(address) as deployment:
        list_failures(deployment, as_json=as_json)
    return 0


def list_failures(deployment: Deployment, *, as_json: bool, most: int = _MOST_SHOWN) -> None:
    """Print what failed, ``most`` of it, and what is in quarantine; the oldest first."""
    with holding(deployment) as held:
        failed = [one.failed for one in islice(held, most + 1)]
    quarantined = list(in_quarantine(deployment))
    is_more, failed = len(failed) > most, failed[:most]
    failed.sort(key=lambda one: one.at)
    write = _write_json if as_json else _write_tables
    write(failed, quarantined, is_more=is_more)


def in_quarantine(deployment: Deployment) -> Iterator[InQuarantine]:
    """Yield what is in quarantine now: one Query, since all of it is one partition."""
    for record in deployment.ledger.scan(keys.QUARANTINE):
        if not record.deleted:
            version = QuarantinedVersion.model_validate_json(record.payload)
            yield InQuarantine(record.revision, version)


@contextmanager
def holding(deployment: Deployment) -> Iterator[Iterator[Held]]:
    """Take what failed in hand, one after another; what is not taken away is let go at the end."""
    queues = [_Queue(deployment, url) for url in deployment.dead_letter_queues()]
    try:
        yield chain(*(queue.held() for queue in queues), _held_batches(deployment))
    finally:
        for queue in queues:
            queue.let_go()


class _Queue:
    """A queue of dead letters; what was received and not taken away is hidden until let go."""

    def __init__(self, deployment: Deployment, url: str) -> None:
        self._sqs = deployment.sqs
        self._url = url
        self._wait_seconds = deployment.wait_seconds
        self._receipts: dict[str, str] = {}

    def held(self) -> Iterator[Held]:
        while messages := self._receive():
            for message in messages:
                self._receipts[message["MessageId"]] = message["ReceiptHandle"]
            for message in messages:
                yield Held(read_letter(message), partial(self._take, message["MessageId"]))

    def let_go(self) -> None:
        receipts = list(self._receipts.values())
        for start in range(0, len(receipts), _MOST_A_CALL):
            part = receipts[start : start + _MOST_A_CALL]
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(position), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for position, receipt in enumerate(part)
            ]
            # One that could not be let go is seen again after its time.
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    def _receive(self) -> Sequence["MessageTypeDef"]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_MOST_A_CALL,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=self._wait_seconds,
        )
        return answer.get("Messages", [])

    def _take(self, name: str) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=self._receipts.pop(name))


def _held_batches(deployment: Deployment) -> Iterator[Held]:
    bucket, s3 = deployment.outputs["FailedBatchBucketName"], deployment.s3
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", []):
            key, at = item["Key"], item["LastModified"]
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            yield Held(
                _read_object(key, at, body), partial(s3.delete_object, Bucket=bucket, Key=key)
            )


def _read_object(key: str, at: datetime, body: bytes) -> Failed:
    try:
        return read_batch(key, at, body)
    except (ValueError, KeyError) as error:
        unread = f"is nothing that Gazette knows: {error!r}"
        return Failed(key, Kind.UNKNOWN, key, unread, at, None)


def _write_json(
    failed: Sequence[Failed], quarantined: Sequence[InQuarantine], *, is_more: bool
) -> None:
    shape = {
        "failed": [
            {
                "id": one.name,
                "kind": one.kind,
                "subject": one.subject,
                "reason": one.reason,
                "at": rfc3339(one.at),
                "can_be_replayed": one.replay is not None,
            }
            for one in failed
        ],
        "more": is_more,
        "quarantined": [
            {
                "key": one.version.key,
                "number": one.number,
                "version_id": one.version.version_id,
                "at": rfc3339(one.version.at),
                "problems": [
                    {"field": field, "reason": reason} for field, reason in one.version.problems
                ],
            }
            for one in quarantined
        ],
    }
    sys.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False) + "\n")


def _write_tables(
    failed: Sequence[Failed], quarantined: Sequence[InQuarantine], *, is_more: bool
) -> None:
    console = Console(highlight=False)
    if failed:
        console.print(_failed_table(failed))
        console.print("gazette replay tries all of them again, gazette replay ID only some.")
    if is_more:
        console.print(f"Only {len(failed):,} are shown; there are more.")
    if quarantined:
        console.print(_quarantine_table(quarantined))
        console.print(
            "A good version of the document, or its deletion, takes it out of quarantine."
        )
    if not failed and not quarantined:
        console.print("Nothing has failed, and nothing is in quarantine.")


def _failed_table(failed: Sequence[Failed]) -> Table:
    table = Table(title="Failed", title_justify="left")
    for name in ("ID", "When (UTC)", "What"):
        table.add_column(name, no_wrap=True)
    table.add_column("Of", overflow="fold")
    table.add_column("Why", overflow="fold")
    for one in failed:
        when = f"{one.at:%Y-%m-%d %H:%M}"
        table.add_row(one.short_name, when, one.kind, escape(one.subject), escape(one.reason))
    return table


def _quarantine_table(quarantined: Sequence[InQuarantine]) -> Table:
    table = Table(title="In quarantine", title_justify="left")
    table.add_column("Key", overflow="fold")
    table.add_column("Version", overflow="fold")
    table.add_column("Field", overflow="fold")
    table.add_column("Why", overflow="fold")
    for number, version in quarantined:
        for position, (field, reason) in enumerate(version.problems):
            which = (version.key, f"{number} ({version.version_id})") if position == 0 else ("", "")
            table.add_row(*map(escape, (*which, field, reason)))
    return table
