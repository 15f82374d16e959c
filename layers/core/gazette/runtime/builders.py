"""Which builder builds which kind of task."""

from typing import Any

from gazette.models.formats import FORMATS
from gazette.models.site import Site
from gazette.models.tasks.tasks import TaskKind
from gazette.ports import Clock, Ledger, SiteStore, SourceArchive
from gazette.projections.topics.plain_index import AUTHORS, CATEGORIES
from gazette.renderers.rendering import load_renderers
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_builder import SegmentBuilder
from gazette.services.publish.archive.segment_finder import SegmentFinder
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.builder import Builder
from gazette.services.publish.calendar.calendar_builders import (
    CalendarBuilder,
    DayBuilder,
    MonthBuilder,
    YearBuilder,
)
from gazette.services.publish.calendar.neighbours import PeriodNeighboursBuilder
from gazette.services.publish.calendar.news_sitemap_builder import NewsSitemapBuilder
from gazette.services.publish.calendar.withdrawn_builder import WithdrawnBuilder
from gazette.services.publish.composer import Composer, Finder
from gazette.services.publish.event.event_builder import EventBuilder
from gazette.services.publish.event.history_builder import HistoryBuilder, HistoryFinder
from gazette.services.publish.event.moved_builder import MovedBuilder
from gazette.services.publish.event.related import RelatedFinder
from gazette.services.publish.event.revision_builder import RevisionBuilder, RevisionFinder
from gazette.services.publish.images.file_builder import FileBuilder
from gazette.services.publish.ledger_view import LedgerView
from gazette.services.publish.search.search_builders import (
    SearchBuilder,
    SearchDayBuilder,
    SearchMonthBuilder,
    SearchYearBuilder,
)
from gazette.services.publish.single_items import first_pages, single_items
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.publish.topic.icon_builder import IconBuilder
from gazette.services.publish.topic.loaded_timeline import TimelineReader
from gazette.services.publish.topic.notice_reader import NoticeReader
from gazette.services.publish.topic.site_files_builder import SiteFilesBuilder
from gazette.services.publish.topic.timeline_builders import SiteBuilder, TopicBuilder
from gazette.services.publish.topic.without_authors import WithoutAuthors
from gazette.services.publish.topic_index.plain_index_builder import (
    AuthorsBuilder,
    PlainIndexBuilder,
)
from gazette.services.publish.topic_index.topic_count_builder import TopicCountBuilder
from gazette.services.publish.topic_index.topic_index_builders import (
    InitialBuilder,
    TopicsBuilder,
)
from gazette.services.publish.updates.changes_builder import ChangesBuilder
from gazette.services.source.document_reader import DocumentReader
from gazette.services.source.document_store import DocumentStore

# At import, which is when Lambda gives a function its full processor for free.
load_renderers(FORMATS)


def make_finders(site: Site, ledger: Ledger) -> dict[TaskKind, Finder]:
    """Return the finders: of the kinds whose tasks name entries, and not documents.

    Those of related events lead to pages of events only, and need no builder.
    """
    archive, notes = ArchiveReader(ledger, site.feed_entries), SegmentNotes(ledger)
    return {
        TaskKind.REVISION: RevisionFinder(ledger),
        TaskKind.HISTORY: HistoryFinder(site),
        TaskKind.RELATED: RelatedFinder(ledger),
        TaskKind.SEGMENT: SegmentFinder(archive, notes),
    }


def make_builders(
    site: Site, ledger: Ledger, source: SourceArchive, clock: Clock
) -> dict[TaskKind, Composer]:
    """Return a builder for each kind of task."""
    builders = _all_builders(site, ledger, source, clock)
    if site.brand.authors:
        return {**builders}
    return {kind: WithoutAuthors(builder) for kind, builder in builders.items()}


def _all_builders(
    site: Site, ledger: Ledger, source: SourceArchive, clock: Clock
) -> dict[TaskKind, Builder[Any]]:
    documents = DocumentReader(source, DocumentStore(ledger))
    archive, notes = ArchiveReader(ledger, site.feed_entries), SegmentNotes(ledger)
    notices = NoticeReader(ledger, site.tombstone_days, clock)
    timelines = TimelineReader(ledger, archive, notes, notices)
    images = FileBuilder(site, ledger, source)
    return {
        TaskKind.EVENT: EventBuilder(site, ledger, documents),
        TaskKind.MOVED: MovedBuilder(site, ledger),
        TaskKind.REVISION: RevisionBuilder(site, ledger, documents),
        TaskKind.HISTORY: HistoryBuilder(site, ledger),
        TaskKind.ICON: IconBuilder(site, images),
        TaskKind.FILES: SiteFilesBuilder(site),
        TaskKind.IMAGE: images,
        TaskKind.UPDATES: ChangesBuilder(site, ledger, archive, notes),
        TaskKind.TIMELINE: TopicBuilder(site, ledger, timelines),
        TaskKind.SEGMENT: SegmentBuilder(site, archive, notes),
        TaskKind.TOPIC_COUNT: TopicCountBuilder(ledger),
        TaskKind.SITE: SiteBuilder(site, ledger, timelines),
        TaskKind.NEWS: NewsSitemapBuilder(site, ledger, clock),
        TaskKind.WITHDRAWN: WithdrawnBuilder(site, ledger),
        TaskKind.DAY: DayBuilder(site, ledger),
        TaskKind.MONTH: MonthBuilder(site, ledger),
        TaskKind.YEAR: YearBuilder(site, ledger),
        TaskKind.PERIOD_NEIGHBOURS: PeriodNeighboursBuilder(ledger),
        TaskKind.CALENDAR: CalendarBuilder(site, ledger),
        TaskKind.INITIAL: InitialBuilder(site, ledger),
        TaskKind.TOPICS: TopicsBuilder(site, ledger),
        TaskKind.CATEGORIES: PlainIndexBuilder(site, ledger, CATEGORIES),
        TaskKind.AUTHORS: AuthorsBuilder(site, ledger, AUTHORS),
        TaskKind.SEARCH_DAY: SearchDayBuilder(site, ledger),
        TaskKind.SEARCH_MONTH: SearchMonthBuilder(site, ledger),
        TaskKind.SEARCH_YEAR: SearchYearBuilder(ledger),
        TaskKind.SEARCH: SearchBuilder(site, ledger),
    }


def make_site_writer(
    site: Site, ledger: Ledger, store: SiteStore, source: SourceArchive, clock: Clock
) -> SiteWriter:
    """Return a writer whose builders read the ledger through a view."""
    view = LedgerView(ledger)
    builders, finders = make_builders(site, view, source, clock), make_finders(site, view)
    return SiteWriter(
        view,
        store,
        builders,
        finders,
        view=view,
        single_items=single_items,
        first_pages=first_pages,
    )
