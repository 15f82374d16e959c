"""The pages of updates and of corrections of a time line, and of their archives (SPEC S10)."""

from collections.abc import Sequence
from dataclasses import replace

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import partitions
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.update import TimelineHead, UpdateEntry
from gazette.models.site import Site
from gazette.models.views.list_pages import ChangesPage
from gazette.models.views.page import (
    Link,
    PageFrame,
)
from gazette.projections.feeds.segments import Segment, SegmentRef
from gazette.projections.feeds.update_feeds import changes_description, changes_title, update_items
from gazette.projections.pages.frames import feed_links, make_frame, shown_days
from gazette.projections.pages.timeline_pages import archive_link, timeline_breadcrumb, topic_of


def changes_page(
    site: Site,
    partition: Partition,
    head: TimelineHead | None,
    updates: Sequence[UpdateEntry],
    older: SegmentRef | None,
) -> ChangesPage:
    """Make the page that shows what the live feed of updates or corrections shows."""
    base_path = paths.changes_page_path(partition)
    title = changes_title(site, partition, head, updates)
    frame = _frame(site, partition, base_path, title, _label(partition, head, updates))
    link = archive_link(site, paths.archive_folder(partition), older, site.texts("changes.older"))
    return ChangesPage(
        replace(frame, previous=link),
        update_items(site, updates),
        site.texts(f"{partition.kind.lower()}.empty"),
    )


def changes_archive_page(
    site: Site,
    partition: Partition,
    segment: Segment,
    updates: Sequence[UpdateEntry],
) -> ChangesPage:
    """Make the page of a closed segment, which has these updates."""
    folder = paths.archive_folder(partition)
    oldest, newest = shown_days(site, segment)
    title = site.texts(
        "archive.title",
        title=changes_title(site, partition, None, updates),
        oldest=oldest,
        newest=newest,
    )
    base_path = paths.archive_path(folder, segment.ref.name)
    frame = _frame(site, partition, base_path, title, _label(partition, None, updates))
    index = Link(
        site.texts("changes.newer"), site.url(f"{paths.changes_page_path(partition)}.html")
    )
    older, newer = (
        archive_link(site, folder, neighbour, site.texts(name))
        for neighbour, name in (
            (segment.older, "changes.older"),
            (segment.newer, "changes.newer"),
        )
    )
    frame = replace(frame, previous=older, next=newer or index)
    return ChangesPage(
        frame, update_items(site, updates), site.texts(f"{partition.kind.lower()}.empty")
    )


def _frame(site: Site, partition: Partition, base_path: str, title: str, label: str) -> PageFrame:
    timeline = partitions.timeline_of(partition)
    live = paths.changes_page_path(partition)
    name = site.texts(f"section.{partition.kind.lower()}")
    return make_frame(
        site,
        base_path,
        ViewKind.CHANGES,
        title=title,
        description=changes_description(site, partition),
        feeds=feed_links(site, paths.changes_path(partition), title),
        breadcrumb=(
            *timeline_breadcrumb(site, timeline, label),
            Link(name, site.url(f"{live}.html")),
        ),
    )


def _label(partition: Partition, head: TimelineHead | None, updates: Sequence[UpdateEntry]) -> str:
    return head.label if head else topic_of(partitions.timeline_of(partition), updates).label
