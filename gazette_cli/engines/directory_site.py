"""Writes the site into a directory, for `gazette publish --out`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from gazette.models.views.site_document import Document
from gazette.ports import ConflictError


class DirectorySiteStore:
    """A `SiteStore` that writes files and counts the equivalent S3 calls."""

    def __init__(self, folder: Path, calls: Counter[str]) -> None:
        self._folder = folder
        self._calls = calls
        self._etags: dict[str, str] = {}
        self._made: set[Path] = set()

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        self._calls["s3.HeadObject"] += len(paths)
        return {path: self._etags.get(path) for path in paths}

    def etags_below(self, prefix: str) -> dict[str, str]:
        self._calls["s3.ListObjectsV2"] += 1
        return {path: etag for path, etag in self._etags.items() if path.startswith(prefix)}

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        for document in documents:
            self._calls["s3.PutObject"] += 1
            self._expect(document.path, seen)
            self._write_file(document)
            self._etags[document.path] = document.etag

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        for path in paths:
            if seen[path] is None:
                continue
            self._calls["s3.DeleteObject"] += 1
            self._expect(path, seen)
            (self._folder / path).unlink()
            del self._etags[path]

    def _write_file(self, document: Document) -> None:
        file = self._folder / document.path
        if file.parent not in self._made:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(file.parent)
        file.write_bytes(document.body)

    def _expect(self, path: str, seen: Mapping[str, str | None]) -> None:
        if self._etags.get(path) != seen[path]:
            raise ConflictError(path)
