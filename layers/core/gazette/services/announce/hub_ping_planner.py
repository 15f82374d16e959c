"""Announcing: which of the feeds that were written are news to their hubs (SPEC W2, W3).

A hub fetches what it is told of and passes it on, so it is told of news only: not of a minor
revision, of what grew old, of what stands on a feed for the first time in a rebuild. Whatever goes
wrong here, the publication it is about is through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.site import Site
from gazette.models.work.hub_ping import HubPing
from gazette.models.work.reports import ChangedFeed, Failure, PublishReport
from gazette.ports import BulkOutbox, Clock, ItemStore
from gazette.services.publish.batch import StreamRecord

# A ledger that is filled anew is told through the stream as well, of events of any age.
_NEWS_FOR = timedelta(hours=1)


class UnsentError(Exception):
    """The queue did not take some announcements."""


@dataclass(frozen=True, slots=True)
class HubPingPlanner:
    """Sends an announcement for each feed with news, and each of its hubs."""

    site: Site
    ledger: ItemStore
    queue: BulkOutbox
    clock: Clock

    def announce(self, records: Sequence[StreamRecord], report: PublishReport) -> None:
        """Announce what a batch has published; what cannot be sent is told in the report."""
        oldest = self.clock() - _NEWS_FOR
        told = [(feed, at) for feed, at in _told(records, report.changed_feeds) if at > oldest]
        if not told:
            return
        try:
            began = _rebuild_began(self.ledger)
            self._send([feed for feed, at in told if at > began], report)
        except Exception as error:  # noqa: BLE001  # an announcement never fails a publication (W4)
            report.unsent.append(Failure("announcing", error))

    def _send(self, feeds: Sequence[ChangedFeed], report: PublishReport) -> None:
        messages = {
            HubPing(hub=hub, feed=self.site.url(feed.path)).model_dump_json(): None
            for feed in feeds
            for hub in feed.hubs
        }
        refused = self.queue.send_all(list(messages))
        report.unsent += [Failure("announcing", UnsentError(reason)) for reason in refused]
        report.announced += len(messages) - len(refused)


def rebuild_record(began: datetime) -> LedgerItem:
    """Note when a rebuild began: what was stored until then has been announced, or never is."""
    return LedgerItem(keys.REBUILD_BEGAN, int(began.timestamp()), "{}")


def _rebuild_began(ledger: ItemStore) -> datetime:
    record = ledger.get(keys.REBUILD_BEGAN)
    return datetime.fromtimestamp(record.revision if record else 0, UTC)


def _told(
    records: Sequence[StreamRecord], feeds: Sequence[ChangedFeed]
) -> Iterator[tuple[ChangedFeed, datetime]]:
    """Yield the feeds that tell news of an event that these records are about, and of when."""
    events: dict[Partition, set[str]] = {}
    for record in records:
        if (event := keys.event_of(record.key)) is not None:
            events.setdefault(record.key.partition, set()).add(event)
    for feed in feeds:
        stored = [feed.news[event] for event in events.get(feed.partition, set()) & set(feed.news)]
        if stored:
            yield feed, max(stored)
