"""The desks of time lines: a topic or a category, and the whole site."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gazette.models import paths
from gazette.models.contract.schema import contract_schema
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import PartitionKind
from gazette.models.site import Site
from gazette.models.texts import text
from gazette.models.views.site_document import NEVER, Document, document
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.calendar import periods as calendar
from gazette.projections.feeds.update_feeds import with_changes_feeds
from gazette.projections.history.news_time import news_of
from gazette.projections.history.tombstones import with_tombstones
from gazette.projections.pages import timeline_pages
from gazette.projections.pages.frames import make_frame, opml_link
from gazette.projections.topics import topic_counts
from gazette.renderers import sitemaps
from gazette.renderers.json import pages as json_pages
from gazette.renderers.markdown import pages as markdown
from gazette.renderers.pages import html
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.topic.timeline_documents import live_documents, live_paths
from gazette.services.publish.topic.tombstone_reader import TombstoneReader
from gazette.services.publish.updates.update_feeds_builder import changes_held

_MISSING = f"{paths.NOT_FOUND}.html"


@dataclass(frozen=True, slots=True)
class TopicBuilder:
    """Composes what a ``TOPIC`` or ``CATEGORY`` partition publishes."""

    site: Site
    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes
    tombstones: TombstoneReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return live_paths(task.partition)

    def compose(self, task: PublishTask) -> BuildResult:
        partition = task.partition
        subscription = self.archive.subscription(partition)
        timeline, older = subscription.timeline, subscription.closed
        if not (timeline.entries or timeline.deleted):
            return BuildResult()  # nothing has ever stood there, whatever a hint says
        months = list(self.ledger.scan(partition, keys.MONTHS))
        topic = timeline_pages.topic_of(partition, timeline.entries or timeline.deleted)
        page = timeline_pages.timeline_page(self.site, partition, timeline, older)
        page = timeline_pages.with_topic_counts(
            self.site, page, topic, timeline, topic_counts.read_months(months)
        )
        page = with_changes_feeds(self.site, page, changes_held(self.ledger, partition))
        feed = timeline_pages.subscription_feed(self.site, partition, timeline, older)
        withdrawn = self.tombstones.read(partition)
        feed = with_tombstones(self.site, feed, withdrawn)
        follow_ups = [*self.notes.opened(partition, subscription)]
        follow_ups += self.notes.newest(partition, older) if older else []
        if partition.kind is PartitionKind.TOPIC:
            follow_ups.append(topic_counts.topic_record(topic, months))
        documents = tuple(live_documents(partition, page, feed))
        told = (*timeline.entries, *timeline.deleted, *withdrawn)
        return BuildResult(documents, follow_ups=tuple(follow_ups), news=news_of(told))


@dataclass(frozen=True, slots=True)
class SiteBuilder:
    """Composes what ``SITE`` publishes: the home, the feeds, and what depends on no event."""

    site: Site
    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes
    tombstones: TombstoneReader

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        fixtures = (paths.ROBOTS, paths.STYLESHEET, paths.CONTRACT_SCHEMA, _MISSING)
        forms = paths.in_formats(paths.HOME, ("md", "json"))
        return (*live_paths(task.partition), *forms, *fixtures)

    def compose(self, task: PublishTask) -> BuildResult:
        partition = task.partition
        subscription = self.archive.subscription(partition)
        timeline, older = subscription.timeline, subscription.closed
        if not (timeline.entries or timeline.deleted):
            return (
                BuildResult()
            )  # the calendar was quicker to tell of an event than the event itself
        page = timeline_pages.timeline_page(self.site, partition, timeline, older)
        frame = replace(page.frame, feeds=(*page.frame.feeds, opml_link(self.site)))
        page = replace(page, frame=frame, count=self._count())
        page = with_changes_feeds(self.site, page, changes_held(self.ledger, partition))
        withdrawn = self.tombstones.read(partition)
        feed = timeline_pages.subscription_feed(self.site, partition, timeline, older)
        feed = with_tombstones(self.site, feed, withdrawn)
        stored_at = max((entry.at for entry in (*timeline.entries, *withdrawn)), default=None)
        follow_ups = [*self.notes.opened(partition, subscription)]
        follow_ups += self.notes.newest(partition, older) if older else []
        # Every page leads to the index of topics, so it must be there before there is a topic.
        follow_ups.append(LedgerItem(keys.rebuild_request_key(keys.TOPICS, "SITE"), 1, "{}"))
        documents = (
            *live_documents(partition, page, feed),
            document(f"{paths.HOME}.md", markdown.render_list_markdown(page)),
            document(f"{paths.HOME}.json", json_pages.render_list_json(page)),
            *self._fixtures(),
        )
        news = news_of((*timeline.entries, *timeline.deleted, *withdrawn))
        return BuildResult(documents, follow_ups=tuple(follow_ups), stored_at=stored_at, news=news)

    def _count(self) -> int:
        years = calendar.period_counts(self.ledger.scan(keys.CALENDAR, keys.AGGREGATE))
        return sum(year.count for year in years.values())

    def _fixtures(self) -> Iterator[Document]:
        yield document(paths.STYLESHEET, html.stylesheet())
        maps = [self.site.url(path) for path in (paths.SITEMAP, paths.NEWS_SITEMAP)]
        yield document(paths.ROBOTS, sitemaps.render_robots(maps))
        yield document(paths.CONTRACT_SCHEMA, contract_schema(self.site.url(paths.CONTRACT_SCHEMA)))
        frame = make_frame(
            self.site,
            paths.NOT_FOUND,
            title=text("missing.title"),
            description="",
            formats=(),
            indexed=False,
        )
        yield document(_MISSING, html.render_missing(frame), cache_control=NEVER)
