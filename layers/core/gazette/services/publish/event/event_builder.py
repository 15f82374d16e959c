"""The page of an event in its formats, its history, and a notice at every path it had before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.formats import ViewKind
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.page import PageContext
from gazette.models.views.view import EntryView, View
from gazette.ports import Ledger
from gazette.projections.feeds import event_feeds, update_feeds
from gazette.projections.history.news_time import news_of
from gazette.projections.pages import event_pages, revision_pages
from gazette.projections.pages.related import related_events
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.event.related import candidates
from gazette.services.publish.event.revisions import (
    read_left_paths,
    read_revisions,
    with_current_image,
)
from gazette.services.publish.event.translations import rebuild_requests, translations
from gazette.services.source.document_reader import DocumentReader


class LoadedEvent(NamedTuple):
    """An event as the ledger has it.

    ``current`` is the newest revision with its image as it is now; ``document`` what that revision
    publishes, None where it withdraws the event; ``requests`` ask for rebuilds of translations.
    ``left`` are the paths that it left because of an erasure.
    """

    revisions: list[Revision]
    current: Revision
    document: EventDocument | None
    context: PageContext
    requests: tuple[LedgerItem, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventBuilder(ViewBuilder[LoadedEvent]):
    """Builds what an ``EVENT`` partition publishes."""

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        revisions = read_revisions(self.ledger, task.partition)
        if not revisions:
            return ()
        left = read_left_paths(self.ledger, revisions)
        return (*_paths(self.site, revisions[-1]), *_removals(self.site, revisions[-1], left))

    def load(self, task: PublishTask) -> LoadedEvent | None:
        revisions = read_revisions(self.ledger, task.partition)
        if not revisions:
            return None
        current = with_current_image(self.ledger, revisions[-1])
        document = self.documents.read_published(current)
        return LoadedEvent(
            revisions,
            current,
            document,
            self._context(current) if document else PageContext(),
            rebuild_requests(self.ledger, current.entry),
            tuple(read_left_paths(self.ledger, revisions)),
        )

    def build(self, _task: PublishTask, loaded: LoadedEvent) -> BuildResult:
        return BuildResult(
            views=tuple(self._views(loaded)),
            removals=_removals(self.site, loaded.current, loaded.left),
            follow_ups=loaded.requests,
            news=news_of((loaded.current.entry,)),
        )

    def _context(self, current: Revision) -> PageContext:
        entry = current.entry
        related = related_events(self.site, entry, candidates(self.ledger, entry))
        others = translations(self.ledger, entry)
        return PageContext(related, event_feeds.translation_links(self.site, entry, others))

    def _views(self, loaded: LoadedEvent) -> Iterator[View]:
        site, current = self.site, loaded.current
        changes = revision_pages.listed_revisions(site, loaded.revisions)[::-1]
        page = event_pages.event_page(site, current, loaded.document, changes, loaded.context)
        item = event_feeds.page_item(site, current, loaded.document, loaded.context)
        entry = EntryView(item, site.language)
        yield View(ViewKind.EVENT, current.entry.base_path, page=page, entry=entry)
        for former in current.former_paths:
            notice = event_pages.moved_page(site, current, former)
            yield View(ViewKind.MOVED, former, page=notice, entry=entry)
        yield View(
            ViewKind.HISTORY,
            paths.history_base_path(current.entry.first_path),
            page=revision_pages.history_page(site, loaded.revisions),
            feed=update_feeds.history_feed(site, loaded.revisions),
        )


def _removals(site: Site, current: Revision, left: Iterable[str]) -> tuple[str, ...]:
    """Return the paths of pages and histories at addresses that are erased (SPEC V10)."""
    kept = {*_paths(site, current)}
    former = (
        path
        for base in left
        for path in (
            *site.paths(ViewKind.EVENT, base),
            *site.paths(ViewKind.HISTORY, paths.history_base_path(base)),
        )
    )
    return tuple(path for path in former if path not in kept)


def _paths(site: Site, current: Revision) -> tuple[str, ...]:
    """Return the paths of the page, of every former address, and of the history."""
    entry = current.entry
    former = (path for base in current.former_paths for path in site.paths(ViewKind.MOVED, base))
    history = site.paths(ViewKind.HISTORY, paths.history_base_path(entry.first_path))
    return (*site.paths(ViewKind.EVENT, entry.base_path), *former, *history)
