"""The pages and feeds of a time line and of its archive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.identifiers.slugs import author_slug
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import TopicMonthCount
from gazette.models.ledger.entry import Entry, RevisionEntry, TopicRef
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.site import Site
from gazette.models.views.feed import Feed
from gazette.models.views.list_pages import ListPage, MonthCount
from gazette.models.views.page import (
    Link,
)
from gazette.projections.feeds import event_feeds
from gazette.projections.feeds.feed_size import within_bounds
from gazette.projections.feeds.segments import Segment, SegmentRef
from gazette.projections.feeds.timelines import Timeline
from gazette.projections.items.tombstones import with_deletions
from gazette.projections.pages.event_pages import topic_link
from gazette.projections.pages.frames import (
    authors_link,
    categories_link,
    changes_links,
    feed_links,
    home_link,
    make_frame,
    shown_days,
    topics_link,
)
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
    return ViewKind.HOME if partition == partitions.SITE else ViewKind.LIST


def timeline_page(
    site: Site, partition: Partition, timeline: Timeline, older: SegmentRef | None
) -> ListPage:
    """Make the page of a time line, with its newest entries."""
    folder = paths.timeline_folder(partition)
    title, description = _title(site, partition, timeline.known)
    frame = make_frame(
        site,
        paths.index_path(folder),
        list_kind(partition),
        title=title,
        description=description,
        feeds=feed_links(site, paths.feed_path(folder), title),
        breadcrumb=timeline_breadcrumb(site, partition, title),
        indexed=bool(timeline.entries),
    )
    frame = replace(frame, previous=archive_link(site, folder, older, site.texts("list.older")))
    # The site's own two are in the menu of every page.
    changes = () if partition == partitions.SITE else changes_links(site, partition)
    return ListPage(frame=frame, events=list_events(site, timeline.entries), changes=changes)


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
    shown = {f"{event.date:%Y-%m}" for event in page.events}
    return replace(
        page,
        count=sum(month.count for month in months.values()),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        months=tuple(
            MonthCount(_month_name(site, name), month.count, f"#{name}" if name in shown else None)
            for name, month in sorted(months.items(), reverse=True)
        ),
        related_topics=tuple(
            replace(topic_link(site, other), count=count)
            for other, count in related_topics(topic, timeline.entries)
        ),
    )


def archive_page(
    site: Site,
    partition: Partition,
    segment: Segment,
    entries: Sequence[Entry],
    withdrawn: Sequence[Entry],
) -> ListPage:
    """Make the page of a closed segment, which has these entries; withdrawn ones may name it."""
    folder = paths.timeline_folder(partition)
    title, _ = _title(site, partition, (*entries, *withdrawn))
    oldest, newest = shown_days(site, segment)
    index = Link(site.texts("list.newer"), site.url(f"{paths.index_path(folder)}.html"))
    newer = archive_link(site, folder, segment.newer, site.texts("list.newer")) or index
    frame = make_frame(
        site,
        paths.archive_path(folder, segment.ref.name),
        ViewKind.LIST,
        title=site.texts("archive.title", title=title, oldest=oldest, newest=newest),
        description=site.texts("archive.description", oldest=oldest, newest=newest),
        feeds=feed_links(site, paths.feed_path(folder), title),
        breadcrumb=timeline_breadcrumb(site, partition, title),
    )
    older = archive_link(site, folder, segment.older, site.texts("list.older"))
    return ListPage(
        frame=replace(frame, previous=older, next=newer), events=list_events(site, entries)
    )


def subscription_feed(
    site: Site,
    partition: Partition,
    timeline: Timeline,
    older: SegmentRef | None,
    corrected: Sequence[Entry] = (),
) -> Feed:
    """Make the subscription document of a time line (SPEC P1); ``corrected`` are behind it (T4)."""
    folder = paths.timeline_folder(partition)
    feed = _feed(
        site,
        partition,
        paths.feed_path(folder),
        entries=timeline.entries,
        known=timeline.known,
        updated=timeline.updated,
    )
    feed = replace(feed, corrected=event_feeds.feed_items(site, corrected))
    return replace(within_bounds(feed), previous=archive_address(site, folder, older))


def archive_feed(
    site: Site,
    partition: Partition,
    segment: Segment,
    entries: Sequence[Entry],
    withdrawn: Sequence[Entry],
) -> Feed:
    """Make the archive document of a closed segment, which has no hubs (SPEC P2)."""
    folder = paths.timeline_folder(partition)
    base_path = paths.archive_path(folder, segment.ref.name)
    dates = [entry.updated for entry in (*entries, *withdrawn)]
    newest = max(dates, default=keys.published_of(segment.items[0].key.sort))
    names = (*entries, *withdrawn)
    feed = _feed(site, partition, base_path, entries=tuple(entries), known=names, updated=newest)
    feed = replace(
        feed,
        previous=archive_address(site, folder, segment.older),
        next=archive_address(site, folder, segment.newer),
        current=site.url(paths.feed_path(folder)),
        hubs=(),
    )
    return with_deletions(site, feed, withdrawn)


def _feed(  # noqa: PLR0913  # private: shared by live and archive documents
    site: Site,
    partition: Partition,
    base_path: str,
    *,
    entries: tuple[Entry, ...],
    known: tuple[Entry, ...],
    updated: datetime,
) -> Feed:
    folder = paths.timeline_folder(partition)
    title, description = _title(site, partition, known)
    is_site = partition == partitions.SITE
    return event_feeds.make_feed(
        site,
        tag=site.tag("site") if is_site else site.tag(*folder.rstrip("/").split("/")),
        title=title if is_site else site.texts("feed.title", site=site.title, title=title),
        description=description,
        base_path=base_path,
        home_path=paths.index_path(folder),
        updated=updated,
        items=event_feeds.feed_items(site, entries),
    )


def _title(site: Site, partition: Partition, entries: Iterable[Entry]) -> tuple[str, str]:
    if partition == partitions.SITE:
        return site.title, site.shown_description
    label = topic_of(partition, entries).label
    return label, site.texts("timeline.description", title=label)


def timeline_breadcrumb(site: Site, partition: Partition, title: str) -> tuple[Link, ...]:
    if partition == partitions.SITE:
        return (home_link(site),)
    timeline = Link(title, site.url(f"{paths.index_path(paths.timeline_folder(partition))}.html"))
    return (home_link(site), _INDEXES[partition.kind](site), timeline)


_INDEXES = {
    PartitionKind.TOPIC: topics_link,
    PartitionKind.CATEGORY: categories_link,
    PartitionKind.AUTHOR: authors_link,
}


def _topics(kind: PartitionKind, entry: RevisionEntry) -> tuple[TopicRef, ...]:
    if kind is PartitionKind.TOPIC:
        return entry.topics
    if kind is PartitionKind.AUTHOR:
        return tuple(TopicRef(slug=author_slug(name), label=name) for name in entry.authors)
    return (entry.category,) if entry.category else ()


def archive_link(site: Site, folder: str, segment: SegmentRef | None, text: str) -> Link | None:
    address = archive_address(site, folder, segment)
    return Link(text, f"{address}.html") if address else None


def archive_address(site: Site, folder: str, segment: SegmentRef | None) -> str | None:
    return site.url(paths.archive_path(folder, segment.name)) if segment else None


def _month_name(site: Site, name: str) -> str:
    return site.texts.month_and_year(int(name[:4]), int(name[5:]))
