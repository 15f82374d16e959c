"""A `SiteStore` that compares what is written to it with a published site, and writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gazette.models.views.site_document import Document
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite


class Difference(NamedTuple):
    """A document that is not what the records say; ``found`` is None if it cannot be read."""

    expected: bytes
    found: bytes | None


class ComparingStore:
    """Remembers of each document whether it was equal once, and what it should be if not.

    A document may depend on the time, and be published for another time than that of this run: it
    is right if it was equal at one of the times that were tried.
    """

    def __init__(self, site: PublishedSite, on_document: Callable[[], None]) -> None:
        self.differences: dict[str, Difference] = {}
        self.equal: set[str] = set()
        self._etags: dict[str, str] = {}
        self._site = site
        self._on_document = on_document

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return {path: self._etags.get(path) for path in paths}

    def etags_below(self, prefix: str) -> dict[str, str]:
        return {path: etag for path, etag in self._etags.items() if path.startswith(prefix)}

    def write(self, documents: Sequence[Document], _seen: Mapping[str, str | None]) -> None:
        for document in documents:
            self._etags[document.path] = document.etag
            if document.path not in self.equal:
                self._compare(document)

    def remove(self, paths: Sequence[str], _seen: Mapping[str, str | None]) -> None:
        for path in paths:
            self._etags.pop(path, None)
            self.differences.pop(path, None)

    def _compare(self, document: Document) -> None:
        found = self._read(document.path)
        if found == document.body:
            self.equal.add(document.path)
            self.differences.pop(document.path, None)
        else:
            self.differences[document.path] = Difference(document.body, found)
        self._on_document()

    def _read(self, path: str) -> bytes | None:
        try:
            return self._site.read_path(path)
        except UNREADABLE:
            return None
