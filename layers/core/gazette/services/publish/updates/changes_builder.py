"""The feeds and the page of the updates, or of the corrections, of a time line."""

from dataclasses import dataclass, field

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.update import TimelineHead, UpdateEntry, read_update
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.feeds.segments import Segment, SegmentRef, live_items
from gazette.projections.feeds.update_feeds import changes_archive_feed, changes_feed
from gazette.projections.history.news_time import news_of
from gazette.projections.pages.changes_pages import changes_archive_page, changes_page
from gazette.services.publish.archive.archive_reader import ArchiveReader
from gazette.services.publish.archive.segment_notes import SegmentNotes
from gazette.services.publish.builder import ViewBuilder


@dataclass(frozen=True, slots=True)
class LoadedChanges:
    """The newest updates or corrections, newest first, and the closed segment behind them.

    ``head`` names their time line; a ledger of an older release has none yet.
    """

    head: TimelineHead | None
    updates: tuple[UpdateEntry, ...]
    closed: SegmentRef | None
    notes: tuple[Replacement, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class ChangesBuilder(ViewBuilder[LoadedChanges]):
    """Builds what an ``UPDATES`` or ``CORRECTIONS`` partition publishes, but for its archive.

    The time line requests it when it is first published. So feeds and page exist before the first
    update, and every page can link to them (SPEC P7, S10).
    """

    site: Site
    ledger: Ledger
    archive: ArchiveReader
    notes: SegmentNotes

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        page = self.site.paths(ViewKind.CHANGES, paths.changes_page_path(task.partition))
        return (*page, *self.site.paths(ViewKind.FEED, paths.changes_path(task.partition)))

    def load(self, task: PublishTask) -> LoadedChanges | None:
        partition = task.partition
        head = self.ledger.get(keys.timeline_head_key(partition))
        subscription = self.archive.subscription(partition)
        if head is None and not subscription.items:
            return None
        closed = subscription.closed
        return LoadedChanges(
            TimelineHead.model_validate_json(head.payload) if head else None,
            tuple(read_update(item.payload) for item in subscription.items),
            closed,
            tuple(self.notes.newest(partition, closed)) if closed else (),
        )

    def build(self, task: PublishTask, loaded: LoadedChanges) -> BuildResult:
        partition, shown = task.partition, (loaded.head, loaded.updates, loaded.closed)
        page = changes_page(self.site, partition, *shown)
        feed = changes_feed(self.site, partition, *shown)
        return BuildResult(
            views=(
                View(ViewKind.CHANGES, paths.changes_page_path(partition), page=page),
                View(ViewKind.FEED, paths.changes_path(partition), feed=feed),
            ),
            replacements=loaded.notes,
            news=news_of(loaded.updates),
        )


def archive_views(
    site: Site, partition: Partition, base_path: str, segment: Segment
) -> tuple[View, View]:
    """Return the views of a closed segment of updates or corrections."""
    shown = (segment, [read_update(item.payload) for item in live_items(segment.items)])
    return (
        View(ViewKind.CHANGES, base_path, page=changes_archive_page(site, partition, *shown)),
        View(ViewKind.FEED, base_path, feed=changes_archive_feed(site, partition, *shown)),
    )
