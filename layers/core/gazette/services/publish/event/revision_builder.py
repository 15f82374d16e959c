"""Every revision at an address of its own, for good."""

from collections.abc import Iterator, Sequence
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
from gazette.models.views.site_document import LIVE, SUPERSEDED
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


class _LoadedRevision(NamedTuple):
    """A revision by its position in the history: its own document, and what each published."""

    position: int
    document: EventDocument | None
    published: EventDocument | None
    published_before: EventDocument | None


class LoadedRevisions(NamedTuple):
    """Revisions of an event that follow each other, and those of them that are built.

    ``left`` are the base paths that they left because of an erasure.
    """

    history: list[Revision]
    changed: tuple[_LoadedRevision, ...]
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
    """Builds a revision and the one before it, which it supersedes.

    A revision is written twice: first as the current one, and again when it is superseded. After
    that its bytes change no more, but for an erasure, or when an image comes or goes.
    """

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        history = read_nearby(self.ledger, task)
        changed = [history[position] for position in _changed(history, task)]
        bases = (*map(_base_path, changed), *self._left(history, changed))
        return tuple(path for base in bases for path in self.site.paths(ViewKind.REVISION, base))

    def load(self, task: PublishTask) -> LoadedRevisions:
        history = read_nearby(self.ledger, task)
        positions = _changed(history, task)
        changed = tuple(self._load(history, position) for position in positions)
        for one in changed:
            history[one.position] = self._without_missing(history[one.position], one.published)
        return LoadedRevisions(
            history,
            changed,
            self._left(history, [history[position] for position in positions]),
        )

    def _without_missing(self, revision: Revision, published: EventDocument | None) -> Revision:
        in_text = read_text_images(self.ledger, self.site, revision, published)
        return without_missing_in_text(without_missing_image(self.ledger, revision), in_text)

    def build(self, _task: PublishTask, loaded: LoadedRevisions) -> BuildResult:
        removals = tuple(
            path for base in loaded.left for path in self.site.paths(ViewKind.REVISION, base)
        )
        views = tuple(self._views(loaded))
        return BuildResult(
            views=views,
            removals=removals,
            erased=(*removals, *self._written_again(loaded, views)),
        )

    def _written_again(self, loaded: LoadedRevisions, views: Sequence[View]) -> Iterator[str]:
        """Yield the paths of revisions whose history an erasure wrote again."""
        for (position, *_), view in zip(loaded.changed, views, strict=True):
            if loaded.history[position].erasures:
                yield from self.site.paths(view.kind, view.base_path)

    def _left(self, history: Sequence[Revision], changed: Sequence[Revision]) -> tuple[str, ...]:
        """Return the base paths that these revisions had before an erasure (SPEC V10)."""
        left = read_left_paths(self.ledger, history)
        return tuple(
            paths.revision_path(path, revision.number)
            for revision in changed
            for path, one in left.items()
            if revision.number in one.numbers and path != revision.entry.base_path
        )

    def _load(self, history: Sequence[Revision], position: int) -> _LoadedRevision:
        return _LoadedRevision(
            position,
            self.documents.read(history[position]),
            self.documents.read_published(history[position]),
            self.documents.read_published(history[position - 1]) if position else None,
        )

    def _views(self, loaded: LoadedRevisions) -> Iterator[View]:
        history = loaded.history
        for position, document, published, published_before in loaded.changed:
            page = revision_pages.revision_page(
                self.site, history, position, document, published_before
            )
            item = event_feeds.revision_item(self.site, history[position], published)
            yield View(
                ViewKind.REVISION,
                _base_path(history[position]),
                page=page,
                # Its bytes are the same before and after, so its headers are, too.
                entry=EntryView(item, self.site.language, cache_control=SUPERSEDED),
                cache_control=LIVE if page.is_current else SUPERSEDED,
            )


def _changed(history: Sequence[Revision], task: PublishTask) -> range:
    """Return the positions of the revision that was written and of the one before it.

    The stream also reports a revision that an operator deleted. Nothing is published for that.
    """
    number = _number(task)
    for position, revision in enumerate(history):
        if revision.number == number:
            return range(max(position - 1, 0), position + 1)
    return range(0)


def _number(task: PublishTask) -> int:
    """Return the number of the revision; a request of an image names no revision."""
    is_revision = task.sort.startswith(keys.REVISION)
    return int(task.sort.removeprefix(keys.REVISION)) if is_revision else 0


def _base_path(revision: Revision) -> str:
    return paths.revision_path(revision.entry.base_path, revision.number)
