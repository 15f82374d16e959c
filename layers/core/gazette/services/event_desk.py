"""The event desk: the page of an event in its formats, and the way on from every path it had."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gazette.models import paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.entry import Entry, Revision
from gazette.models.feed import FeedItem
from gazette.models.page import Around, EventPage
from gazette.models.publication import ATOM_ENTRY, Document, document, live_feed
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import event_pages, feeds, histories, update_feeds
from gazette.projections.announcements import news_of
from gazette.projections.related import related_events
from gazette.renderers import atom, html, json_pages, markdown
from gazette.services.documents import DocumentReader
from gazette.services.pictures import with_current_picture
from gazette.services.related import candidates
from gazette.services.revision_desk import read_revisions
from gazette.services.translations import nudges, translations


@dataclass(frozen=True, slots=True)
class EventDesk:
    """Composes what an ``EVENT`` partition publishes."""

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        revisions = read_revisions(self.ledger, assignment.partition)
        if not revisions:
            return ()
        stems = (revisions[-1].entry.stem, *revisions[-1].former_stems)
        first_stem = revisions[-1].entry.first_stem
        return (
            *(path for stem in stems for path in paths.in_formats(stem, paths.FORMATS)),
            *(paths.history_path(first_stem, extension) for extension in ("json", "atom")),
        )

    def compose(self, assignment: Assignment) -> Edition:
        revisions = read_revisions(self.ledger, assignment.partition)
        if not revisions:
            return Edition()
        current = with_current_picture(self.ledger, revisions[-1])
        source = self.documents.read_published(current)
        around = self._around(current.entry) if source else Around()
        changes = histories.listed_revisions(self.site, revisions)[::-1]
        page = event_pages.event_page(self.site, current, source, changes, around)
        item = feeds.page_item(self.site, current, source, around)
        return Edition(
            (
                *self._page(current, page, item),
                *self._moved(current, item),
                *self._history(revisions),
            ),
            marks=nudges(self.ledger, current.entry),
            news=news_of((current.entry,)),
        )

    def _around(self, entry: Entry) -> Around:
        related = related_events(self.site, entry, candidates(self.ledger, entry))
        others = translations(self.ledger, entry)
        return Around(related, feeds.translation_links(self.site, entry, others))

    def _page(self, current: Revision, page: EventPage, item: FeedItem) -> Iterator[Document]:
        stem = current.entry.stem
        yield document(f"{stem}.html", html.render_event(page))
        yield document(f"{stem}.md", markdown.render_event_markdown(page))
        yield document(f"{stem}.json", json_pages.render_event_json(page))
        yield self._atom_entry(f"{stem}.xml", item)

    def _moved(self, current: Revision, item: FeedItem) -> Iterator[Document]:
        for stem in current.former_stems:
            page = event_pages.moved_page(self.site, current, stem)
            yield document(f"{stem}.html", html.render_moved(page))
            yield document(f"{stem}.md", markdown.render_moved_markdown(page))
            yield document(f"{stem}.json", json_pages.render_moved_json(page))
            yield self._atom_entry(f"{stem}.xml", item)

    def _history(self, revisions: Sequence[Revision]) -> Iterator[Document]:
        stem = revisions[-1].entry.first_stem
        chain = json_pages.render_history_json(histories.history_page(self.site, revisions))
        feed = update_feeds.history_feed(self.site, revisions)
        yield document(paths.history_path(stem), chain)
        yield live_feed(paths.history_path(stem, "atom"), atom.render_atom(feed), feed.hubs)

    def _atom_entry(self, path: str, item: FeedItem) -> Document:
        body = atom.render_atom_entry(item, self.site.language, self.site.url(path))
        return document(path, body, ATOM_ENTRY)
