"""Uploads documents to the source bucket, and finds out what became of each version.

An upload is checked before it is made. Then the queue of ingest gets a notification of our own, so
that nothing waits for the one from S3; ingest does not mind to hear of a key twice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.branding.static_files import (
    check_static,
    check_static_key,
    check_static_size,
)
from gazette.models.contract import identity
from gazette.models.contract.parsing import parse
from gazette.models.images.image_decoding import decode_image
from gazette.models.images.image_rules import check_image_key
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import ImageSnapshot, QuarantinedVersion, Revision, Snapshot
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import InvalidEventError
from gazette_cli.engines.engine import EngineError
from gazette_cli.operate.deployment import Deployment

_FOLDERS = ("events", "images", "static")
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class UploadError(EngineError):
    """The document is not uploaded; the message begins with the file or the key."""


class Outcome(StrEnum):
    """What became of a version."""

    PUBLISHED = "published"
    HELD = "held"
    QUARANTINED = "quarantined"
    UNCHANGED = "unchanged"


class Upload(NamedTuple):
    """A version that was uploaded."""

    key: str
    version: ObjectVersion


class Result(NamedTuple):
    """What became of a version: the revision it made, and why it is not public."""

    outcome: Outcome
    revision: Revision | None = None
    reason: str = ""


def key_of(file: Path) -> str:
    """Return the object key of a file: its path from its folder of the source bucket on.

    Raises:
        UploadError: it lies in no such folder.
    """
    parts = file.absolute().parts
    for position in range(len(parts) - 2, 0, -1):
        if parts[position] in _FOLDERS:
            return "/".join(parts[position:])
    reason = f"{file}: lies in no folder {' or '.join(_FOLDERS)}; name its key with --key KEY"
    raise UploadError(reason)


def check(key: str, body: bytes) -> list[str]:
    """Return remarks about a document that may be uploaded.

    Raises:
        UploadError: Gazette would not publish it; the message names every problem.
    """
    try:
        if identity.is_file_key(key):
            _check_file(key, body)
            return []
        if reason := _why_no_event_key(key):
            raise UploadError(f"{key}: {reason}")
        identity.event_id(key)
        return [f"{field}: {reason}" for field, reason in parse(body).remarks]
    except InvalidEventError as error:
        raise UploadError(f"{key}: {error}") from error


def _check_file(key: str, body: bytes) -> None:
    if identity.is_static_key(key):
        check_static_key(key)
        check_static_size(len(body))
        check_static(key, body)
    else:
        check_image_key(key)
        decode_image(body)


def _why_no_event_key(key: str) -> str:
    if identity.is_erasure_key(key):
        return "is an erasure; `gazette erase` writes it"
    if identity.is_event_key(key):
        return ""
    return identity.why_ignored(key) or "is a folder; name a document in it"


@dataclass(frozen=True, slots=True)
class Uploader:
    """Uploads to the source bucket of a stack."""

    deployment: Deployment

    @property
    def bucket(self) -> str:
        return self.deployment.outputs["SourceBucketName"]

    def upload(self, key: str, body: bytes) -> Upload:
        """Upload a version, and notify ingest of it."""
        answer = self.deployment.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        written = answer.get("VersionId", "null")
        self.deployment.sqs.send_message(
            QueueUrl=self.deployment.outputs["IngestQueueUrl"], MessageBody=notification(key)
        )
        versions = S3SourceArchive(self.deployment.s3, self.bucket).versions(key)
        return Upload(key, next(one for one in versions if one.version_id == written))

    def read_current(self, event_id: str) -> bytes:
        """Return the current document of an event.

        Raises:
            UploadError: the event has no document.
        """
        key = identity.event_key(event_id)
        try:
            return self.deployment.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise
            raise UploadError(f"{key}: there is no such document in {self.bucket}") from error


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Finds in the ledger, and on the site, what became of uploads."""

    deployment: Deployment

    def find(self, upload: Upload) -> Result | None:
        """Return what became of a version, or None as long as nothing did."""
        if identity.is_file_key(upload.key):
            return self._of_file(upload)
        event_id = identity.event_id(upload.key)
        item = self.deployment.ledger.get(keys.snapshot_key(event_id))
        snapshot = Snapshot.model_validate_json(item.payload) if item else None
        known = {one.identity for one in snapshot.known} if snapshot else set()
        if snapshot is None or upload.version.identity not in known:
            return None
        if quarantined := self._quarantined(upload):
            return quarantined
        if snapshot.held and snapshot.held.identity == upload.version.identity:
            return Result(Outcome.HELD, reason=f"until {snapshot.held.release.isoformat()}")
        made = next(self._made(event_id, upload.version), None)
        if made is None:
            return Result(Outcome.UNCHANGED, snapshot.revision)
        return Result(Outcome.PUBLISHED, made) if self._is_shown(made) else None

    def _of_file(self, upload: Upload) -> Result | None:
        if quarantined := self._quarantined(upload):
            return quarantined
        item = self.deployment.ledger.get(keys.image_key(upload.key))
        image = ImageSnapshot.model_validate_json(item.payload) if item else None
        is_known = image is not None and image.identity == upload.version.identity
        return Result(Outcome.PUBLISHED) if is_known else None

    def _quarantined(self, upload: Upload) -> Result | None:
        item = self.deployment.ledger.get(keys.quarantine_key(upload.key))
        if item is None or item.deleted:
            return None
        version = QuarantinedVersion.model_validate_json(item.payload)
        if version.version_id != upload.version.version_id:
            return None
        reason = "; ".join(f"{field}: {reason}" for field, reason in version.problems)
        return Result(Outcome.QUARANTINED, reason=reason)

    def _made(self, event_id: str, version: ObjectVersion) -> Iterator[Revision]:
        for item in self.deployment.ledger.scan(
            partitions.event_partition(event_id), keys.REVISION
        ):
            revision = Revision.model_validate_json(item.payload)
            if revision.identity == version.identity:
                yield revision

    def _is_shown(self, revision: Revision) -> bool:
        """Return whether the page of the event shows this revision, or a later one."""
        bucket = self.deployment.outputs["SiteBucketName"]
        path = f"{revision.entry.base_path}.json"
        try:
            page = json.loads(self.deployment.s3.get_object(Bucket=bucket, Key=path)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] not in _MISSING:
                raise
            return False
        return int(page.get("revision", {}).get("number", 0)) >= revision.number


def notification(key: str) -> str:
    """Return the message that says to ingest that something happened to a key, as S3's does."""
    record = {"eventSource": "aws:s3", "s3": {"object": {"key": quote_plus(key, safe="/")}}}
    return json.dumps({"Records": [record]})
