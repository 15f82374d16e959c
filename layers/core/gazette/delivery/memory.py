"""The source archive and the site in memory. They pass the contract tests of S3, calls included."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from gazette.models.limits import MAX_OBJECT_KEY_BYTES
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError, ListedKey, ObjectVersion

# S3 lists this many objects per call.
_PAGE = 1000


class MemorySourceArchive:
    """A `SourceArchive` in lists; ``on_write`` is called for each key written."""

    def __init__(self, calls: Counter[str], on_write: Callable[[str], None]) -> None:
        self._versions: defaultdict[str, list[tuple[ObjectVersion, bytes]]] = defaultdict(list)
        self._calls = calls
        self._on_write = on_write

    def put(self, key: str, body: bytes, at: datetime) -> None:
        """Add a version."""
        self._add(key, ObjectVersion(self._next_id(key), at, len(body)), body)

    def delete(self, key: str, at: datetime) -> None:
        """Add a delete marker."""
        self._add(key, ObjectVersion(self._next_id(key), at, 0, is_delete_marker=True), b"")

    def versions(self, key: str) -> list[ObjectVersion]:
        self._calls["s3.ListObjectVersions"] += 1
        return [version for version, _ in self._versions.get(key, [])]

    def read(self, key: str, version_id: str) -> bytes:
        self._calls["s3.GetObject"] += 1
        return next(
            body for version, body in self._versions[key] if version.version_id == version_id
        )

    def list_version_counts(self, after: str = "") -> Iterator[ListedKey]:
        """Yield as `SourceListing` does."""
        pages = _PageCounter(self._calls, "s3.ListObjectVersions")
        for key in sorted(key for key in self._versions if key > after):
            count = len(self._versions[key])
            pages.count(count)
            yield ListedKey(key, count)

    def _next_id(self, key: str) -> str:
        return f"v{len(self._versions[key]) + 1}"

    def _add(self, key: str, version: ObjectVersion, body: bytes) -> None:
        self._versions[key].append((version, body))
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
