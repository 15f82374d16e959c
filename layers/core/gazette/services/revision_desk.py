"""The revision desk: every revision at an address of its own, for ever."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.entry import Revision
from gazette.models.keys import Partition
from gazette.models.publication import ATOM_ENTRY, IMMUTABLE, LIVE, Document, document
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import feeds, histories
from gazette.renderers import atom, html, json_pages, markdown
from gazette.services.documents import DocumentReader


def read_revisions(ledger: Ledger, partition: Partition) -> list[Revision]:
    """Return the revisions of an event, oldest first."""
    records = ledger.scan(partition, keys.REVISION)
    return [Revision.model_validate_json(record.payload) for record in records]


@dataclass(frozen=True, slots=True)
class RevisionDesk:
    """Composes a revision and the one before it, which it supersedes.

    A revision is written twice: as the current one, and once more when it is superseded; from then
    on its bytes never change.
    """

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        revisions = read_revisions(self.ledger, assignment.partition)
        return tuple(
            path
            for place in _touched(revisions, assignment)
            for path in paths.in_formats(_stem(revisions[place]), paths.FORMATS)
        )

    def compose(self, assignment: Assignment) -> Edition:
        revisions = read_revisions(self.ledger, assignment.partition)
        return Edition(
            tuple(
                document
                for place in _touched(revisions, assignment)
                for document in self._documents(revisions, place)
            )
        )

    def _documents(self, revisions: Sequence[Revision], place: int) -> Iterator[Document]:
        revision = revisions[place]
        before = self.documents.read_published(revisions[place - 1]) if place else None
        source = self.documents.read(revision)
        page = histories.revision_page(self.site, revisions, place, source, before)
        published = self.documents.read_published(revision)
        item = feeds.revision_item(self.site, revision, published)
        stem, cache = _stem(revision), LIVE if page.is_current else IMMUTABLE
        entry = atom.render_atom_entry(item, self.site.language, self.site.url(f"{stem}.xml"))
        yield document(f"{stem}.html", html.render_revision(page), cache_control=cache)
        yield document(f"{stem}.md", markdown.render_revision_markdown(page), cache_control=cache)
        yield document(f"{stem}.json", json_pages.render_revision_json(page), cache_control=cache)
        yield document(f"{stem}.xml", entry, ATOM_ENTRY, cache)


def _touched(revisions: Sequence[Revision], assignment: Assignment) -> range:
    """Return the places of the revision that was written and of the one before.

    The stream also tells of a revision that an operator deleted; nothing is published for that.
    """
    number = int(assignment.sort.removeprefix(keys.REVISION))
    for place, revision in enumerate(revisions):
        if revision.number == number:
            return range(max(place - 1, 0), place + 1)
    return range(0)


def _stem(revision: Revision) -> str:
    return paths.revision_stem(revision.entry.stem, revision.number)
