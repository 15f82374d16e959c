"""A folder of published documents, whose file remembers what is in it."""

from collections import Counter
from collections.abc import Sequence

from gazette.models.views.site_document import Document
from gazette_cli.engines.directory_site import DirectorySiteStore
from gazette_cli.engines.sqlite.site_file import SiteFile


class RememberedETags(dict[str, str]):
    """The ETags of the documents by path, in memory and in the file."""

    def __init__(self, file: SiteFile) -> None:
        self._connection = file.connection
        super().__init__(self._connection.execute("SELECT path, etag FROM documents").fetchall())

    def __setitem__(self, path: str, etag: str) -> None:
        super().__setitem__(path, etag)
        self._connection.execute("REPLACE INTO documents VALUES (?, ?)", (path, etag))

    def __delitem__(self, path: str) -> None:
        super().__delitem__(path)
        self._connection.execute("DELETE FROM documents WHERE path = ?", (path,))


class SiteFolder(DirectorySiteStore):
    """A `SiteStore` in a folder that an earlier run may have written."""

    def __init__(self, file: SiteFile, calls: Counter[str]) -> None:
        super().__init__(file.folder, calls)
        self._etags = RememberedETags(file)
        self._file = file
        self._outdated: set[str] = set()

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        self._outdated.difference_update(paths)
        return super().etags(paths)

    def expect_all_documents(self) -> None:
        """Expect that every document is asked for: the whole site is about to be published."""
        self._outdated = set(self._etags)

    def remove_outdated(self) -> None:
        """Remove the documents that nobody has asked for: the site has them no more."""
        seen = super().etags(sorted(self._outdated))
        self.remove([*seen], seen)
        self._outdated.clear()

    def _write_file(self, document: Document) -> None:
        self._file.begin_writing(document.path)
        super()._write_file(document)
