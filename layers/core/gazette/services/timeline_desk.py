"""The desks of time lines: a topic or a category, and the whole site."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gazette.models import keys, paths
from gazette.models.assignments import Assignment
from gazette.models.contract import contract_schema
from gazette.models.edition import Edition
from gazette.models.keys import PartitionKind
from gazette.models.publication import NEVER, Document, document
from gazette.models.record import Record
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import calendar, tallies, timeline_pages
from gazette.projections.announcements import news_of
from gazette.projections.frames import make_frame, opml_link
from gazette.projections.tombstones import with_tombstones
from gazette.projections.update_feeds import with_changes_feeds
from gazette.renderers import html, json_pages, markdown, sitemaps
from gazette.services.archive_reader import ArchiveReader
from gazette.services.segment_notes import SegmentNotes
from gazette.services.timeline_documents import live_documents, live_paths
from gazette.services.tombstone_reader import TombstoneReader
from gazette.services.updates_desk import changes_held

_MISSING = f"{paths.NOT_FOUND}.html"


@dataclass(frozen=True, slots=True)
class TopicDesk:
    """Composes what a ``TOPIC`` or ``CATEGORY`` partition publishes."""

    site: Site
    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes
    tombstones: TombstoneReader

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        return live_paths(assignment.partition)

    def compose(self, assignment: Assignment) -> Edition:
        partition = assignment.partition
        subscription = self.archive.subscription(partition)
        timeline, older = subscription.timeline, subscription.closed
        if not (timeline.entries or timeline.departed):
            return Edition()  # nothing has ever stood there, whatever a hint says
        months = list(self.ledger.scan(partition, keys.MONTHS))
        topic = timeline_pages.topic_of(partition, timeline.entries or timeline.departed)
        page = timeline_pages.timeline_page(self.site, partition, timeline, older)
        page = timeline_pages.with_tallies(
            self.site, page, topic, timeline, tallies.read_months(months)
        )
        page = with_changes_feeds(self.site, page, changes_held(self.ledger, partition))
        feed = timeline_pages.subscription_feed(self.site, partition, timeline, older)
        withdrawn = self.tombstones.read(partition)
        feed = with_tombstones(self.site, feed, withdrawn)
        marks = [*self.notes.opened(partition, subscription)]
        marks += self.notes.newest(partition, older) if older else []
        if partition.kind is PartitionKind.TOPIC:
            marks.append(tallies.topic_record(topic, months))
        documents = tuple(live_documents(partition, page, feed))
        told = (*timeline.entries, *timeline.departed, *withdrawn)
        return Edition(documents, marks=tuple(marks), news=news_of(told))


@dataclass(frozen=True, slots=True)
class SiteDesk:
    """Composes what ``SITE`` publishes: the home, the feeds, and what depends on no event."""

    site: Site
    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes
    tombstones: TombstoneReader

    def paths(self, assignment: Assignment) -> tuple[str, ...]:
        fixtures = (paths.ROBOTS, paths.STYLESHEET, paths.CONTRACT_SCHEMA, _MISSING)
        forms = paths.in_formats(paths.HOME, ("md", "json"))
        return (*live_paths(assignment.partition), *forms, *fixtures)

    def compose(self, assignment: Assignment) -> Edition:
        partition = assignment.partition
        subscription = self.archive.subscription(partition)
        timeline, older = subscription.timeline, subscription.closed
        if not (timeline.entries or timeline.departed):
            return Edition()  # the calendar was quicker to tell of an event than the event itself
        page = timeline_pages.timeline_page(self.site, partition, timeline, older)
        frame = replace(page.frame, feeds=(*page.frame.feeds, opml_link(self.site)))
        page = replace(page, frame=frame, count=self._count())
        page = with_changes_feeds(self.site, page, changes_held(self.ledger, partition))
        withdrawn = self.tombstones.read(partition)
        feed = timeline_pages.subscription_feed(self.site, partition, timeline, older)
        feed = with_tombstones(self.site, feed, withdrawn)
        stored_at = max((entry.at for entry in (*timeline.entries, *withdrawn)), default=None)
        marks = [*self.notes.opened(partition, subscription)]
        marks += self.notes.newest(partition, older) if older else []
        # Every page leads to the index of topics, so it must be there before there is a topic.
        marks.append(Record(keys.nudge_place(keys.TOPICS, "SITE"), 1, "{}"))
        documents = (
            *live_documents(partition, page, feed),
            document(f"{paths.HOME}.md", markdown.render_list_markdown(page)),
            document(f"{paths.HOME}.json", json_pages.render_list_json(page)),
            *self._fixtures(),
        )
        news = news_of((*timeline.entries, *timeline.departed, *withdrawn))
        return Edition(documents, marks=tuple(marks), stored_at=stored_at, news=news)

    def _count(self) -> int:
        years = calendar.period_figures(self.ledger.scan(keys.CALENDAR, keys.ROLLUP))
        return sum(year.count for year in years.values())

    def _fixtures(self) -> Iterator[Document]:
        yield document(paths.STYLESHEET, html.stylesheet())
        maps = [self.site.url(path) for path in (paths.SITEMAP, paths.NEWS_SITEMAP)]
        yield document(paths.ROBOTS, sitemaps.render_robots(maps))
        yield document(paths.CONTRACT_SCHEMA, contract_schema(self.site.url(paths.CONTRACT_SCHEMA)))
        frame = make_frame(
            self.site, paths.NOT_FOUND, title="Not found", description="", formats=(), indexed=False
        )
        yield document(_MISSING, html.render_missing(frame), cache_control=NEVER)
