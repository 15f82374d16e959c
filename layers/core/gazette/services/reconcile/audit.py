"""Audit: finds orphans, documents of the site that nothing in the ledger publishes.

They are reported and not removed: somebody else may have put them there, and Gazette removes its
own documents when they are withdrawn.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gazette.models.contract.identity import STATIC
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.event_check import digest_of_documents
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.limits import MAX_NAMED_ORPHANS, MAX_PATHS_A_STEP
from gazette.models.routes import route_of
from gazette.models.tasks.reconciliation import AuditWork, ReconcileCounts
from gazette.models.tasks.tasks import PublishTask, TaskKind, published_prefixes, tasks_for
from gazette.ports import HasTime, Ledger, SiteListing
from gazette.services.publish.composer import Composer
from gazette.services.reconcile.event_checks import EventChecks

# Each of these items publishes documents of its own; the others publish those of their partition.
_WITH_OWN_DOCUMENTS = frozenset({keys.REVISION, keys.FORMER, keys.SEGMENT})


@dataclass(frozen=True, slots=True)
class SiteAuditor:
    """Checks for every document that a builder would publish or remove it."""

    ledger: Ledger
    listing: SiteListing
    builders: Mapping[TaskKind, Composer]
    checks: EventChecks | None = None

    def audit(self, work_item: AuditWork, has_time: HasTime) -> tuple[AuditWork, list[str]]:
        """Audit the site while there is time; return the advanced work item and the orphans."""
        found: list[str] = []
        looked = 0
        after, is_done = work_item.after, True
        for step in _steps(self.listing.list_documents(work_item.after)):
            found += self._orphans(step)
            after, looked = list(step)[-1], looked + len(step)
            if not has_time():
                is_done = False
                break
        counts = work_item.counts + ReconcileCounts(audited=looked, orphans=len(found))
        named = (*work_item.orphans, *found)[:MAX_NAMED_ORPHANS]
        further = {"after": "" if is_done else after, "is_done": is_done, "orphans": named}
        return work_item.model_copy(update=further | {"counts": counts}), found

    def _orphans(self, step: Mapping[str, str]) -> list[str]:
        """Return the orphans among some paths with their ETags, in their order."""
        routed: dict[Partition, set[str]] = {}
        for path in step:
            routed.setdefault(route_of(path), set()).add(path)
        checked = self._checked(routed, step)
        orphans = {
            path
            for route, some in routed.items()
            if route not in checked
            for path in self._without_builder(route, some)
        }
        return [path for path in step if path in orphans]

    def _checked(
        self, routed: Mapping[Partition, Iterable[str]], etags: Mapping[str, str]
    ) -> set[Partition]:
        """Return the routes whose documents a full check of their event knew, with these ETags."""
        claims = [ItemKey(r, keys.CLAIM) for r in routed if r.kind is PartitionKind.PATH]
        if self.checks is None or not claims:
            return set()
        found = self.checks.ledger.get_many(claims)
        checks = self.checks.read({claim.payload for claim in found.values()})
        return {
            claim.key.partition
            for claim in found.values()
            if (check := checks.get(claim.payload))
            and check.documents.get(claim.key.partition.name)
            == digest_of_documents((path, etags[path]) for path in routed[claim.key.partition])
        }

    def _without_builder(self, route: Partition, paths: set[str]) -> set[str]:
        """Return the paths that no builder knows; the first builder usually knows all."""
        for known in self._builder_paths(route):
            paths = paths.difference(known)
            if not paths:
                break
        return {path for path in paths if not self._is_file(path)}

    def _is_file(self, path: str) -> bool:
        """Return whether it is a file of the publisher: its path names no partition."""
        item = self.ledger.get(keys.image_key(f"{STATIC}{path}"))
        return item is not None and not item.deleted

    def _builder_paths(self, route: Partition) -> Iterator[tuple[str, ...]]:
        partition = self._event(route) if route.kind is PartitionKind.PATH else route
        if partition is None:
            return
        done: set[PublishTask] = set()
        for task in (
            task for item_key in self._item_keys(partition) for task in tasks_for(item_key)
        ):
            if task not in done and not _is_known_otherwise(task):
                done.add(task)
                yield self.builders[task.kind].every_path(task)

    def _event(self, route: Partition) -> Partition | None:
        claim = self.ledger.get(ItemKey(route, keys.CLAIM))
        return partitions.event_partition(claim.payload) if claim else None

    def _item_keys(self, partition: Partition) -> Iterator[ItemKey]:
        """Yield one key per published prefix, and all keys of items with documents of their own."""
        for prefix in published_prefixes(partition.kind):
            records = self.ledger.newest(partition, prefix)
            most = None if prefix in _WITH_OWN_DOCUMENTS else 1
            yield from (record.key for record in islice(records, most))


def _steps(listed: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Cut a listing into steps, but not between the documents of one base path."""
    step: dict[str, str] = {}
    route = None
    for path, etag in listed:
        own = route_of(path)
        if len(step) >= MAX_PATHS_A_STEP and (own != route or own.kind is not PartitionKind.PATH):
            yield step
            step = {}
        step[path] = etag
        route = own
    if step:
        yield step


def _is_known_otherwise(task: PublishTask) -> bool:
    """Entries do not name their segment, the segment note does; the event names its history."""
    is_of_entry = task.kind is TaskKind.SEGMENT and not task.sort.startswith(keys.SEGMENT)
    return is_of_entry or task.kind is TaskKind.HISTORY
