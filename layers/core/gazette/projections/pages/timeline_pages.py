"""The pages and feeds of a time line and of its archive."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicMonthCount
from gazette.models.ledger.entry import Entry, RevisionEntry, TopicRef
from gazette.models.ledger.keys import Partition, PartitionKind
from gazette.models.site import Site
from gazette.models.texts import month_name, text
from gazette.models.views.feed import Feed
from gazette.models.views.page import Link, ListPage, MonthCount
from gazette.projections.feeds import event_feeds
from gazette.projections.feeds.feed_size import within_bounds
from gazette.projections.feeds.segments import Segment, SegmentRef
from gazette.projections.feeds.timelines import Timeline
from gazette.projections.pages.event_pages import topic_link
from gazette.projections.pages.frames import feed_links, home_link, make_frame, topics_link
from gazette.projections.pages.lists import list_events
from gazette.projections.topics.topic_counts import related_topics


def topic_of(partition: Partition, entries: Iterable[RevisionEntry]) -> TopicRef:
    """Return a topic with its label in the newest of these entries, or else its slug."""
    for entry in entries:
        for topic in _topics(partition.kind, entry):
            if topic.slug == partition.name:
                return topic
    return TopicRef(slug=partition.name, label=partition.name)


def list_kind(partition: Partition) -> ViewKind:
    """Return what the page of a time line is: the home has more formats than a topic."""
    return ViewKind.HOME if partition == keys.SITE else ViewKind.LIST


def timeline_page(
    site: Site, partition: Partition, timeline: Timeline, older: SegmentRef | None
) -> ListPage:
    """Make the page of a time line, with its newest entries."""
    folder = paths.timeline_folder(partition)
    title, description = _title(site, partition, timeline.entries or timeline.deleted)
    frame = make_frame(
        site,
        paths.index_path(folder),
        list_kind(partition),
        title=title,
        description=description,
        feeds=feed_links(site, paths.feed_path(folder), title),
        breadcrumb=_breadcrumb(site, partition, title),
        indexed=bool(timeline.entries),
    )
    frame = replace(frame, previous=_archive_link(site, folder, older, text("list.older")))
    return ListPage(frame=frame, events=list_events(site, timeline.entries))


def with_topic_counts(
    site: Site,
    page: ListPage,
    topic: TopicRef,
    timeline: Timeline,
    months: Mapping[str, TopicMonthCount],
) -> ListPage:
    """Add the counts of a whole topic, and its related topics."""
    firsts = [month.first for month in months.values() if month.first]
    lasts = [month.last for month in months.values() if month.last]
    return replace(
        page,
        count=sum(month.count for month in months.values()),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        months=tuple(
            MonthCount(_month_name(name), month.count)
            for name, month in sorted(months.items(), reverse=True)
        ),
        related_topics=tuple(
            replace(topic_link(site, other), count=count)
            for other, count in related_topics(topic, timeline.entries)
        ),
    )


def archive_page(site: Site, partition: Partition, segment: Segment) -> ListPage:
    """Make the page of a closed segment."""
    folder = paths.timeline_folder(partition)
    title, _ = _title(site, partition, segment.entries)
    oldest, newest = segment.entries[-1].published.date(), segment.entries[0].published.date()
    index = Link(text("list.newer"), site.url(f"{paths.index_path(folder)}.html"))
    newer = _archive_link(site, folder, segment.newer, text("list.newer")) or index
    frame = make_frame(
        site,
        paths.archive_path(folder, segment.ref.name),
        ViewKind.LIST,
        title=text("archive.title", title=title, oldest=oldest, newest=newest),
        description=text("archive.description", oldest=oldest, newest=newest),
        feeds=feed_links(site, paths.feed_path(folder), title),
        breadcrumb=_breadcrumb(site, partition, title),
    )
    older = _archive_link(site, folder, segment.older, text("list.older"))
    return ListPage(
        frame=replace(frame, previous=older, next=newer), events=list_events(site, segment.entries)
    )


def subscription_feed(
    site: Site, partition: Partition, timeline: Timeline, older: SegmentRef | None
) -> Feed:
    """Make the subscription document of a time line (SPEC P1)."""
    folder = paths.timeline_folder(partition)
    feed = _feed(site, partition, paths.feed_path(folder), timeline)
    return replace(within_bounds(feed), previous=_archive_address(site, folder, older))


def archive_feed(site: Site, partition: Partition, segment: Segment) -> Feed:
    """Make the archive document of a closed segment, which has no hubs (SPEC P2)."""
    folder = paths.timeline_folder(partition)
    base_path = paths.archive_path(folder, segment.ref.name)
    feed = _feed(site, partition, base_path, Timeline(segment.entries, ()))
    return replace(
        feed,
        previous=_archive_address(site, folder, segment.older),
        next=_archive_address(site, folder, segment.newer),
        current=site.url(paths.feed_path(folder)),
        hubs=(),
    )


def _feed(site: Site, partition: Partition, base_path: str, timeline: Timeline) -> Feed:
    folder = paths.timeline_folder(partition)
    title, description = _title(site, partition, timeline.entries or timeline.deleted)
    is_site = partition == keys.SITE
    return event_feeds.make_feed(
        site,
        tag=site.tag("site") if is_site else site.tag(*folder.rstrip("/").split("/")),
        title=title if is_site else text("feed.title", site=site.title, title=title),
        description=description,
        base_path=base_path,
        home_path=paths.index_path(folder),
        updated=timeline.updated,
        items=event_feeds.feed_items(site, timeline.entries),
    )


def _title(site: Site, partition: Partition, entries: Iterable[Entry]) -> tuple[str, str]:
    if partition == keys.SITE:
        return site.title, site.description
    label = topic_of(partition, entries).label
    return label, text("timeline.description", title=label)


def _breadcrumb(site: Site, partition: Partition, title: str) -> tuple[Link, ...]:
    if partition == keys.SITE:
        return (home_link(site),)
    timeline = Link(title, site.url(f"{paths.index_path(paths.timeline_folder(partition))}.html"))
    index = (topics_link(site),) if partition.kind is PartitionKind.TOPIC else ()
    return (home_link(site), *index, timeline)


def _topics(kind: PartitionKind, entry: RevisionEntry) -> tuple[TopicRef, ...]:
    if kind is PartitionKind.TOPIC:
        return entry.topics
    return (entry.category,) if entry.category else ()


def _archive_link(site: Site, folder: str, segment: SegmentRef | None, text: str) -> Link | None:
    address = _archive_address(site, folder, segment)
    return Link(text, f"{address}.html") if address else None


def _archive_address(site: Site, folder: str, segment: SegmentRef | None) -> str | None:
    return site.url(paths.archive_path(folder, segment.name)) if segment else None


def _month_name(name: str) -> str:
    return text("date.month_and_year", month=month_name(int(name[5:])), year=int(name[:4]))
