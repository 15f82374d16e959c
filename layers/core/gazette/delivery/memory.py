"""The source archive and the site in memory. They pass the contract tests of S3, calls included."""

import hashlib
from bisect import insort_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError, ListedKey, UnreadableVersionError

# S3 lists this many objects per call.
_PAGE = 1000
# The id of every version in a bucket with suspended versioning: an upload replaces it.
_NULL = "null"


class MemorySourceArchive:
    """A `SourceArchive` in lists; ``on_write`` is called for each key written."""

    def __init__(self, calls: Counter[str], on_write: Callable[[str], None]) -> None:
        self._versions: defaultdict[str, list[tuple[ObjectVersion, bytes]]] = defaultdict(list)
        self._calls = calls
        self._on_write = on_write
        self._ids = 0
        self._is_suspended = False
        self._denied: set[tuple[str, str]] = set()

    def put(self, key: str, body: bytes, at: datetime) -> None:
        """Add a version."""
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        self._add(key, ObjectVersion(self._next_id(), at, len(body), etag=etag), body)

    def delete(self, key: str, at: datetime) -> None:
        """Add a delete marker."""
        self._add(key, ObjectVersion(self._next_id(), at, 0, is_delete_marker=True), b"")

    def remove_version(self, key: str, version_id: str) -> None:
        """Remove a version or a delete marker for good."""
        self._versions[key] = [
            (version, body)
            for version, body in self._versions[key]
            if version.version_id != version_id
        ]
        self._on_write(key)

    def suspend_versioning(self) -> None:
        """From now on an upload replaces the version ``null``, as in a suspended bucket."""
        self._is_suspended = True

    def deny(self, key: str, version_id: str) -> None:
        """Refuse to give out a version, as S3 does without the right key."""
        self._denied.add((key, version_id))

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        newest_first = [version for version, _ in reversed(self._versions.get(key, []))]
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
        if (key, version_id) in self._denied:
            reason = "cannot be read"
            raise UnreadableVersionError(reason)
        for version, body in self._versions[key]:
            if version.version_id == version_id:
                return body
        reason = "was removed before it was read"
        raise UnreadableVersionError(reason)

    def list_versions(self, after: str = "") -> Iterator[ListedKey]:
        """Yield as `SourceListing` does."""
        pages = _PageCounter(self._calls, "s3.ListObjectVersions")
        for key in sorted(key for key in self._versions if key > after and self._versions[key]):
            versions = tuple(version for version, _ in reversed(self._versions[key]))
            pages.count(len(versions))
            yield ListedKey(key, versions)

    def _next_id(self) -> str:
        if self._is_suspended:
            return _NULL
        self._ids += 1
        return f"v{self._ids}"

    def _add(self, key: str, version: ObjectVersion, body: bytes) -> None:
        """Add a version behind those that are not older, as S3 does with a late upload."""
        versions = [
            (old, its_body)
            for old, its_body in self._versions[key]
            if not version.version_id == old.version_id == _NULL
        ]
        insort_right(versions, (version, body), key=lambda added: added[0].last_modified)
        self._versions[key] = versions
        self._on_write(key)


class MemorySiteStore:
    """A `SiteStore` in a dictionary from path to document."""

    def __init__(self, calls: Counter[str]) -> None:
        self.documents: dict[str, Document] = {}
        self._etags: dict[str, str] = {}
        self._calls = calls

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        self._calls["s3.HeadObject"] += len(paths)
        return {path: self._etags.get(path) for path in paths}

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        for document in documents:
            self._calls["s3.PutObject"] += 1
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
