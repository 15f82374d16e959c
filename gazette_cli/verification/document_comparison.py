"""Renders planned documents and compares them with a published site, in copies of the process."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from gazette.models import paths
from gazette.models.images.image_decoding import decode_image
from gazette.models.problems.problems import InvalidEventError
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document
from gazette.renderers.rendering import render
from gazette_cli.processes.copies import Copies
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite

# What waits to be rendered stays in memory. The tasks of events run twice, the second time after
# all others, so they wait for longer, and are rendered once.
_TASKS_AT_ONCE = 500
_MOST_WAITING = {True: 20_000, False: 1_000}


class Difference(NamedTuple):
    """A document that is not what the records say; ``found`` is None if it cannot be read."""

    expected: bytes
    found: bytes | None


class _Compared(NamedTuple):
    path: str
    difference: Difference | None


class _Batch(NamedTuple):
    """What is compared together, and the paths removed since that began."""

    results: Sequence[BuildResult]
    removed: set[str]


class DocumentComparison:
    """Remembers of each document whether it was equal once, and what it should be if not.

    A document may depend on the time, and be published for another time than that of this run: it
    is right if it was equal at one of the times that were tried. ``jobs`` is the number of
    processes next to this one; 0 is none.
    """

    def __init__(
        self, site: PublishedSite, settings: Site, jobs: int, on_document: Callable[[], None]
    ) -> None:
        self.differences: dict[str, Difference] = {}
        self.equal: set[str] = set()
        self._site = site
        self._settings = settings
        self._copies = Copies(jobs, self._compare, self._add)
        self._on_document = on_document
        self._waiting: dict[bool, OrderedDict[PublishTask, BuildResult]] = {
            is_event: OrderedDict() for is_event in _MOST_WAITING
        }

    def plan(self, task: PublishTask, result: BuildResult) -> None:
        """Compare what a task publishes, in place of what it was to publish before."""
        is_event = task.kind is TaskKind.EVENT
        waiting = self._waiting[is_event]
        waiting[task] = result
        waiting.move_to_end(task)
        for path in result.removals:
            self.differences.pop(path, None)
            for one in self._copies.running:
                one.removed.add(path)
        if len(waiting) > _MOST_WAITING[is_event]:
            self._begin(waiting)

    def finish(self) -> None:
        """Compare all that is planned."""
        for waiting in self._waiting.values():
            while waiting:
                self._begin(waiting)
        self._copies.finish()

    def _begin(self, waiting: OrderedDict[PublishTask, BuildResult]) -> None:
        tasks = list(islice(waiting, _TASKS_AT_ONCE))
        self._copies.begin(_Batch([waiting.pop(task) for task in tasks], set()))

    def _add(self, batch: _Batch, compared: Sequence[_Compared]) -> None:
        for path, difference in compared:
            self._on_document()
            if difference is None:
                self.equal.add(path)
                self.differences.pop(path, None)
            elif path not in self.equal and path not in batch.removed:
                self.differences[path] = difference

    def _compare(self, batch: _Batch) -> list[_Compared]:
        return [one for result in batch.results for one in self._compare_one(result)]

    def _compare_one(self, result: BuildResult) -> Iterator[_Compared]:
        for document in self._documents(result):
            found = self._read(document.path)
            is_equal = found == document.body or _is_same_card(document, found)
            yield _Compared(document.path, None if is_equal else Difference(document.body, found))

    def _documents(self, result: BuildResult) -> Iterator[Document]:
        for view in result.views:
            yield from render(self._settings, view)
        yield from result.documents

    def _read(self, path: str) -> bytes | None:
        try:
            return self._site.read_path(path)
        except UNREADABLE:
            return None


def _is_same_card(document: Document, found: bytes | None) -> bool:
    """Return whether a card shows the same: how small a file is depends on the machine."""
    if document.path != paths.CARD or found is None:
        return False
    try:
        shown = decode_image(found).pixels
    except InvalidEventError:
        return False
    expected = decode_image(document.body).pixels
    return shown.convert("RGB").tobytes() == expected.convert("RGB").tobytes()
