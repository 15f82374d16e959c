"""What else happens to a source bucket: versions go, or cannot be read; and time passes."""

from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from gazette.models.object_version import ObjectVersion


class What(Enum):
    """Acts of those who own the bucket, of its lifecycle rules, and of the clock."""

    REMOVE_NEWEST = "what S3 lists first is deleted for good, be it a delete marker"
    REMOVE_MIDDLE = "a version with others before and after it is deleted for good"
    REMOVE_ALL = "every version and delete marker is deleted for good"
    REMOVE_MARKER = "the newest delete marker is deleted for good"
    EXPIRE = "a lifecycle rule writes a delete marker"
    EXPIRE_OLD = "a lifecycle rule deletes all but the newest version for good"
    SUSPEND = "versioning is suspended"
    RESUME = "versioning is enabled again"
    DENY = "the newest upload cannot be read any more"
    PASS = "time passes"  # noqa: S105  # no password

    @property
    def has_key(self) -> bool:
        return self not in {What.SUSPEND, What.RESUME, What.PASS}


class SourceAct(NamedTuple):
    """One of them; only those that have a key are about one."""

    what: What
    at: datetime
    key: str = ""


class Bucket(Protocol):
    """A source bucket, past all gates."""

    def versions(self, key: str) -> list[ObjectVersion]:
        """Return the versions of a key, newest first."""

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version for good."""

    def expire(self, key: str, at: datetime) -> object:
        """Write the delete marker of a lifecycle rule."""

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version for good, as a lifecycle rule does."""

    def suspend_versioning(self) -> None:
        """Give uploads no ids of their own."""

    def resume_versioning(self) -> None:
        """Give uploads ids of their own."""

    def deny(self, key: str, version_id: str) -> None:
        """Refuse to serve a version."""


def do_to(bucket: Bucket, act: SourceAct) -> None:
    """Do to a bucket what an act says. What is not there is left alone, as S3 does."""
    if act.what is What.SUSPEND:
        bucket.suspend_versioning()
    elif act.what is What.RESUME:
        bucket.resume_versioning()
    elif act.what is What.EXPIRE:
        bucket.expire(act.key, act.at)
    elif act.what.has_key:
        _do_to_versions(bucket, act)


def _do_to_versions(bucket: Bucket, act: SourceAct) -> None:
    changes = {What.DENY: bucket.deny, What.EXPIRE_OLD: bucket.expire_version}
    change = changes.get(act.what, bucket.remove_version)
    for version in _concerned(act.what, bucket.versions(act.key)[::-1]):
        change(act.key, version.version_id)


def _concerned(what: What, versions: list[ObjectVersion]) -> list[ObjectVersion]:
    if what is What.DENY:
        return [version for version in versions if not version.is_delete_marker][-1:]
    if what is What.EXPIRE_OLD:
        return versions[:-1]
    if what is What.REMOVE_NEWEST:
        return versions[-1:]
    if what is What.REMOVE_MIDDLE:
        return versions[1:-1][-1:]
    if what is What.REMOVE_MARKER:
        return [version for version in versions if version.is_delete_marker][-1:]
    return versions
