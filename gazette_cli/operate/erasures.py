"""The erasure document of an event in the source bucket: read, expanded, written, removed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.contract import identity
from gazette.models.contract.erasure import (
    ALL,
    ErasedRevision,
    ErasureDocument,
    Facts,
    is_named,
    parse_erasure,
)
from gazette.models.ledger.snapshot import Revision
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import InvalidEventError
from gazette_cli.engines.engine import EngineError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_OVERTAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class EraseError(EngineError):
    """The erasure is refused; the message begins with the field."""


class StoredErasure(NamedTuple):
    """An erasure document as it stands in the bucket; ``at`` is when it was stored."""

    document: ErasureDocument
    etag: str
    at: datetime


def named(revision: Revision) -> ErasedRevision:
    """Name a revision by all three: a number alone could hit another one later."""
    version = revision.version_id or None
    return ErasedRevision(number=revision.number, version=version, sha256=revision.entry.sha256)


def names(erased: Sequence[ErasedRevision], revision: Revision) -> bool:
    """Return whether one of these names a revision."""
    hashes = (revision.entry.sha256, revision.content_sha256)
    facts = Facts(revision.number, revision.version_id, hashes)
    return any(is_named(facts, one) for one in erased)


@dataclass(frozen=True, slots=True)
class ErasureFile:
    """The erasure document of one event."""

    s3: "S3Client"
    bucket: str
    event_id: str

    @property
    def key(self) -> str:
        return identity.erasure_key(self.event_id)

    def read(self) -> StoredErasure | None:
        """Return the document, or None if nothing is erased.

        Raises:
            EraseError: it breaks the contract.
        """
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        document = self._parsed(answer["Body"].read())
        return StoredErasure(document, answer["ETag"], answer["LastModified"])

    def expand(
        self, stored: StoredErasure, revisions: Sequence[Revision]
    ) -> tuple[ErasedRevision, ...]:
        """Return the revisions that a document names, one by one.

        "all" (no revisions) means every version that was stored before the document, also one that
        is not public. Written again, the document is newer, and would erase what has come since.
        """
        if stored.document.revisions:
            return stored.document.revisions
        public = {revision.version_id for revision in revisions}
        before = [one for one in revisions if not one.stored_at or one.stored_at <= stored.at]
        others = [
            ErasedRevision(version=version.version_id)
            for version in self.versions(identity.event_key(self.event_id))
            if version.version_id not in public
            and not version.is_delete_marker
            and version.last_modified <= stored.at
        ]
        return (*map(named, before), *others)

    def versions(self, key: str) -> list[ObjectVersion]:
        """Return the versions of a key that the bucket has, newest first."""
        return S3SourceArchive(self.s3, self.bucket).versions(key)

    def write(
        self,
        revisions: Sequence[ErasedRevision] | str,
        reason: str,
        day: date | None,
        stored: StoredErasure | None,
    ) -> None:
        """Write the document over the one that was read.

        Raises:
            EraseError: it would break the contract, or somebody else wrote it in between.
        """
        body = _written(revisions, reason, day)
        self._parsed(body)
        condition = {"IfMatch": stored.etag} if stored else {"IfNoneMatch": "*"}
        try:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=self.key,
                Body=body,
                ContentType="application/json",
                **condition,  # type: ignore[arg-type]  # mypy cannot check a dict of keywords
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _OVERTAKEN:
                raise EraseError(
                    f"{self.key}: somebody else has just changed it; run the command again"
                ) from error
            raise

    def remove(self) -> None:
        """Delete the document; its versions stay in the bucket."""
        self.s3.delete_object(Bucket=self.bucket, Key=self.key)

    def _parsed(self, raw: bytes) -> ErasureDocument:
        try:
            return parse_erasure(raw)
        except InvalidEventError as error:
            raise EraseError(f"{self.key}: {error}; upload a corrected one first") from error


def _written(revisions: Sequence[ErasedRevision] | str, reason: str, day: date | None) -> bytes:
    listed: object = ALL
    if not isinstance(revisions, str):
        listed = [one.model_dump(exclude_none=True) for one in revisions]
    shape = {"revisions": listed, "reason": reason, "date": day and day.isoformat()}
    given = {name: value for name, value in shape.items() if value is not None}
    return json.dumps(given, indent=2, ensure_ascii=False).encode()
