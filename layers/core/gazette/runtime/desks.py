"""Which desk publishes which kind of assignment."""

from gazette.models.assignments import DeskKind
from gazette.models.site import Site
from gazette.ports import Clock, Ledger, SourceArchive
from gazette.services.archive_reader import ArchiveReader
from gazette.services.calendar_desks import CalendarDesk, DayDesk, MonthDesk, YearDesk
from gazette.services.documents import DocumentReader
from gazette.services.event_desk import EventDesk
from gazette.services.image_desk import ImageDesk
from gazette.services.news_desk import NewsDesk
from gazette.services.periods import PeriodDesk
from gazette.services.publish import Desk, Finder
from gazette.services.related import NeighboursDesk
from gazette.services.revision_desk import RevisionDesk
from gazette.services.segment_desk import SegmentDesk
from gazette.services.segment_finder import SegmentFinder
from gazette.services.segment_notes import SegmentNotes
from gazette.services.tally_desk import TallyDesk
from gazette.services.timeline_desk import SiteDesk, TopicDesk
from gazette.services.tombstone_reader import TombstoneReader
from gazette.services.topics_desk import InitialDesk, TopicsDesk
from gazette.services.updates_desk import UpdatesDesk


def make_finders(site: Site, ledger: Ledger) -> dict[DeskKind, Finder]:
    """Return what finds the work of a batch where assignments do not stand for themselves."""
    archive, notes = ArchiveReader(ledger, site.feed_entries), SegmentNotes(ledger)
    return {DeskKind.SEGMENT: SegmentFinder(archive, notes)}


def make_desks(
    site: Site, ledger: Ledger, source: SourceArchive, clock: Clock
) -> dict[DeskKind, Desk]:
    """Return a desk for each kind of assignment."""
    documents = DocumentReader(source)
    archive, notes = ArchiveReader(ledger, site.feed_entries), SegmentNotes(ledger)
    tombstones = TombstoneReader(ledger, site.tombstone_days, clock)
    return {
        DeskKind.EVENT: EventDesk(site, ledger, documents),
        DeskKind.REVISION: RevisionDesk(site, ledger, documents),
        DeskKind.NEIGHBOURS: NeighboursDesk(ledger),
        DeskKind.IMAGE: ImageDesk(ledger, source),
        DeskKind.UPDATES: UpdatesDesk(site, ledger),
        DeskKind.TIMELINE: TopicDesk(site, ledger, archive, notes, tombstones),
        DeskKind.SEGMENT: SegmentDesk(site, archive, notes),
        DeskKind.TALLY: TallyDesk(ledger),
        DeskKind.SITE: SiteDesk(site, ledger, archive, notes, tombstones),
        DeskKind.NEWS: NewsDesk(site, ledger, clock),
        DeskKind.DAY: DayDesk(site, ledger),
        DeskKind.MONTH: MonthDesk(site, ledger),
        DeskKind.YEAR: YearDesk(site, ledger),
        DeskKind.PERIOD: PeriodDesk(ledger),
        DeskKind.CALENDAR: CalendarDesk(site, ledger),
        DeskKind.INITIAL: InitialDesk(site, ledger),
        DeskKind.TOPICS: TopicsDesk(site, ledger),
    }
