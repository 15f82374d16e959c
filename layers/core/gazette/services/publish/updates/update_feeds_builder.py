"""The feeds of updates and of corrections of a time line."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.ledger.update import UpdateEntry, read_update
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.feeds.update_feeds import changes_feed
from gazette.projections.history.news_time import news_of
from gazette.services.publish.builder import ViewBuilder


@dataclass(frozen=True, slots=True)
class UpdateFeedsBuilder(ViewBuilder[list[UpdateEntry]]):
    """Builds the feed of an ``UPDATES`` or ``CORRECTIONS`` partition from its newest entries."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.site.paths(ViewKind.FEED, paths.changes_path(task.partition))

    def load(self, task: PublishTask) -> list[UpdateEntry] | None:
        newest = islice(self.ledger.newest(task.partition, keys.CHANGE), self.site.feed_entries)
        return [read_update(item.payload) for item in newest] or None

    def build(self, task: PublishTask, updates: list[UpdateEntry]) -> BuildResult:
        feed = changes_feed(self.site, task.partition, updates)
        view = View(ViewKind.FEED, paths.changes_path(task.partition), feed=feed)
        return BuildResult(views=(view,), news=news_of(updates))


def partitions_with_changes(ledger: Ledger, timeline: Partition) -> Iterator[Partition]:
    """Yield the partitions of updates and corrections of a time line that hold any."""
    for partition in (keys.updates_partition(timeline), keys.corrections_partition(timeline)):
        # Every correction is an update too, so without updates there are no corrections.
        if next(ledger.after(ItemKey(partition, keys.CHANGE), 1), None) is None:
            return
        yield partition
