"""The event desk: the page of an event in its formats, and the way on from every path it had."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gazette.models import paths
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.views.feed import FeedItem
from gazette.models.views.page import EventPage, PageContext
from gazette.models.views.site_document import ATOM_ENTRY, Document, document, live_feed
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.feeds import event_feeds, update_feeds
from gazette.projections.history.news_time import news_of
from gazette.projections.pages import event_pages, revision_pages
from gazette.projections.pages.related import related_events
from gazette.renderers.feeds import atom
from gazette.renderers.json import pages as json_pages
from gazette.renderers.markdown import pages as markdown
from gazette.renderers.pages import html
from gazette.services.publish.event.event_image import with_current_image
from gazette.services.publish.event.related import candidates
from gazette.services.publish.event.revision_builder import read_revisions
from gazette.services.publish.event.translations import rebuild_requests, translations
from gazette.services.source.document_reader import DocumentReader


@dataclass(frozen=True, slots=True)
class EventBuilder:
    """Composes what an ``EVENT`` partition publishes."""

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        revisions = read_revisions(self.ledger, task.partition)
        if not revisions:
            return ()
        base_paths = (revisions[-1].entry.base_path, *revisions[-1].former_paths)
        first_path = revisions[-1].entry.first_path
        return (
            *(
                path
                for base_path in base_paths
                for path in paths.in_formats(base_path, paths.FORMATS)
            ),
            *(paths.history_path(first_path, extension) for extension in ("json", "atom")),
        )

    def compose(self, task: PublishTask) -> BuildResult:
        revisions = read_revisions(self.ledger, task.partition)
        if not revisions:
            return BuildResult()
        current = with_current_image(self.ledger, revisions[-1])
        source = self.documents.read_published(current)
        around = self._context(current.entry) if source else PageContext()
        changes = revision_pages.listed_revisions(self.site, revisions)[::-1]
        page = event_pages.event_page(self.site, current, source, changes, around)
        item = event_feeds.page_item(self.site, current, source, around)
        return BuildResult(
            (
                *self._page(current, page, item),
                *self._moved(current, item),
                *self._history(revisions),
            ),
            follow_ups=rebuild_requests(self.ledger, current.entry),
            news=news_of((current.entry,)),
        )

    def _context(self, entry: Entry) -> PageContext:
        related = related_events(self.site, entry, candidates(self.ledger, entry))
        others = translations(self.ledger, entry)
        return PageContext(related, event_feeds.translation_links(self.site, entry, others))

    def _page(self, current: Revision, page: EventPage, item: FeedItem) -> Iterator[Document]:
        base_path = current.entry.base_path
        yield document(f"{base_path}.html", html.render_event(page))
        yield document(f"{base_path}.md", markdown.render_event_markdown(page))
        yield document(f"{base_path}.json", json_pages.render_event_json(page))
        yield self._atom_entry(f"{base_path}.xml", item)

    def _moved(self, current: Revision, item: FeedItem) -> Iterator[Document]:
        for base_path in current.former_paths:
            page = event_pages.moved_page(self.site, current, base_path)
            yield document(f"{base_path}.html", html.render_moved(page))
            yield document(f"{base_path}.md", markdown.render_moved_markdown(page))
            yield document(f"{base_path}.json", json_pages.render_moved_json(page))
            yield self._atom_entry(f"{base_path}.xml", item)

    def _history(self, revisions: Sequence[Revision]) -> Iterator[Document]:
        base_path = revisions[-1].entry.first_path
        chain = json_pages.render_history_json(revision_pages.history_page(self.site, revisions))
        feed = update_feeds.history_feed(self.site, revisions)
        yield document(paths.history_path(base_path), chain)
        yield live_feed(paths.history_path(base_path, "atom"), atom.render_atom(feed), feed.hubs)

    def _atom_entry(self, path: str, item: FeedItem) -> Document:
        body = atom.render_atom_entry(item, self.site.language, self.site.url(path))
        return document(path, body, ATOM_ENTRY)
