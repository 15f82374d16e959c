"""An audit of the site: which documents stand there though nothing in the ledger publishes them.

They are told and not removed: whoever put them there may want them, and what Gazette itself has
published it also takes away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition, PartitionKind
from gazette.models.routes import route_of
from gazette.models.work.reconciliation import AuditWork, ReconcileCounts
from gazette.models.work.tasks import PublishTask, TaskKind, published_prefixes, tasks_for
from gazette.ports import Ledger, SiteListing
from gazette.services.publish.site_writer import Builder
from gazette.services.reconcile.source import HasTime

_PATHS_A_STEP = 500
_MOST_NAMED = 20
# These are published one by one, each under a name of its own; all else by the partition.
_ONE_BY_ONE = frozenset({keys.REVISION, keys.SEGMENT})


@dataclass(frozen=True, slots=True)
class SiteAuditor:
    """Asks of every document whether a desk would publish it or take it away."""

    ledger: Ledger
    listing: SiteListing
    builders: Mapping[TaskKind, Builder]

    def audit(self, work_item: AuditWork, has_time: HasTime) -> tuple[AuditWork, list[str]]:
        """Go on through the site as long as there is time, and return what nobody claims."""
        found: list[str] = []
        looked = 0
        after, is_done = work_item.after, True
        listed = (path for path, _ in self.listing.list_documents(work_item.after))
        while step := list(islice(listed, _PATHS_A_STEP)):
            found += self._orphans(step)
            after, looked = step[-1], looked + len(step)
            if not has_time():
                is_done = False
                break
        counts = work_item.counts + ReconcileCounts(audited=looked, orphans=len(found))
        named = (*work_item.orphans, *found)[:_MOST_NAMED]
        further = {"after": "" if is_done else after, "is_done": is_done, "orphans": named}
        return work_item.model_copy(update=further | {"counts": counts}), found

    def _orphans(self, step: list[str]) -> list[str]:
        """Return the unclaimed of some paths, in their order."""
        owned: dict[Partition, set[str]] = {}
        for path in step:
            owned.setdefault(route_of(path), set()).add(path)
        left = {path for owner, paths in owned.items() for path in self._left(owner, paths)}
        return [path for path in step if path in left]

    def _left(self, owner: Partition, paths: set[str]) -> set[str]:
        """Take away what the owner claims; most claim all in what they are asked for first."""
        for claimed in self._claims(owner):
            paths = paths.difference(claimed)
            if not paths:
                break
        return paths

    def _claims(self, owner: Partition) -> Iterator[tuple[str, ...]]:
        partition = self._event(owner) if owner.kind is PartitionKind.PATH else owner
        if partition is None:
            return
        done: set[PublishTask] = set()
        for task in (task for item_key in self._places(partition) for task in tasks_for(item_key)):
            if task not in done and not _is_of_segments_entry(task):
                done.add(task)
                yield self.builders[task.kind].paths(task)

    def _event(self, owner: Partition) -> Partition | None:
        claim = self.ledger.get(ItemKey(owner, keys.CLAIM))
        return keys.event_partition(claim.payload) if claim else None

    def _places(self, partition: Partition) -> Iterator[ItemKey]:
        """Yield a place of each kind that publishes something, and all that do so one by one."""
        for prefix in published_prefixes(partition.kind):
            records = self.ledger.newest(partition, prefix)
            most = None if prefix in _ONE_BY_ONE else 1
            yield from (record.key for record in islice(records, most))


def _is_of_segments_entry(task: PublishTask) -> bool:
    """An entry does not tell the name of its segment; the note of the segment does."""
    return task.kind is TaskKind.SEGMENT and not task.sort.startswith(keys.SEGMENT)
