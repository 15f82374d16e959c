"""The notice at a path that an event has left, other than its first one, or at an alias."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.former_path import FormerPath
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import EntryView, View
from gazette.ports import Ledger
from gazette.projections.feeds import event_feeds
from gazette.projections.pages import event_pages
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.event.revisions import read_current


class LoadedFormer(NamedTuple):
    """The entry with which the event left the path last; None if an erasure took the path.

    Of an alias it is the entry that began to name it.
    """

    left: Entry | None
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class MovedBuilder(ViewBuilder[LoadedFormer]):
    """Builds the notice at one former path.

    The notice leads to the first path of the event, which never changes. So it is written once,
    when the event leaves the path, and a later move leaves it as it is. While the event is at this
    path again, its page is there, and this builds nothing.
    """

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.site.paths(ViewKind.MOVED, _former_path(task))

    def load(self, task: PublishTask) -> LoadedFormer | None:
        record = self.ledger.get(ItemKey(task.partition, task.sort))
        current = read_current(self.ledger, task.partition)
        if record is None or current is None:
            return None
        if _former_path(task) in {current.entry.base_path, current.entry.first_path}:
            return None  # the task of the event publishes there
        if record.deleted:
            return LoadedFormer(None)
        former = FormerPath.model_validate_json(record.payload)
        left = self.ledger.get(keys.revision_key(task.partition.name, former.number))
        if left is None:
            return None
        return LoadedFormer(Revision.model_validate_json(left.payload).entry, former.is_alias)

    def build(self, task: PublishTask, loaded: LoadedFormer) -> BuildResult:
        if loaded.left is None:
            return BuildResult(removals=self.paths(task))
        return BuildResult(views=tuple(self._views(task, loaded.left, loaded.is_alias)))

    def _views(self, task: PublishTask, left: Entry, is_alias: bool) -> Iterator[View]:
        path = _former_path(task)
        page = event_pages.left_page(self.site, left, path)
        yield View(
            ViewKind.MOVED,
            path,
            page=event_pages.alias_page(page) if is_alias else page,
            entry=EntryView(event_feeds.left_item(self.site, left), self.site.language),
        )


def _former_path(task: PublishTask) -> str:
    return task.sort.removeprefix(keys.FORMER)
