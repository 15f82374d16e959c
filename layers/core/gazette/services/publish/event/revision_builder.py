"""The revision desk: every revision at an address of its own, for ever."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.keys import Partition
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.models.views.site_document import ATOM_ENTRY, IMMUTABLE, LIVE, Document, document
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.feeds import event_feeds
from gazette.projections.pages import revision_pages
from gazette.renderers.feeds import atom
from gazette.renderers.json import pages as json_pages
from gazette.renderers.markdown import pages as markdown
from gazette.renderers.pages import html
from gazette.services.source.document_reader import DocumentReader


def read_revisions(ledger: Ledger, partition: Partition) -> list[Revision]:
    """Return the revisions of an event, oldest first."""
    records = ledger.scan(partition, keys.REVISION)
    return [Revision.model_validate_json(record.payload) for record in records]


@dataclass(frozen=True, slots=True)
class RevisionBuilder:
    """Composes a revision and the one before it, which it supersedes.

    A revision is written twice: as the current one, and once more when it is superseded; from then
    on its bytes never change.
    """

    site: Site
    ledger: Ledger
    documents: DocumentReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        revisions = read_revisions(self.ledger, task.partition)
        return tuple(
            path
            for position in _touched(revisions, task)
            for path in paths.in_formats(_base_path(revisions[position]), paths.FORMATS)
        )

    def compose(self, task: PublishTask) -> BuildResult:
        revisions = read_revisions(self.ledger, task.partition)
        return BuildResult(
            tuple(
                document
                for position in _touched(revisions, task)
                for document in self._documents(revisions, position)
            )
        )

    def _documents(self, revisions: Sequence[Revision], position: int) -> Iterator[Document]:
        revision = revisions[position]
        before = self.documents.read_published(revisions[position - 1]) if position else None
        source = self.documents.read(revision)
        page = revision_pages.revision_page(self.site, revisions, position, source, before)
        published = self.documents.read_published(revision)
        item = event_feeds.revision_item(self.site, revision, published)
        base_path, cache = _base_path(revision), LIVE if page.is_current else IMMUTABLE
        entry = atom.render_atom_entry(item, self.site.language, self.site.url(f"{base_path}.xml"))
        yield document(f"{base_path}.html", html.render_revision(page), cache_control=cache)
        yield document(
            f"{base_path}.md", markdown.render_revision_markdown(page), cache_control=cache
        )
        yield document(
            f"{base_path}.json", json_pages.render_revision_json(page), cache_control=cache
        )
        yield document(f"{base_path}.xml", entry, ATOM_ENTRY, cache)


def _touched(revisions: Sequence[Revision], task: PublishTask) -> range:
    """Return the places of the revision that was written and of the one before.

    The stream also tells of a revision that an operator deleted; nothing is published for that.
    """
    number = int(task.sort.removeprefix(keys.REVISION))
    for position, revision in enumerate(revisions):
        if revision.number == number:
            return range(max(position - 1, 0), position + 1)
    return range(0)


def _base_path(revision: Revision) -> str:
    return paths.revision_path(revision.entry.base_path, revision.number)
