"""A source bucket that acts happen to. The memory engine and the moto engine have one each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from gazette_cli.engines.acts import (
    Act,
    Change,
    Denial,
    Expiration,
    Removal,
    Versioning,
    WriteLog,
)


class SourceBucket(Protocol):
    """What its owners, its lifecycle rules and its policies do to a versioned bucket."""

    def put(self, key: str, body: bytes, at: datetime, headers: Mapping[str, str]) -> str:
        """Add a version and return its id."""

    def delete(self, key: str, at: datetime) -> str:
        """Add a delete marker and return its id."""

    def expire(self, key: str, at: datetime) -> str | None:
        """Add the delete marker of a lifecycle rule if S3 serves the object; return its id."""

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good."""

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good, as a lifecycle rule does."""

    def deny(self, key: str, version_id: str, code: str) -> None:
        """Refuse to serve a version, with this error code."""

    def suspend_versioning(self) -> None:
        """Give writes no ids of their own."""

    def resume_versioning(self) -> None:
        """Give writes ids of their own."""


def do_to(bucket: SourceBucket, writes: WriteLog, act: Act) -> None:
    """Do to a bucket what an act says, and log the version ids of its writes."""
    if isinstance(act, Change):
        writes.add(act.key, _write(bucket, act))
    elif isinstance(act, Removal):
        remove = bucket.expire_version if act.by_lifecycle else bucket.remove_version
        writes.remove(act, remove)
    elif isinstance(act, Expiration):
        writes.add(act.key, bucket.expire(act.key, act.at) or "")
    elif isinstance(act, Denial):
        bucket.deny(act.key, writes.id_of(act.key, act.write), act.code)
    elif isinstance(act, Versioning):
        change = bucket.suspend_versioning if act.is_suspended else bucket.resume_versioning
        change()


def _write(bucket: SourceBucket, change: Change) -> str:
    if change.body is None:
        return bucket.delete(change.key, change.at)
    return bucket.put(change.key, change.body, change.at, change.headers)
