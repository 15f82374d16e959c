"""The event desk: the page of an event in its formats, and the way on from every path it had."""

from collections.abc import Iterator
from dataclasses import dataclass

from gazette.models import identity, keys, paths
from gazette.models.document import EventDocument
from gazette.models.edition import Edition
from gazette.models.entry import Revision
from gazette.models.feed import FeedItem
from gazette.models.keys import Partition
from gazette.models.parsing import parse_document
from gazette.models.publication import ATOM_ENTRY, Document, document
from gazette.models.site import Site
from gazette.ports import Ledger, SourceArchive
from gazette.projections import event_pages, feeds
from gazette.renderers import atom, html, json_pages, markdown


@dataclass(frozen=True, slots=True)
class EventDesk:
    """Composes what an ``EVENT`` partition publishes."""

    site: Site
    ledger: Ledger
    source: SourceArchive

    def paths(self, partition: Partition) -> tuple[str, ...]:
        revision = self._newest(partition)
        if revision is None:
            return ()
        stems = (revision.entry.stem, *revision.former_stems)
        return tuple(path for stem in stems for path in paths.in_formats(stem, paths.FORMATS))

    def compose(self, partition: Partition) -> Edition:
        revision = self._newest(partition)
        if revision is None:
            return Edition()
        source = None if revision.is_withdrawn else self._document(revision)
        item = feeds.page_item(self.site, revision, source)
        return Edition((*self._page(revision, source, item), *self._moved(revision, item)))

    def _newest(self, partition: Partition) -> Revision | None:
        record = next(self.ledger.newest(partition, keys.REVISION), None)
        return Revision.model_validate_json(record.payload) if record else None

    def _page(
        self, revision: Revision, source: EventDocument | None, item: FeedItem
    ) -> Iterator[Document]:
        stem = revision.entry.stem
        page = event_pages.event_page(self.site, revision, source)
        yield document(f"{stem}.html", html.render_event(page))
        yield document(f"{stem}.md", markdown.render_event_markdown(page))
        yield document(f"{stem}.json", json_pages.render_event_json(page))
        yield self._atom_entry(f"{stem}.xml", item)

    def _moved(self, revision: Revision, item: FeedItem) -> Iterator[Document]:
        for stem in revision.former_stems:
            page = event_pages.moved_page(self.site, revision, stem)
            yield document(f"{stem}.html", html.render_moved(page))
            yield document(f"{stem}.md", markdown.render_moved_markdown(page))
            yield document(f"{stem}.json", json_pages.render_moved_json(page))
            yield self._atom_entry(f"{stem}.xml", item)

    def _atom_entry(self, path: str, item: FeedItem) -> Document:
        body = atom.render_atom_entry(item, self.site.language, self.site.url(path))
        return document(path, body, ATOM_ENTRY)

    def _document(self, revision: Revision) -> EventDocument:
        key = identity.event_key(revision.entry.event_id)
        return parse_document(self.source.read(key, revision.version_id))
