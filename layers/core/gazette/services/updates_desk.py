"""The desk of updates and corrections: what became of the events of a time line, as feeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.edition import Edition
from gazette.models.keys import Partition, Place
from gazette.models.site import Site
from gazette.models.update import read_update
from gazette.ports import Ledger
from gazette.projections.announcements import news_of
from gazette.projections.update_feeds import changes_feed
from gazette.services.timeline_documents import feed_documents


@dataclass(frozen=True, slots=True)
class UpdatesDesk:
    """Composes what an ``UPDATES`` or ``CORRECTIONS`` partition publishes: its newest, as feeds."""

    site: Site
    ledger: Ledger

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        return paths.in_formats(paths.changes_stem(assignment.partition), paths.FEED_FORMATS)

    def compose(self, assignment: Assignment) -> Edition:
        partition = assignment.partition
        records = islice(self.ledger.newest(partition, keys.CHANGE), self.site.feed_entries)
        updates = [read_update(record.payload) for record in records]
        if not updates:
            return Edition()
        feed = changes_feed(self.site, partition, updates)
        documents = tuple(feed_documents(paths.changes_stem(partition), feed))
        return Edition(documents, news=news_of(updates))


def changes_held(ledger: Ledger, timeline: Partition) -> Iterator[Partition]:
    """Return where there are updates and corrections of a time line; most have none."""
    for partition in (keys.updates_partition(timeline), keys.corrections_partition(timeline)):
        # A correction is an update too, so that without updates there is nothing more to look for.
        if next(ledger.after(Place(partition, keys.CHANGE), 1), None) is None:
            return
        yield partition
