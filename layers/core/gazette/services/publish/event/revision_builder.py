"""Every superseded revision at an address of its own, for good, and the record of every one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import SUPERSEDED
from gazette.models.views.view import EntryView, View
from gazette.ports import Ledger
from gazette.projections.feeds import event_feeds
from gazette.projections.pages import revision_pages
from gazette.projections.pages.event_image import image_key_of
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.event.revisions import (
    read_left_paths,
    read_revisions,
    without_missing_image,
)
from gazette.services.publish.images.event_images import (
    read_text_images,
    without_missing_in_text,
)
from gazette.services.source.document_reader import DocumentReader

# The revision of a task, two before it and one after it.
_NEARBY = 4


def read_nearby(ledger: Ledger, task: PublishTask) -> list[Revision]:
    """Return the revision of a task with the two before it and the one after it.

    So the cost of a revision does not grow with the history. Release 0.1.0 left numbers out; then
    the whole history is read.
    """
    number = _number(task)
    before = keys.revision_key(task.partition.name, max(number - 3, 0))
    items = takewhile(
        lambda item: item.key.sort.startswith(keys.REVISION), ledger.after(before, _NEARBY)
    )
    nearby = [Revision.model_validate_json(item.payload) for item in islice(items, _NEARBY)]
    needed = list(range(max(number - 2, 1), number + 1))
    if [revision.number for revision in nearby[: len(needed)]] != needed:
        return read_revisions(ledger, task.partition)
    return nearby


class _Nearby(NamedTuple):
    """Revisions of an event that follow each other, and the position of that of a task.

    The position is None for a revision that an operator has deleted: the stream reports that, too,
    and nothing is published for it.
    """

    history: list[Revision]
    position: int | None

    @property
    def changed(self) -> range:
        """The positions of the revision and of the one before it."""
        position = self.position
        return range(0) if position is None else range(max(position - 1, 0), position + 1)

    @property
    def recorded(self) -> list[Revision]:
        """The revision, if it is there."""
        return [] if self.position is None else [self.history[self.position]]

    @property
    def superseded(self) -> list[int]:
        """The positions among the changed ones that have a page: all but the current one."""
        return [position for position in self.changed if position < len(self.history) - 1]


class _Recorded(NamedTuple):
    """A revision, the one before it, and its document, None if it has none."""

    revision: Revision
    predecessor: Revision | None
    document: EventDocument | None


class _Superseded(NamedTuple):
    """A superseded revision, the one before it, and what each of them published."""

    revision: Revision
    predecessor: Revision | None
    published: EventDocument | None
    before: EventDocument | None


class LoadedRevisions(NamedTuple):
    """The records and pages that are built; ``left`` are paths of others, left by an erasure."""

    records: tuple[_Recorded, ...]
    superseded: tuple[_Superseded, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevisionFinder:
    """Turns the request of an image into tasks for the revisions that may show it."""

    ledger: Ledger

    def find(self, tasks: Sequence[PublishTask]) -> dict[PublishTask, tuple[PublishTask, ...]]:
        """Return for each task itself, or the tasks of the revisions of its event with an image."""
        return {
            task: (task,) if task.sort.startswith(keys.REVISION) else tuple(self._with_image(task))
            for task in tasks
        }

    def _with_image(self, task: PublishTask) -> Iterator[PublishTask]:
        for revision in read_revisions(self.ledger, task.partition):
            if image_key_of(revision.entry) or revision.linked_images:
                sort = keys.revision_key(task.partition.name, revision.number).sort
                yield task._replace(sort=sort)


@dataclass(frozen=True, slots=True)
class RevisionBuilder(ViewBuilder[LoadedRevisions]):
    """Builds the record of a revision, and the page of the revision that it supersedes.

    A record is written once, with its revision; a page once, when its revision is superseded. The
    bytes of both change no more, but for an erasure, or when an image of a page comes or goes.
    """

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        near = _nearby(self.ledger, task)
        pages = (near.history[position] for position in near.superseded)
        return (
            *self._paths_of(ViewKind.RECORD, map(_base_path, near.recorded)),
            *self._paths_of(ViewKind.REVISION, map(_base_path, pages)),
            *self._left(near),
        )

    def load(self, task: PublishTask) -> LoadedRevisions:
        near = _nearby(self.ledger, task)
        return LoadedRevisions(
            tuple(
                _Recorded(one, self._before(near, near.position), self.documents.read(one))
                for one in near.recorded
            ),
            tuple(self._superseded(near, position) for position in near.superseded),
            self._left(near),
        )

    def build(self, _task: PublishTask, loaded: LoadedRevisions) -> BuildResult:
        built = (
            *((one.revision, self._record_view(one)) for one in loaded.records),
            *((one.revision, self._page_view(one)) for one in loaded.superseded),
        )
        written_again = (
            path
            for revision, view in built
            if revision.erasures
            for path in self.site.paths(view.kind, view.base_path)
        )
        return BuildResult(
            views=tuple(view for _, view in built),
            removals=loaded.left,
            erased=(*loaded.left, *written_again),
        )

    def _before(self, near: _Nearby, position: int | None) -> Revision | None:
        return near.history[position - 1] if position else None

    def _superseded(self, near: _Nearby, position: int) -> _Superseded:
        revision, predecessor = near.history[position], self._before(near, position)
        published = self.documents.read_published(revision)
        in_text = read_text_images(self.ledger, self.site, revision, published)
        return _Superseded(
            without_missing_in_text(without_missing_image(self.ledger, revision), in_text),
            predecessor,
            published,
            self.documents.read_published(predecessor) if predecessor else None,
        )

    def _left(self, near: _Nearby) -> tuple[str, ...]:
        """Return the paths that these revisions had before an erasure (SPEC V10)."""
        left = read_left_paths(self.ledger, near.history)
        changed = [near.history[position] for position in near.changed]
        bases = [
            paths.revision_path(path, revision.number)
            for revision in changed
            for path, one in left.items()
            if revision.number in one.numbers and path != revision.entry.base_path
        ]
        kinds = (ViewKind.REVISION, ViewKind.RECORD)
        return tuple(path for kind in kinds for path in self._paths_of(kind, bases))

    def _paths_of(self, kind: ViewKind, base_paths: Iterable[str]) -> Iterator[str]:
        return (path for base_path in base_paths for path in self.site.paths(kind, base_path))

    def _record_view(self, record: _Recorded) -> View:
        page = revision_pages.record_page(
            self.site, record.revision, record.document, record.predecessor
        )
        base_path = _base_path(record.revision)
        return View(ViewKind.RECORD, base_path, page=page, cache_control=SUPERSEDED)

    def _page_view(self, superseded: _Superseded) -> View:
        page = revision_pages.revision_page(self.site, *superseded)
        item = event_feeds.revision_item(self.site, superseded.revision, superseded.published)
        return View(
            ViewKind.REVISION,
            _base_path(superseded.revision),
            page=page,
            entry=EntryView(item, self.site.language),
            cache_control=SUPERSEDED,
        )


def _nearby(ledger: Ledger, task: PublishTask) -> _Nearby:
    history, number = read_nearby(ledger, task), _number(task)
    found = (position for position, one in enumerate(history) if one.number == number)
    return _Nearby(history, next(found, None))


def _number(task: PublishTask) -> int:
    """Return the number of the revision; a request of an image names no revision."""
    is_revision = task.sort.startswith(keys.REVISION)
    return int(task.sort.removeprefix(keys.REVISION)) if is_revision else 0


def _base_path(revision: Revision) -> str:
    return paths.revision_path(revision.entry.base_path, revision.number)
