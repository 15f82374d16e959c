"""One version of an object in the source bucket, and what identifies it."""

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

_IDENTITY_DIGITS = 16


class ObjectVersion(NamedTuple):
    """One version of an object in the source bucket; a delete marker has no size."""

    version_id: str
    last_modified: datetime
    size: int
    is_delete_marker: bool = False
    etag: str = ""

    @property
    def identity(self) -> str:
        """A short hash of version id, ETag and time.

        The id alone is not enough: in a bucket with suspended versioning every upload is the
        version ``null``, and only its ETag and time change. The time counts in whole seconds,
        because listings of emulators differ below that.
        """
        moment = self.last_modified.astimezone(UTC).replace(microsecond=0).isoformat()
        text = f"{self.version_id}\n{self.etag}\n{moment}"
        return hashlib.sha256(text.encode()).hexdigest()[:_IDENTITY_DIGITS]

    @property
    def seconds(self) -> int:
        """When S3 stored it, in whole seconds since 1970."""
        return int(self.last_modified.timestamp())
