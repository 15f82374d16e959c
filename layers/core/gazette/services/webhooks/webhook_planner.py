"""Plans what webhooks hear of: the revisions of a published batch that are news, and erasures.

A failure here never fails the publication.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gazette.models import paths
from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Revision
from gazette.models.limits import MAX_WEBHOOK_BYTES
from gazette.models.product import HUB_PING_AGE
from gazette.models.site import Site
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import Failure, PublishReport
from gazette.models.views.feed import FeedItem
from gazette.models.webhooks.messages import RevisionNews, WebhookMessage
from gazette.models.webhooks.webhook import WebhookKind, kind_of
from gazette.ports import BulkOutbox, Clock, Ledger
from gazette.projections.feeds.event_feeds import page_item
from gazette.renderers.feeds.json_feed import json_feed_item
from gazette.services.announce.hub_ping_planner import UnsentError, rebuild_began
from gazette.services.publish.batch import failed_records, records_not_begun
from gazette.services.publish.event.revisions import without_missing_image
from gazette.services.publish.images.event_images import read_text_images, with_text_images
from gazette.services.source.document_reader import DocumentReader
from gazette.services.webhooks.ports import MessageStore


@dataclass(frozen=True, slots=True)
class WebhookPlanner:
    """Stores what webhooks are sent of a revision, and queues that there is something.

    A rebuild and the same bytes again record no revision, so nothing is sent for them.
    """

    site: Site
    ledger: Ledger
    documents: DocumentReader
    messages: MessageStore
    queue: BulkOutbox
    clock: Clock

    def plan(self, records: Sequence[StreamRecord], report: PublishReport) -> None:
        """Plan for a published batch; the report lists what could not be queued.

        What failed is planned when it was published.
        """
        try:
            left_out = {*failed_records(records, report), *records_not_begun(records, report)}
            done = dict.fromkeys(one.key for one in records if one.identifier not in left_out)
            self._queue(list(self._news(list(done))), report)
        except Exception as error:  # noqa: BLE001  # a message must not fail a publication
            # The documents are written, so nothing may fail the batch now: the stream would
            # publish it again. The error is logged and counted.
            report.unsent.append(Failure("webhooks", error))

    def _news(self, item_keys: Sequence[keys.ItemKey]) -> Iterator[str]:
        found = [key for key in item_keys if key.sort.startswith(keys.REVISION)]
        if not found:
            return
        oldest = max(self.clock() - HUB_PING_AGE, rebuild_began(self.ledger))
        for key in found:
            item = self.ledger.get(key)
            revision = Revision.model_validate_json(item.payload) if item else None
            kind = kind_of(revision.entry) if revision else None
            if not revision or not kind:
                continue
            erased = revision.entry.erased
            news_at = erased.at if erased else revision.entry.news_at
            is_news = news_at is not None and news_at > oldest
            if is_news or erased:  # what was erased must leave the store, however late
                message = self._message(revision, kind)
                self.messages.offer(message)
            if is_news:
                yield RevisionNews(
                    event_id=message.event_id,
                    number=message.number,
                    identifier=message.identifier,
                ).model_dump_json()

    def _message(self, revision: Revision, kind: WebhookKind) -> WebhookMessage:
        entry = revision.entry
        at = entry.erased.at if entry.erased else entry.at
        return WebhookMessage(
            event_id=entry.event_id,
            number=entry.number,
            kind=kind,
            at=at,
            topics=self._topics(revision),
            erasures=revision.erasures,
            body=self._body(kind.event_type, rfc3339(at), self._item(revision)),
        )

    def _topics(self, revision: Revision) -> tuple[str, ...]:
        """Return the slugs of the topics of a revision and of the one before it."""
        entry = revision.entry
        before = self.ledger.get(keys.revision_key(entry.event_id, entry.number - 1))
        entries = [Revision.model_validate_json(before.payload).entry] if before else []
        return tuple(dict.fromkeys(one.slug for each in (entry, *entries) for one in each.topics))

    def _item(self, revision: Revision) -> FeedItem:
        document = self.documents.read_published(revision)
        in_text = read_text_images(self.ledger, self.site, revision, document)
        shown = with_text_images(without_missing_image(self.ledger, revision), in_text)
        return page_item(self.site, shown, document)

    def _body(self, event_type: str, at: str, item: FeedItem) -> str:
        """Return the message as JSON; a long one has the summary instead of the full text."""
        about = self.site.url(paths.CONTRACT_SCHEMA)
        fields = {"type": event_type, "timestamp": at, "data": json_feed_item(item, about)}
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        if len(body.encode()) > MAX_WEBHOOK_BYTES and item.content_html:
            return self._body(event_type, at, replace(item, content_html=None, content_text=""))
        return body

    def _queue(self, bodies: Sequence[str], report: PublishReport) -> None:
        refused = self.queue.send_all(bodies) if bodies else ()
        report.unsent += [Failure("webhooks", UnsentError(reason)) for reason in refused]
        report.webhook_news += len(bodies) - len(refused)
