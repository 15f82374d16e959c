"""The desks of the index of topics: an initial, and the whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.publication import document
from gazette.models.record import Record
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import outlines, topic_index
from gazette.renderers import opml
from gazette.services.calendar_desks import calendar_documents


@dataclass(frozen=True, slots=True)
class InitialDesk:
    """Composes what an ``INITIAL`` partition publishes: the topics that begin with a character."""

    site: Site
    ledger: Ledger

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        initial = assignment.partition.name
        pages = _all_pages(initial, self.ledger.scan(assignment.partition, keys.ROLLUP))
        return (*pages, paths.initial_opml_path(initial))

    def compose(self, assignment: Assignment) -> Edition:
        initial = assignment.partition.name
        records = list(self.ledger.scan(assignment.partition, keys.ROLLUP))
        topics = topic_index.read_topics(records)
        pages = topic_index.initial_pages(self.site, initial, topics)
        written = [form for stem, page in pages.items() for form in calendar_documents(stem, page)]
        listed = opml.render_opml(outlines.initial_outlines(self.site, initial, topics))
        standing = {form.path for form in written}
        return Edition(
            (*written, document(paths.initial_opml_path(initial), listed)),
            removals=tuple(path for path in _all_pages(initial, records) if path not in standing),
            marks=(topic_index.initial_record(assignment.partition, records),),
        )


def _all_pages(initial: str, records: Iterable[Record]) -> tuple[str, ...]:
    slugs = (record.place.sort.removeprefix(keys.ROLLUP) for record in records)
    stems = topic_index.page_stems(initial, slugs)
    return tuple(path for stem in stems for path in paths.in_formats(stem, paths.CALENDAR_FORMATS))


@dataclass(frozen=True, slots=True)
class TopicsDesk:
    """Composes what the ``TOPICS`` partition publishes: all initials, and the largest topics."""

    site: Site
    ledger: Ledger

    def paths(self, _assignment: Assignment) -> tuple[str, ...]:
        return (
            *paths.in_formats(paths.TOPICS, paths.CALENDAR_FORMATS),
            *paths.in_formats(paths.LARGEST_TOPICS, paths.CALENDAR_FORMATS),
            paths.OPML,
        )

    def compose(self, assignment: Assignment) -> Edition:
        records = self.ledger.scan(assignment.partition, keys.ROLLUP)
        initials = topic_index.read_initials(records)
        listed = opml.render_opml(outlines.largest_outlines(self.site, initials))
        return Edition(
            (
                *calendar_documents(paths.TOPICS, topic_index.topics_page(self.site, initials)),
                *calendar_documents(
                    paths.LARGEST_TOPICS, topic_index.largest_page(self.site, initials)
                ),
                document(paths.OPML, listed),
            )
        )
