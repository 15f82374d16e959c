"""Plans what search engines hear of: the pages of events that a batch has changed (IndexNow).

A failure here never fails the publication.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.former_path import FormerPath
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import Revision
from gazette.models.limits import MAX_PAGES_A_MESSAGE
from gazette.models.product import HUB_PING_AGE
from gazette.models.site import Site
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.page_news import PageNews
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.ports import BulkOutbox, Clock, ItemStore
from gazette.services.announce.hub_ping_planner import UnsentError, rebuild_began

# The page of an event, and of nothing else: a slug has no dot.
_EVENT_PAGE = re.compile(r"news/\d+/\d+/\d+/(?!index\.)[^/.]+\.html")


@dataclass(frozen=True, slots=True)
class PageNewsPlanner:
    """Queues the addresses of changed pages, if the site has a key of IndexNow.

    A page counts if its bytes have changed because of a new revision of its own event. So neither a
    rebuild nor a new neighbour is news. A page that was removed always counts.
    """

    site: Site
    ledger: ItemStore
    queue: BulkOutbox
    clock: Clock

    def plan(self, records: Sequence[StreamRecord], report: PublishReport) -> None:
        """Queue the pages of a published batch; the report lists what could not be queued."""
        if not self.site.index_now_key:
            return
        try:
            self._send(sorted(self._pages(records, report)), report)
        except Exception as error:  # noqa: BLE001  # a message must not fail a publication
            # The documents are written, so nothing may fail the batch now: the stream would
            # publish it again. The error is logged and counted.
            report.unsent.append(Failure("page news", error))

    def _pages(self, records: Sequence[StreamRecord], report: PublishReport) -> set[str]:
        removed = {path for path in report.removed if _EVENT_PAGE.fullmatch(path)}
        written = {path for path in report.written if _EVENT_PAGE.fullmatch(path)}
        if not written:
            return removed
        oldest = max(self.clock() - HUB_PING_AGE, rebuild_began(self.ledger))
        item_keys = dict.fromkeys(record.key for record in records)
        return removed.union(
            f"{base_path}.html"
            for item_key in item_keys
            for base_path, entry in self._shown(item_key)
            if max(entry.at, entry.changed) > oldest and f"{base_path}.html" in written
        )

    def _shown(self, item_key: ItemKey) -> Iterator[tuple[str, Entry]]:
        """Yield the pages that a changed item shows, each with the revision behind it."""
        if item_key.sort.startswith(keys.REVISION):
            for entry in self._entry(item_key):
                yield entry.base_path, entry
                yield entry.first_path, entry
        if item_key.sort.startswith(keys.FORMER):
            item = self.ledger.get(item_key)
            if item and not item.deleted:
                number = FormerPath.model_validate_json(item.payload).number
                for entry in self._entry(keys.revision_key(item_key.partition.name, number)):
                    yield item_key.sort.removeprefix(keys.FORMER), entry

    def _entry(self, item_key: ItemKey) -> Iterator[Entry]:
        if item := self.ledger.get(item_key):
            yield Revision.model_validate_json(item.payload).entry

    def _send(self, pages: Sequence[str], report: PublishReport) -> None:
        urls = [self.site.url(path) for path in pages]
        bodies = [
            PageNews(pages=tuple(urls[start : start + MAX_PAGES_A_MESSAGE])).model_dump_json()
            for start in range(0, len(urls), MAX_PAGES_A_MESSAGE)
        ]
        refused = self.queue.send_all(bodies) if bodies else ()
        report.unsent += [Failure("page news", UnsentError(reason)) for reason in refused]
        report.pages_queued += len(pages)
