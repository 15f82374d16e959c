"""Counts how often a time line was published, so that two writers who meet notice each other.

To load a time line again after each write would double what it costs to read. A writer that knows
that nobody else has published it meanwhile need not. docs/concurrency.md has the proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.ports import ItemStore

# What reads a time line page by page. The news sitemap reads that of the site.
_COUNTED = frozenset({TaskKind.TIMELINE, TaskKind.SITE, TaskKind.NEWS})


@dataclass(frozen=True, slots=True)
class Publications:
    """The counts of time lines that a writer has read, *before* the ETags of their documents.

    A writer that is not counting counts no task.
    """

    ledger: ItemStore
    is_counting: bool = True
    _seen: dict[ItemKey, int] = field(default_factory=dict)

    def counts(self, task: PublishTask, result: BuildResult) -> bool:
        """Return whether a task is counted, and not loaded again: one that has a time line."""
        return self._reads(task) and result.loaded is not None

    def read(self, tasks: Iterable[PublishTask]) -> None:
        """Read the counts of some tasks; those that were read before stay as they are."""
        read = map(_key_of, filter(self._reads, tasks))
        wanted = [item_key for item_key in dict.fromkeys(read) if item_key not in self._seen]
        found = self.ledger.get_several(wanted) if wanted else {}
        for item_key in wanted:
            item = found.get(item_key)
            self._seen[item_key] = item.revision if item else 0

    def count(self, task: PublishTask) -> bool:
        """Count a publication after all its writes; return whether nobody else did meanwhile.

        That is, since the count was read, or since this writer counted last.
        """
        item_key = _key_of(task)
        seen = self._seen[item_key]
        is_alone = self.ledger.replace(LedgerItem(item_key, seen + 1, "{}"), seen)
        if is_alone:
            self._seen[item_key] = seen + 1
        return is_alone

    def _reads(self, task: PublishTask) -> bool:
        return self.is_counting and task.kind in _COUNTED


def _key_of(task: PublishTask) -> ItemKey:
    return keys.published_key(task.partition)
