"""A source archive by the rules of S3 on any store that keeps versions; counts its calls.

Its owners, its lifecycle rules and its policies act on it, too.
"""

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from gazette.delivery.unreadable import unreadable
from gazette.models.contract.decoding import decoded
from gazette.models.contract.identity import most_bytes
from gazette.models.object_version import ObjectVersion
from gazette.ports import ListedKey

# The id of an upload while versioning is suspended, or before it was enabled.
NULL_VERSION = "null"
# S3 lists this many objects per call.
_PAGE = 1000


class SourceEvent(NamedTuple):
    """A notification of the source bucket. The name is that of S3, such as ObjectCreated:Put."""

    name: str
    key: str
    version_id: str


class StoredVersion(NamedTuple):
    """A version, its bytes, and the headers that it was uploaded with."""

    version: ObjectVersion
    body: bytes
    headers: Mapping[str, str]


class LocalSourceArchive(ABC):
    """A `SourceArchive`, and the acts of those who own the bucket, as S3 does them.

    ``on_event`` is called for each notification. Ids of versions are never used again. A subclass
    keeps the versions of each key, oldest first; a key without versions is unknown.
    """

    def __init__(self, calls: Counter[str], on_event: Callable[[SourceEvent], None]) -> None:
        self._calls = calls
        self._on_event = on_event

    @abstractmethod
    def _listed(self, key: str) -> Sequence[ObjectVersion]:
        """Return the versions of a key, oldest first."""

    @abstractmethod
    def _stored(self, key: str, version_id: str) -> StoredVersion | None:
        """Return a version with its bytes."""

    @abstractmethod
    def _keep(self, key: str, stored: StoredVersion, *, at_end: bool = False) -> None:
        """Keep a version behind all that are not later, or behind all."""

    @abstractmethod
    def _drop(self, key: str, version_id: str) -> bool:
        """Remove a version and its denial; return whether there was one."""

    @abstractmethod
    def _denial(self, key: str, version_id: str) -> str | None:
        """Return the error code with which S3 refuses to serve a version."""

    @abstractmethod
    def _next_number(self, key: str) -> int:
        """Count the ids that a key was given, from 1."""

    @abstractmethod
    def _keys_after(self, key: str) -> Iterable[str]:
        """Return the keys after a key, in order."""

    @property
    @abstractmethod
    def is_suspended(self) -> bool:
        """Whether versioning is suspended."""

    @abstractmethod
    def suspend_versioning(self) -> None:
        """From now on the id of an upload or a delete marker is `NULL_VERSION`."""

    @abstractmethod
    def resume_versioning(self) -> None:
        """From now on every upload has an id of its own again."""

    @abstractmethod
    def deny(self, key: str, version_id: str, code: str = "AccessDenied") -> None:
        """From now on S3 refuses to serve a version, with this error code; it still lists it."""

    def put(
        self,
        key: str,
        body: bytes,
        at: datetime,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Add a version and return its id.

        One that is dated before others is behind them: S3 dates an upload in parts by its start.
        """
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        version = ObjectVersion(self._take_id(key), at, len(body), etag=etag)
        self._keep(key, StoredVersion(version, body, headers))
        self._notify("ObjectCreated:Put", key, version.version_id)
        return version.version_id

    def delete(self, key: str, at: datetime) -> str:
        """Add a delete marker, also for a key that never was; return its id."""
        version = ObjectVersion(self._take_id(key), at, 0, is_delete_marker=True)
        self._keep(key, StoredVersion(version, b"", {}))
        self._notify("ObjectRemoved:DeleteMarkerCreated", key, version.version_id)
        return version.version_id

    def expire(self, key: str, at: datetime) -> str | None:
        """Add the delete marker of a lifecycle rule, dated 00:00, if S3 serves the object.

        Return its id.
        """
        listed = self._listed(key)
        if not listed or listed[-1].is_delete_marker:
            return None
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        version = ObjectVersion(self._take_id(key), midnight, 0, is_delete_marker=True)
        self._keep(key, StoredVersion(version, b"", {}), at_end=True)
        self._notify("LifecycleExpiration:DeleteMarkerCreated", key, version.version_id)
        return version.version_id

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good; without it nothing happens."""
        if self._drop(key, version_id):
            self._notify("ObjectRemoved:Delete", key, version_id)

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good, as a lifecycle rule does."""
        if self._drop(key, version_id):
            self._notify("LifecycleExpiration:Delete", key, version_id)

    def copy_version(self, key: str, version: ObjectVersion, body: bytes) -> None:
        """Add a version of a real bucket, with the id that it has there."""
        self._keep(key, StoredVersion(version, body, {}))
        self._notify("ObjectCreated:Copy", key, version.version_id)

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        newest_first = self._listed(key)[::-1]
        pages = PageCounter(self._calls, "s3.ListObjectVersions")
        listed: list[ObjectVersion] = []
        for start in range(0, len(newest_first), _PAGE):
            page = newest_first[start : start + _PAGE]
            pages.count(len(page))
            listed += page
            if known_until is not None and page[-1].seconds <= known_until:
                break
        return listed

    def read(self, key: str, version_id: str) -> bytes:
        self._calls["s3.GetObject"] += 1
        stored = self._find(key, version_id)
        encoding = stored.headers.get("Content-Encoding", "")
        return decoded(stored.body, encoding, most_bytes(key))

    def headers(self, key: str, version_id: str) -> Mapping[str, str]:
        """Return the headers of an upload."""
        return self._find(key, version_id).headers

    def list_versions(self, after: str = "") -> Iterator[ListedKey]:
        """Yield as `SourceListing` does."""
        pages = PageCounter(self._calls, "s3.ListObjectVersions")
        for key in self._keys_after(after):
            versions = tuple(self._listed(key)[::-1])
            pages.count(len(versions))
            yield ListedKey(key, versions)

    def _find(self, key: str, version_id: str) -> StoredVersion:
        found = self._stored(key, version_id)
        code = self._denial(key, version_id) or _refusal(found)
        if found is None or code:
            raise unreadable(code) or KeyError(code)
        return found

    def _take_id(self, key: str) -> str:
        if self.is_suspended:
            # The upload replaces the null version, and a denial goes with what it denied.
            self._drop(key, NULL_VERSION)
            return NULL_VERSION
        return f"v{self._next_number(key)}"

    def _notify(self, name: str, key: str, version_id: str) -> None:
        self._on_event(SourceEvent(name, key, version_id))


def _refusal(found: StoredVersion | None) -> str:
    """Return the error code with which S3 answers a read, or nothing."""
    if found is None:
        return "NoSuchVersion"
    return "MethodNotAllowed" if found.version.is_delete_marker else ""


class PageCounter:
    """Counts the calls of a listing: at least one, and one per thousand objects."""

    def __init__(self, calls: Counter[str], name: str) -> None:
        self._calls = calls
        self._name = name
        self._objects = 0
        self._calls[name] += 1

    def count(self, objects: int) -> None:
        before = max(self._objects - 1, 0) // _PAGE
        self._objects += objects
        self._calls[self._name] += max(self._objects - 1, 0) // _PAGE - before
