"""An audit of the site: which documents stand there though nothing in the ledger publishes them.

They are told and not removed: whoever put them there may want them, and what Gazette itself has
published it also takes away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gazette.models import keys
from gazette.models.assignments import Assignment, DeskKind, assignments_of, published_prefixes
from gazette.models.keys import Partition, PartitionKind, Place
from gazette.models.owners import owner_of
from gazette.models.reconciliation import AuditPiece, Figures
from gazette.ports import Ledger, SiteListing
from gazette.services.publish import Desk
from gazette.services.reconcile_source import HasTime

_PATHS_A_STEP = 500
_MOST_NAMED = 20
# These are published one by one, each under a name of its own; all else by the partition.
_ONE_BY_ONE = frozenset({keys.REVISION, keys.SEGMENT})


@dataclass(frozen=True, slots=True)
class SiteAuditor:
    """Asks of every document whether a desk would publish it or take it away."""

    ledger: Ledger
    listing: SiteListing
    desks: Mapping[DeskKind, Desk]

    def audit(self, piece: AuditPiece, has_time: HasTime) -> tuple[AuditPiece, list[str]]:
        """Go on through the site as long as there is time, and return what nobody claims."""
        found: list[str] = []
        looked = 0
        after, is_done = piece.after, True
        listed = (path for path, _ in self.listing.listed(piece.after))
        while step := list(islice(listed, _PATHS_A_STEP)):
            found += self._unclaimed(step)
            after, looked = step[-1], looked + len(step)
            if not has_time():
                is_done = False
                break
        figures = piece.figures + Figures(audited=looked, unclaimed=len(found))
        named = (*piece.unclaimed, *found)[:_MOST_NAMED]
        further = {"after": "" if is_done else after, "is_done": is_done, "unclaimed": named}
        return piece.model_copy(update=further | {"figures": figures}), found

    def _unclaimed(self, step: list[str]) -> list[str]:
        """Return the unclaimed of some paths, in their order."""
        owned: dict[Partition, set[str]] = {}
        for path in step:
            owned.setdefault(owner_of(path), set()).add(path)
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
        done: set[Assignment] = set()
        for task in (task for place in self._places(partition) for task in assignments_of(place)):
            if task not in done and not _is_of_segments_entry(task):
                done.add(task)
                yield self.desks[task.desk].paths(task)

    def _event(self, owner: Partition) -> Partition | None:
        claim = self.ledger.get(Place(owner, keys.CLAIM))
        return keys.event_partition(claim.payload) if claim else None

    def _places(self, partition: Partition) -> Iterator[Place]:
        """Yield a place of each kind that publishes something, and all that do so one by one."""
        for prefix in published_prefixes(partition.kind):
            records = self.ledger.newest(partition, prefix)
            most = None if prefix in _ONE_BY_ONE else 1
            yield from (record.place for record in islice(records, most))


def _is_of_segments_entry(task: Assignment) -> bool:
    """An entry does not tell the name of its segment; the note of the segment does."""
    return task.desk is DeskKind.SEGMENT and not task.sort.startswith(keys.SEGMENT)
