"""Which desk publishes which kind of partition."""

from gazette.models.keys import PartitionKind
from gazette.models.site import Site
from gazette.ports import Ledger, SourceArchive
from gazette.services.calendar_desks import CalendarDesk, DayDesk, MonthDesk, YearDesk
from gazette.services.event_desk import EventDesk
from gazette.services.image_desk import ImageDesk
from gazette.services.publish import Desk
from gazette.services.timeline_desk import SiteDesk, TopicDesk


def make_desks(site: Site, ledger: Ledger, source: SourceArchive) -> dict[PartitionKind, Desk]:
    """Return a desk for each kind of partition that publishes something."""
    topics = TopicDesk(site, ledger)
    return {
        PartitionKind.EVENT: EventDesk(site, ledger, source),
        PartitionKind.IMAGE: ImageDesk(ledger, source),
        PartitionKind.TOPIC: topics,
        PartitionKind.CATEGORY: topics,
        PartitionKind.SITE: SiteDesk(site, ledger),
        PartitionKind.DAY: DayDesk(site, ledger),
        PartitionKind.MONTH: MonthDesk(site, ledger),
        PartitionKind.YEAR: YearDesk(site, ledger),
        PartitionKind.CALENDAR: CalendarDesk(site, ledger),
    }
