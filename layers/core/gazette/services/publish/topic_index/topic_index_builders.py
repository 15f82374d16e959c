"""The desks of the index of topics: an initial, and the whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.site import Site
from gazette.models.views.site_document import document
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.topics import outlines, topic_index
from gazette.renderers import opml
from gazette.services.publish.calendar.calendar_builders import calendar_documents


@dataclass(frozen=True, slots=True)
class InitialBuilder:
    """Composes what an ``INITIAL`` partition publishes: the topics that begin with a character."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        initial = task.partition.name
        pages = _all_pages(initial, self.ledger.scan(task.partition, keys.AGGREGATE))
        return (*pages, paths.initial_opml_path(initial))

    def compose(self, task: PublishTask) -> BuildResult:
        initial = task.partition.name
        records = list(self.ledger.scan(task.partition, keys.AGGREGATE))
        topics = topic_index.read_topics(records)
        pages = topic_index.initial_pages(self.site, initial, topics)
        written = [
            form
            for base_path, page in pages.items()
            for form in calendar_documents(base_path, page)
        ]
        listed = opml.render_opml(outlines.initial_outlines(self.site, initial, topics))
        standing = {form.path for form in written}
        return BuildResult(
            (*written, document(paths.initial_opml_path(initial), listed)),
            removals=tuple(path for path in _all_pages(initial, records) if path not in standing),
            follow_ups=(topic_index.initial_record(task.partition, records),),
        )


def _all_pages(initial: str, records: Iterable[LedgerItem]) -> tuple[str, ...]:
    slugs = (record.key.sort.removeprefix(keys.AGGREGATE) for record in records)
    base_paths = topic_index.page_paths(initial, slugs)
    return tuple(
        path
        for base_path in base_paths
        for path in paths.in_formats(base_path, paths.CALENDAR_FORMATS)
    )


@dataclass(frozen=True, slots=True)
class TopicsBuilder:
    """Composes what the ``TOPICS`` partition publishes: all initials, and the largest topics."""

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (
            *paths.in_formats(paths.TOPICS, paths.CALENDAR_FORMATS),
            *paths.in_formats(paths.LARGEST_TOPICS, paths.CALENDAR_FORMATS),
            paths.OPML,
        )

    def compose(self, task: PublishTask) -> BuildResult:
        records = self.ledger.scan(task.partition, keys.AGGREGATE)
        initials = topic_index.read_initials(records)
        listed = opml.render_opml(outlines.largest_outlines(self.site, initials))
        return BuildResult(
            (
                *calendar_documents(paths.TOPICS, topic_index.topics_page(self.site, initials)),
                *calendar_documents(
                    paths.LARGEST_TOPICS, topic_index.largest_page(self.site, initials)
                ),
                document(paths.OPML, listed),
            )
        )
