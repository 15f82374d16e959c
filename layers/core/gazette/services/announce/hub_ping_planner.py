"""Plans hub pings: finds the written feeds that have news for their hubs (SPEC W2, W3).

A hub fetches the feed it is pinged about and forwards it to subscribers. So only news counts: no
minor revision, no expiry, and no feed that a rebuild creates. A failure here never fails the
publication (W4).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from gazette.models.hub.deliveries import FeedNews
from gazette.models.ledger import keys
from gazette.models.ledger.deletion import Deletion
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.product import HUB_PING_AGE
from gazette.models.site import Site
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import ChangedFeed, Failure, PublishReport
from gazette.ports import BulkOutbox, Clock, ItemStore


class UnsentError(Exception):
    """The queue refused some hub pings."""


class OwnHub(NamedTuple):
    """The hub of the site itself: its address, and the queue of the news that it distributes."""

    address: str
    queue: BulkOutbox


@dataclass(frozen=True, slots=True)
class HubPingPlanner:
    """Queues a ping for each hub of each feed with news, and the news for the site's own hub."""

    site: Site
    ledger: ItemStore
    queue: BulkOutbox
    clock: Clock
    own: OwnHub | None = None

    def plan(self, records: Sequence[StreamRecord], report: PublishReport) -> None:
        """Queue the pings for a published batch; the report lists what could not be queued."""
        oldest = self.clock() - HUB_PING_AGE
        try:
            news = [(f, at) for f, at in self._news(records, report.changed_feeds) if at > oldest]
            if not news:
                return
            began = rebuild_began(self.ledger)
            self._send([feed for feed, at in news if at > began], report)
        except Exception as error:  # noqa: BLE001  # a ping must not fail a publication
            # The documents are written, so nothing may fail the batch now (SPEC W4): the stream
            # would publish it again. The error is logged and counted.
            report.unsent.append(Failure("hub pings", error))

    def _news(
        self, records: Sequence[StreamRecord], feeds: Sequence[ChangedFeed]
    ) -> Iterator[tuple[ChangedFeed, datetime]]:
        """Yield each feed with news of an event in these records, and when that news was stored."""
        changed: dict[Partition, list[ItemKey]] = {}
        for record in records:
            if keys.event_of(record.key) is not None:
                changed.setdefault(record.key.partition, []).append(record.key)
        read = lru_cache(maxsize=None)(self._news_of_deletion)
        for feed in feeds:
            item_keys = changed.get(feed.partition, ())
            # The last event that left a feed may have older news than its deletion.
            stored = [read(key) or feed.news.get(keys.event_of(key) or "") for key in item_keys]
            if times := [at for at in stored if at is not None]:
                yield feed, max(times)

    def _news_of_deletion(self, item_key: ItemKey) -> datetime | None:
        """Return when the news was stored that removed an event from a feed.

        Such a feed shows no more than the last event that left it.
        """
        if not item_key.sort.startswith(keys.DELETED):
            return None
        item = self.ledger.get(item_key)
        return Deletion.model_validate_json(item.payload).news_at if item else None

    def _send(self, feeds: Sequence[ChangedFeed], report: PublishReport) -> None:
        own = self.own.address if self.own else None
        if self.own:  # first: its subscribers wait for nothing else
            news = (
                FeedNews(topic=self.site.url(feed.path), path=feed.path)
                for feed in feeds
                if own in feed.hubs
            )
            _queue(self.own.queue, news, report)
        pings = (
            HubPing(hub=hub, feed=self.site.url(feed.path))
            for feed in feeds
            for hub in feed.hubs
            if hub != own
        )
        _queue(self.queue, pings, report)


def _queue(
    queue: BulkOutbox, messages: Iterable[HubPing | FeedNews], report: PublishReport
) -> None:
    bodies = list(dict.fromkeys(message.model_dump_json() for message in messages))
    try:
        refused = queue.send_all(bodies)
    except Exception as error:  # noqa: BLE001  # a ping must not fail a publication
        # One queue that fails must not cost the messages of the other one either.
        report.unsent.append(Failure("hub pings", error))
        return
    report.unsent += [Failure("hub pings", UnsentError(reason)) for reason in refused]
    report.announced += len(bodies) - len(refused)


def rebuild_began_item(began: datetime) -> LedgerItem:
    """Return the item that records the start of a rebuild; older changes cause no pings."""
    return LedgerItem(keys.REBUILD_BEGAN, int(began.timestamp()), "{}")


def rebuild_began(ledger: ItemStore) -> datetime:
    """Return when the last rebuild began, long ago if there was none."""
    item = ledger.get(keys.REBUILD_BEGAN)
    return datetime.fromtimestamp(item.revision if item else 0, UTC)
