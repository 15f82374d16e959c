"""The page of an event in its formats, and a notice at its first path if it has another one now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gazette.models.contract.document import EventDocument
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.page import PageContext
from gazette.models.views.view import EntryView, View
from gazette.ports import Ledger
from gazette.projections.feeds import event_feeds, feed_links
from gazette.projections.history.news_time import news_of
from gazette.projections.pages import event_pages, revision_pages
from gazette.projections.pages.related import related_events
from gazette.services.publish.builder import ViewBuilder
from gazette.services.publish.event.history_builder import every_history_path
from gazette.services.publish.event.related import candidates
from gazette.services.publish.event.revisions import (
    read_corrections,
    read_current,
    read_image,
    read_left_paths,
    read_newest,
    with_current_image,
)
from gazette.services.publish.event.translations import rebuild_requests, translations
from gazette.services.publish.images.event_images import (
    image_items,
    read_text_images,
    with_text_images,
)
from gazette.services.source.document_reader import DocumentReader


class LoadedEvent(NamedTuple):
    """An event as the ledger has it.

    ``revisions`` are the newest ones, oldest first: those that the page shows and one more, if
    there are so many. ``current`` is the newest revision with its images as they are; ``document``
    what that revision publishes, None where it withdraws the event; ``before`` what was published
    before it; ``requests`` ask for rebuilds of translations; ``images`` say on its time lines
    which images are missing, and what the others are.
    ``left`` are the paths of documents that it left because of an erasure.
    """

    revisions: list[Revision]
    current: Revision
    document: EventDocument | None
    before: EventDocument | None
    context: PageContext
    requests: tuple[LedgerItem, ...]
    images: tuple[LedgerItem, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventBuilder(ViewBuilder[LoadedEvent]):
    """Builds the page of an event.

    It reads no more revisions than the page shows, so a long history costs no more than a short
    one. `MovedBuilder` and `HistoryBuilder` have the rest of the partition.
    """

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        most = self.site.revisions_shown + 1
        revisions = read_newest(self.ledger, task.partition, most)
        if not revisions:
            return ()
        return (*_paths(self.site, revisions[-1].entry), *self._left(revisions))

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        """Return the paths of the history as well: what was read here says what they are."""
        current = read_current(self.ledger, task.partition)
        if current is None:
            return ()
        entry = current.entry
        return (*_paths(self.site, entry), *every_history_path(self.site, entry))

    def load(self, task: PublishTask) -> LoadedEvent | None:
        most = self.site.revisions_shown + 1
        revisions = read_newest(self.ledger, task.partition, most)
        if not revisions:
            return None
        image = read_image(self.ledger, revisions[-1])
        current = with_current_image(revisions[-1], image)
        document = self.documents.read_published(current)
        in_text = read_text_images(self.ledger, self.site, current, document)
        current = with_text_images(current, in_text)
        return LoadedEvent(
            revisions,
            current,
            document,
            self._before(revisions) if document else None,
            self._context(current) if document else self._corrections(current),
            rebuild_requests(self.ledger, current.entry),
            image_items(self.ledger, revisions[-1], image, in_text, document),
            self._left(revisions),
        )

    def build(self, _task: PublishTask, loaded: LoadedEvent) -> BuildResult:
        return BuildResult(
            views=tuple(self._views(loaded)),
            removals=loaded.left,
            follow_ups=(*loaded.requests, *loaded.images),
            news=news_of((loaded.current.entry,)),
        )

    def _left(self, revisions: Sequence[Revision]) -> tuple[str, ...]:
        """Return the paths of pages and histories at addresses that erasures took (SPEC V10).

        An address that a later revision had, too, keeps the notice that the event has left it.
        """
        site, current = self.site, revisions[-1].entry
        kept = {*_paths(site, current), *every_history_path(site, current)}
        found: list[str] = []
        for base in read_left_paths(self.ledger, revisions):
            former = self.ledger.get(keys.former_key(current.event_id, base))
            if former is None or former.deleted:
                found += site.paths(ViewKind.EVENT, base)
            # No history begins there: it is at the first address that the event has now.
            found += every_history_path(site, current.model_copy(update={"first_path": base}))
        return tuple(path for path in found if path not in kept)

    def _before(self, revisions: list[Revision]) -> EventDocument | None:
        """Return what was published before the newest revision, to show the difference (V5)."""
        return self.documents.read_published(revisions[-2]) if len(revisions) > 1 else None

    def _context(self, current: Revision) -> PageContext:
        entry = current.entry
        related = related_events(self.site, entry, candidates(self.ledger, entry))
        others = translations(self.ledger, entry)
        links = feed_links.translation_links(self.site, entry, others)
        return PageContext(related, links, read_corrections(self.ledger, entry))

    def _corrections(self, current: Revision) -> PageContext:
        """Return what the page of a withdrawn event keeps: its corrections (SPEC V12)."""
        return PageContext(corrections=read_corrections(self.ledger, current.entry))

    def _views(self, loaded: LoadedEvent) -> Iterator[View]:
        site, current = self.site, loaded.current
        shown = loaded.revisions[-site.revisions_shown :]
        changes = revision_pages.listed_revisions(site, shown)[::-1]
        page = event_pages.event_page(site, current, loaded.document, changes, loaded.context)
        if len(shown) < len(loaded.revisions):
            page = replace(page, all_changes_url=feed_links.history_url(site, current.entry))
        page = revision_pages.with_difference(page, loaded.before)
        item = event_feeds.page_item(site, current, loaded.document, loaded.context)
        entry = EntryView(item, site.language)
        base_path, first_path = current.entry.base_path, current.entry.first_path
        yield View(ViewKind.EVENT, base_path, page=page, entry=entry)
        if first_path != base_path:
            notice = event_pages.moved_page(site, current, first_path)
            yield View(ViewKind.MOVED, first_path, page=notice, entry=entry)


def _paths(site: Site, entry: Entry) -> tuple[str, ...]:
    """Return the paths of the page, and those of the notice at the first path of the event."""
    page = site.paths(ViewKind.EVENT, entry.base_path)
    if entry.first_path == entry.base_path:
        return page
    return (*page, *site.paths(ViewKind.MOVED, entry.first_path))
