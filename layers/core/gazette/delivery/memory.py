"""The source archive and the site in memory. They pass the contract tests of S3, calls included."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gazette.delivery.local_source import (
    LocalSourceArchive,
    PageCounter,
    SourceEvent,
    StoredVersion,
)
from gazette.models.limits import MAX_OBJECT_KEY_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import Document, StandingETag
from gazette.ports import ConflictError


@dataclass(slots=True)
class SourceContents:
    """All versions of a bucket, oldest first; a key without versions is removed.

    ``denied`` are the error codes of what S3 refuses to serve, ``written`` counts all writes.
    """

    versions: dict[str, list[StoredVersion]] = field(default_factory=dict)
    denied: dict[tuple[str, str], str] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    is_suspended: bool = False

    def copy(self) -> "SourceContents":
        """Return a copy, which changes of the original do not reach."""
        versions = {key: list(found) for key, found in self.versions.items()}
        return SourceContents(versions, dict(self.denied), Counter(self.written), self.is_suspended)


class MemorySourceArchive(LocalSourceArchive):
    """A `SourceArchive` in lists."""

    def __init__(
        self,
        calls: Counter[str],
        on_event: Callable[[SourceEvent], None],
        contents: SourceContents | None = None,
    ) -> None:
        super().__init__(calls, on_event)
        self.contents = contents or SourceContents()

    @property
    def _versions(self) -> dict[str, list[StoredVersion]]:
        return self.contents.versions

    def suspend_versioning(self) -> None:
        self.contents.is_suspended = True

    def resume_versioning(self) -> None:
        self.contents.is_suspended = False

    def deny(self, key: str, version_id: str, code: str = "AccessDenied") -> None:
        self.contents.denied[key, version_id] = code

    @property
    def is_suspended(self) -> bool:
        return self.contents.is_suspended

    def _listed(self, key: str) -> Sequence[ObjectVersion]:
        return [stored.version for stored in self._versions.get(key, [])]

    def _stored(self, key: str, version_id: str) -> StoredVersion | None:
        found = self._versions.get(key, [])
        return next((one for one in found if one.version.version_id == version_id), None)

    def _keep(self, key: str, stored: StoredVersion, *, at_end: bool = False) -> None:
        versions = self._versions.setdefault(key, [])
        position = len(versions)
        while position and not at_end and _is_later(versions[position - 1], stored):
            position -= 1
        versions.insert(position, stored)

    def _drop(self, key: str, version_id: str) -> bool:
        before = self._versions.get(key, [])
        left = [stored for stored in before if stored.version.version_id != version_id]
        self.contents.denied.pop((key, version_id), None)
        if left:
            self._versions[key] = left
        else:
            self._versions.pop(key, None)
        return len(left) < len(before)

    def _denial(self, key: str, version_id: str) -> str | None:
        return self.contents.denied.get((key, version_id))

    def _next_number(self, key: str) -> int:
        self.contents.written[key] += 1
        return self.contents.written[key]

    def _keys_after(self, key: str) -> Iterable[str]:
        return sorted(one for one in self._versions if one > key)


def _is_later(one: StoredVersion, other: StoredVersion) -> bool:
    return one.version.last_modified > other.version.last_modified


class MemorySiteStore:
    """A `SiteStore` in a dictionary from path to document."""

    def __init__(
        self, calls: Counter[str], documents: Mapping[str, Document] | None = None
    ) -> None:
        self.documents = dict(documents or {})
        self._etags = {path: document.etag for path, document in self.documents.items()}
        self._calls = calls

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        self._calls["s3.HeadObject"] += len(paths)
        return {path: self._etag(path) for path in paths}

    def _etag(self, path: str) -> str | None:
        if path not in self._etags:
            return None
        return StandingETag.read(self._etags[path], self.documents[path].headers)

    def etags_below(self, prefix: str) -> dict[str, str]:
        pages = PageCounter(self._calls, "s3.ListObjectsV2")
        found = {path: etag for path, etag in self._etags.items() if path.startswith(prefix)}
        pages.count(len(found))
        return found

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

    def cache_controls(self, paths: Sequence[str]) -> dict[str, str]:
        """Return as `ServedHeaders` does."""
        self._calls["s3.HeadObject"] += len(paths)
        found = {path: self.documents.get(path) for path in paths}
        return {path: document.cache_control for path, document in found.items() if document}

    def read_document(self, path: str) -> Document | None:
        """Return as `SiteReader` does."""
        self._calls["s3.GetObject"] += 1
        return self.documents.get(path)

    def list_documents(self, after: str = "") -> Iterator[tuple[str, str]]:
        """Yield as `SiteListing` does."""
        pages = PageCounter(self._calls, "s3.ListObjectsV2")
        for path in sorted(path for path in self._etags if path > after):
            pages.count(1)
            yield path, self._etags[path]

    def _expect(self, path: str, seen: Mapping[str, str | None]) -> None:
        if self._etags.get(path) != seen[path]:
            raise ConflictError(path)
