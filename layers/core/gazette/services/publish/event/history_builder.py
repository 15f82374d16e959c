"""The history of an event, in parts by number: full ones are written once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.feeds import update_feeds
from gazette.projections.history.news_time import news_of
from gazette.projections.items.long_histories import HistoryPart, part_number
from gazette.projections.pages import revision_pages
from gazette.services.publish.builder import ViewBuilder


@dataclass(frozen=True, slots=True)
class HistoryFinder:
    """Turns tasks for revisions into one task for each part of a history."""

    site: Site

    def find(self, tasks: Sequence[PublishTask]) -> dict[PublishTask, tuple[PublishTask, ...]]:
        """Return for each task of a revision those of the first numbers of parts."""
        return {task: tuple(self._first_of_parts(task)) for task in tasks}

    def _first_of_parts(self, task: PublishTask) -> Iterator[PublishTask]:
        """Yield the task of a part, and of the one before it, which the first revision closes."""
        size, number = self.site.history_part, _number(task)
        first = (part_number(number, size) - 1) * size + 1
        for one in (first, first - size):
            if one == first or (number == first and one > 0):
                sort = keys.revision_key(task.partition.name, one).sort
                yield PublishTask(TaskKind.HISTORY, task.partition, sort)


class LoadedPart(NamedTuple):
    """The revisions of a part, oldest first, and the one before them."""

    revisions: tuple[Revision, ...]
    older: Revision | None
    has_newest: bool

    @property
    def is_history(self) -> bool:
        """Whether there is more than the first revision of an event."""
        return not self.has_newest or self.revisions[-1].number > 1


@dataclass(frozen=True, slots=True)
class HistoryBuilder(ViewBuilder[LoadedPart]):
    """Builds the part of a history that a revision is in.

    A history begins with the second revision. The part with the newest revision stands at the
    address of the history itself. A full part stands at an address of its own from the first
    revision of the next part on, and its bytes never change again.
    """

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        """Return the paths of the history itself: most tasks write no full part.

        `every_history_path` has the paths of full parts.
        """
        before = keys.revision_key(task.partition.name, _number(task) - 1)
        items = list(islice(self.ledger.after(before, 2), 2))
        found = [Revision.model_validate_json(item.payload) for item in items]
        if not found or found[-1].number == 1:
            return ()
        return _paths(self.site, found[0].entry.first_path)

    def load(self, task: PublishTask) -> LoadedPart | None:
        """Read the part with one read: with the revision before it, and the first after it."""
        size = self.site.history_part
        last = part_number(_number(task), size) * size
        before, event_id = last - size, task.partition.name
        start = keys.revision_key(event_id, max(before - 1, 0))
        items = islice(self.ledger.after(start, size + 2), size + 2)
        nearby = [Revision.model_validate_json(item.payload) for item in items]
        revisions = tuple(one for one in nearby if before < one.number <= last)
        if not revisions:
            return None
        older = nearby[0] if nearby[0].number == before else self._older(event_id, before)
        return LoadedPart(revisions, older, has_newest=nearby[-1].number <= last)

    def build(self, _task: PublishTask, loaded: LoadedPart) -> BuildResult:
        newest = loaded.revisions[-1].entry
        part = part_number(newest.number, self.site.history_part)
        full = () if loaded.has_newest else _paths(self.site, newest.first_path, part)
        return BuildResult(
            views=(self._view(loaded),) if loaded.is_history else (),
            further_paths=full,
            news=news_of((newest,)) if loaded.has_newest else {},
        )

    def _view(self, loaded: LoadedPart) -> View:
        size, is_archived = self.site.history_part, not loaded.has_newest
        part = HistoryPart(loaded.revisions, loaded.older, size, is_archived)
        return View(
            ViewKind.HISTORY,
            part.base_path,
            page=revision_pages.history_page(self.site, part),
            feed=update_feeds.history_feed(self.site, part),
        )

    def _older(self, event_id: str, number: int) -> Revision | None:
        """Return the newest revision up to a number; release 0.1.0 left numbers out."""
        items = self.ledger.before(keys.revision_key(event_id, number + 1), 1) if number else ()
        return next((Revision.model_validate_json(item.payload) for item in items), None)


def every_history_path(site: Site, newest: Entry) -> Iterator[str]:
    """Return the paths of a history and of its full parts, which follow from the newest number."""
    if newest.number == 1:
        return
    yield from _paths(site, newest.first_path)
    for part in range(1, (newest.number - 1) // site.history_part + 1):
        yield from _paths(site, newest.first_path, part)


def _paths(site: Site, first_path: str, part: int | None = None) -> tuple[str, ...]:
    return site.paths(ViewKind.HISTORY, paths.history_base_path(first_path, part))


def _number(task: PublishTask) -> int:
    return int(task.sort.removeprefix(keys.REVISION))
