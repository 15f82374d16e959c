"""The source archive and the site in memory. They pass the contract tests of S3, calls included."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from gazette.delivery.unreadable import unreadable
from gazette.models.contract.decoding import decoded
from gazette.models.contract.identity import most_bytes
from gazette.models.limits import MAX_OBJECT_KEY_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import Document, StandingETag
from gazette.ports import ConflictError, ListedKey

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


class MemorySourceArchive:
    """A `SourceArchive` in lists, and the acts of those who own the bucket, as S3 does them.

    ``on_event`` is called for each notification. Ids of versions are never used again.
    """

    def __init__(self, calls: Counter[str], on_event: Callable[[SourceEvent], None]) -> None:
        # Oldest first. A key without versions is removed.
        self._versions: dict[str, list[StoredVersion]] = {}
        self._denied: set[tuple[str, str]] = set()
        self._written: Counter[str] = Counter()
        self._is_suspended = False
        self._calls = calls
        self._on_event = on_event

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
        self._insert(key, StoredVersion(version, body, headers))
        self._notify("ObjectCreated:Put", key, version.version_id)
        return version.version_id

    def delete(self, key: str, at: datetime) -> str:
        """Add a delete marker, also for a key that never was; return its id."""
        version = ObjectVersion(self._take_id(key), at, 0, is_delete_marker=True)
        self._insert(key, StoredVersion(version, b"", {}))
        self._notify("ObjectRemoved:DeleteMarkerCreated", key, version.version_id)
        return version.version_id

    def expire(self, key: str, at: datetime) -> None:
        """Add the delete marker of a lifecycle rule, dated 00:00, if S3 serves the object."""
        if not self._versions.get(key) or self._versions[key][-1].version.is_delete_marker:
            return
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        version = ObjectVersion(self._take_id(key), midnight, 0, is_delete_marker=True)
        self._versions.setdefault(key, []).append(StoredVersion(version, b"", {}))
        self._notify("LifecycleExpiration:DeleteMarkerCreated", key, version.version_id)

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good; without it nothing happens."""
        if self._drop(key, version_id):
            self._notify("ObjectRemoved:Delete", key, version_id)

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good, as a lifecycle rule does."""
        if self._drop(key, version_id):
            self._notify("LifecycleExpiration:Delete", key, version_id)

    def suspend_versioning(self) -> None:
        """From now on the id of an upload or a delete marker is `NULL_VERSION`."""
        self._is_suspended = True

    def resume_versioning(self) -> None:
        self._is_suspended = False

    def deny(self, key: str, version_id: str) -> None:
        """From now on S3 refuses to serve a version, which it still lists."""
        self._denied.add((key, version_id))

    def copy_version(self, key: str, version: ObjectVersion, body: bytes) -> None:
        """Add a version of a real bucket, with the id that it has there."""
        self._insert(key, StoredVersion(version, body, {}))
        self._notify("ObjectCreated:Copy", key, version.version_id)

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        newest_first = [stored.version for stored in reversed(self._versions.get(key, []))]
        pages = _PageCounter(self._calls, "s3.ListObjectVersions")
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
        pages = _PageCounter(self._calls, "s3.ListObjectVersions")
        for key in sorted(key for key in self._versions if key > after):
            versions = tuple(stored.version for stored in reversed(self._versions[key]))
            pages.count(len(versions))
            yield ListedKey(key, versions)

    def _find(self, key: str, version_id: str) -> StoredVersion:
        found = [
            stored
            for stored in self._versions.get(key, [])
            if stored.version.version_id == version_id
        ]
        if (key, version_id) in self._denied:
            code = "AccessDenied"
        elif not found:
            code = "NoSuchVersion"
        elif found[0].version.is_delete_marker:
            code = "MethodNotAllowed"
        else:
            return found[0]
        raise unreadable(code) or KeyError(code)

    def _take_id(self, key: str) -> str:
        if self._is_suspended:
            # The upload replaces the null version, and a denial goes with what it denied.
            self._drop(key, NULL_VERSION)
            return NULL_VERSION
        self._written[key] += 1
        return f"v{self._written[key]}"

    def _insert(self, key: str, stored: StoredVersion) -> None:
        versions = self._versions.setdefault(key, [])
        position = len(versions)
        while position and versions[position - 1].version.last_modified > (
            stored.version.last_modified
        ):
            position -= 1
        versions.insert(position, stored)

    def _drop(self, key: str, version_id: str) -> bool:
        before = self._versions.get(key, [])
        left = [stored for stored in before if stored.version.version_id != version_id]
        self._denied.discard((key, version_id))
        if left:
            self._versions[key] = left
        else:
            self._versions.pop(key, None)
        return len(left) < len(before)

    def _notify(self, name: str, key: str, version_id: str) -> None:
        self._on_event(SourceEvent(name, key, version_id))


class MemorySiteStore:
    """A `SiteStore` in a dictionary from path to document."""

    def __init__(self, calls: Counter[str]) -> None:
        self.documents: dict[str, Document] = {}
        self._etags: dict[str, str] = {}
        self._calls = calls

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        self._calls["s3.HeadObject"] += len(paths)
        return {path: self._etag(path) for path in paths}

    def _etag(self, path: str) -> str | None:
        if path not in self._etags:
            return None
        return StandingETag.read(self._etags[path], self.documents[path].headers)

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        for document in documents:
            self._calls["s3.PutObject"] += 1
            if len(document.path.encode()) > MAX_OBJECT_KEY_BYTES:
                raise ValueError(f"{document.path} is longer than an object key may be")
            self._expect(document.path, seen)
            self.documents[document.path] = document
            self._etags[document.path] = document.etag

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        for path in paths:
            if seen[path] is None:
                continue
            self._calls["s3.DeleteObject"] += 1
            self._expect(path, seen)
            del self.documents[path], self._etags[path]

    def list_documents(self, after: str = "") -> Iterator[tuple[str, str]]:
        """Yield as `SiteListing` does."""
        pages = _PageCounter(self._calls, "s3.ListObjectsV2")
        for path in sorted(path for path in self._etags if path > after):
            pages.count(1)
            yield path, self._etags[path]

    def _expect(self, path: str, seen: Mapping[str, str | None]) -> None:
        if self._etags.get(path) != seen[path]:
            raise ConflictError(path)


class _PageCounter:
    """Counts the calls of a listing: at least one, and one per thousand objects."""

    def __init__(self, calls: Counter[str], name: str) -> None:
        self._calls = calls
        self._name = name
        self._objects = 0
        self._calls[name] += 1

    def count(self, objects: int) -> None:
        before = max(self._objects - 1, 0) // _PAGE
        self._objects += objects
        self._calls[self._name] += (self._objects - 1) // _PAGE - before
