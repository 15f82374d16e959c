"""The erasure document of an event in the source bucket: read, expanded, written, removed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.contract import identity
from gazette.models.ledger.snapshot import Revision
from gazette.models.object_version import ObjectVersion
from gazette_cli.engines.engine import EngineError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ALL = "all"
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_OVERTAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class EraseError(EngineError):
    """The erasure is refused; the message begins with the field."""


class Named(NamedTuple):
    """How an erasure document names a revision; what is given must fit."""

    number: int | None = None
    version: str | None = None
    sha256: str | None = None

    @classmethod
    def of(cls, revision: Revision) -> "Named":
        """Name a revision by all three: a number alone could hit another one later."""
        return cls(revision.number, revision.version_id or None, revision.entry.sha256)

    @classmethod
    def read(cls, value: object) -> "Named":
        if isinstance(value, int):
            return cls(value)
        given: Mapping[str, Any] = value if isinstance(value, dict) else {}
        return cls(given.get("number"), given.get("version"), given.get("sha256"))

    def fits(self, revision: Revision) -> bool:
        hashes = {None, revision.entry.sha256, revision.content_sha256}
        return (
            self.number in {None, revision.number}
            and self.version in {None, revision.version_id}
            and self.sha256 in hashes
        )

    def shape(self) -> dict[str, object]:
        return {name: value for name, value in self._asdict().items() if value is not None}


class StoredErasure(NamedTuple):
    """An erasure document as it stands in the bucket; ``at`` is when it was stored."""

    revisions: Sequence[Named] | str
    reason: str
    date: date | None
    etag: str
    at: datetime


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
            EraseError: it is not readable.
        """
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        try:
            shape = json.loads(answer["Body"].read())
            listed = shape["revisions"]
            revisions = ALL if listed == ALL else [Named.read(value) for value in listed]
            day = date.fromisoformat(shape["date"][:10]) if shape.get("date") else None
            return StoredErasure(
                revisions, str(shape["reason"]), day, answer["ETag"], answer["LastModified"]
            )
        except (ValueError, KeyError, TypeError) as error:
            raise EraseError(
                f"{self.key}: cannot be read ({error!r}); correct it or delete it first"
            ) from error

    def expand(self, stored: StoredErasure, revisions: Sequence[Revision]) -> list[Named]:
        """Return the revisions that a document names, one by one.

        "all" means every version that was stored before the document, also one that is not public.
        Written again, the document is newer, and would erase what has come since.
        """
        if not isinstance(stored.revisions, str):
            return list(stored.revisions)
        public = {revision.version_id for revision in revisions}
        named = [
            Named.of(one) for one in revisions if not one.stored_at or one.stored_at <= stored.at
        ]
        others = [
            Named(version=version.version_id)
            for version in self.versions(identity.event_key(self.event_id))
            if version.version_id not in public
            and not version.is_delete_marker
            and version.last_modified <= stored.at
        ]
        return [*named, *others]

    def versions(self, key: str) -> list[ObjectVersion]:
        """Return the versions of a key that the bucket has, newest first."""
        return S3SourceArchive(self.s3, self.bucket).versions(key)

    def write(
        self,
        revisions: Sequence[Named] | str,
        reason: str,
        day: date | None,
        stored: StoredErasure | None,
    ) -> None:
        """Write the document over the one that was read.

        Raises:
            EraseError: somebody else wrote it in between.
        """
        listed = ALL if isinstance(revisions, str) else [named.shape() for named in revisions]
        shape = {"revisions": listed, "reason": reason, "date": day and day.isoformat()}
        given = {name: value for name, value in shape.items() if value is not None}
        body = json.dumps(given, indent=2, ensure_ascii=False).encode()
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
