"""A worker that has read everything stops before its first write."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from gazette.models.views.site_document import Document
from gazette.ports import SiteStore

_SECONDS = 30


@dataclass
class StoppingSite:
    """A `SiteStore` that stops each writer of one path until a test releases it."""

    site: SiteStore
    path: str
    is_reached: Event = field(default_factory=Event)
    goes_on: Event = field(default_factory=Event)

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return self.site.etags(paths)

    def etags_below(self, prefix: str) -> dict[str, str]:
        return self.site.etags_below(prefix)

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        self._stop_at(document.path for document in documents)
        self.site.write(documents, seen)

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        self._stop_at(paths)
        self.site.remove(paths, seen)

    def _stop_at(self, paths: Iterable[str]) -> None:
        if self.path in paths:
            self.is_reached.set()
            assert self.goes_on.wait(_SECONDS)


@contextmanager
def stopped(site: StoppingSite, work: Callable[[], None]) -> Iterator[None]:
    """Run work in a thread up to its first write; let it continue and end after the block."""
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work)
        try:
            assert site.is_reached.wait(_SECONDS)
            yield
        finally:
            site.goes_on.set()
        worker.result(_SECONDS)
