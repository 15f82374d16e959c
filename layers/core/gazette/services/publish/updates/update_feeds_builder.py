"""The desk of updates and corrections: what became of the events of a time line, as feeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.ledger.update import read_update
from gazette.models.site import Site
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.feeds.update_feeds import changes_feed
from gazette.projections.history.news_time import news_of
from gazette.services.publish.topic.timeline_documents import feed_documents


@dataclass(frozen=True, slots=True)
class UpdateFeedsBuilder:
    """Composes what an ``UPDATES`` or ``CORRECTIONS`` partition publishes: its newest, as feeds."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return paths.in_formats(paths.changes_path(task.partition), paths.FEED_FORMATS)

    def compose(self, task: PublishTask) -> BuildResult:
        partition = task.partition
        records = islice(self.ledger.newest(partition, keys.CHANGE), self.site.feed_entries)
        updates = [read_update(record.payload) for record in records]
        if not updates:
            return BuildResult()
        feed = changes_feed(self.site, partition, updates)
        documents = tuple(feed_documents(paths.changes_path(partition), feed))
        return BuildResult(documents, news=news_of(updates))


def changes_held(ledger: Ledger, timeline: Partition) -> Iterator[Partition]:
    """Return where there are updates and corrections of a time line; most have none."""
    for partition in (keys.updates_partition(timeline), keys.corrections_partition(timeline)):
        # A correction is an update too, so that without updates there is nothing more to look for.
        if next(ledger.after(ItemKey(partition, keys.CHANGE), 1), None) is None:
            return
        yield partition
