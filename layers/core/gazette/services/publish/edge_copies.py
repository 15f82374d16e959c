"""Finds the long-lived copies at the edge that a write or a removal makes outdated."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gazette.models.limits import LATE_INVALIDATION_SECONDS, MAX_WRITE_SECONDS
from gazette.models.tasks.edge_invalidation import EVERYTHING, EdgeInvalidation
from gazette.models.views.site_document import Document, is_kept_long
from gazette.ports import Clock, Outbox, ServedHeaders

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class LateInvalidation:
    """Queues an invalidation before something is overwritten, for the case that the run dies.

    The run names the paths when it ends, but one that dies has written them, and the run that
    repeats it finds nothing left to write. So this message waits until no run of that time can be
    alive. It names the whole site: that is one path, and only superseded revisions are kept long.
    One message serves for all that is written soon after it.
    """

    queue: Outbox
    clock: Clock
    _serves_until: datetime = field(default=_NEVER, init=False)

    def plan(self) -> None:
        """Queue it, unless the last one serves."""
        now = self.clock()
        if now >= self._serves_until:
            body = EdgeInvalidation(paths=(EVERYTHING,)).model_dump_json()
            self.queue.send(body, delay=LATE_INVALIDATION_SECONDS)
            serves = timedelta(seconds=LATE_INVALIDATION_SECONDS - MAX_WRITE_SECONDS)
            self._serves_until = now + serves


@dataclass(frozen=True, slots=True)
class EdgeCopies:
    """Asks how long the copies of a document live; without an edge nothing is asked.

    What counts is the header of the document that is replaced. The page of a revision that has just
    been superseded replaces nothing, and costs no invalidation.
    """

    headers: ServedHeaders | None = None
    late: LateInvalidation | None = None

    def of_rewritten(
        self, documents: Sequence[Document], seen: Mapping[str, str | None]
    ) -> list[str]:
        """Return the paths with outdated copies among documents that are about to be written.

        Only documents that are to be kept long are asked about: the others were never kept long.
        """
        return self._kept_long(
            [
                document.path
                for document in documents
                if seen[document.path] is not None and is_kept_long(document.cache_control)
            ]
        )

    def of_removed(self, paths: Sequence[str]) -> list[str]:
        """Return the paths with outdated copies among documents that are about to be removed."""
        return self._kept_long(paths)

    def plan_late(self, outdated: Sequence[str], erased: Collection[str]) -> None:
        """Queue a late invalidation, right before a write that makes copies outdated.

        ``erased`` are the paths that an erasure changes: a repeated run names them again.
        """
        if self.late is not None and not set(erased).issuperset(outdated):
            self.late.plan()

    def _kept_long(self, paths: Sequence[str]) -> list[str]:
        if self.headers is None or not paths:
            return []
        found = self.headers.cache_controls(paths)
        return [path for path in paths if is_kept_long(found.get(path, ""))]


NO_EDGE = EdgeCopies()
