"""The work items of a reconciliation, as the state machine passes them to the function.

A work item is a part of the source bucket, a segment of the ledger, or the site. The function
returns it with its cursor advanced, and the state machine passes it again until it is done. So a
run may take longer than one invocation of the function.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from gazette.models.frozen import Frozen, Stored
from gazette.models.ledger.keys import ItemKey
from gazette.models.limits import MAX_ITERATION_WAIT_SECONDS, MAX_ITERATIONS


class ReconcileCounts(Stored):
    """Counts of what a reconciliation checked, repaired, and failed to repair.

    ``missing`` are keys with versions that the ledger did not have. ``records`` are items written
    for other partitions, whose documents the stream publishes. ``orphans`` are those of the
    ``audited`` documents that no partition publishes.
    """

    keys: int = 0
    missing: int = 0
    revisions: int = 0
    quarantined: int = 0
    tasks: int = 0
    documents_written: int = 0
    documents_unchanged: int = 0
    documents_removed: int = 0
    records: int = 0
    audited: int = 0
    orphans: int = 0
    failed: int = 0

    def __add__(self, other: "ReconcileCounts") -> "ReconcileCounts":
        mine, others = self.model_dump(), other.model_dump()
        return ReconcileCounts(**{name: mine[name] + others[name] for name in mine})

    @property
    def changes(self) -> int:
        """The number of differences found: zero for a healthy archive."""
        return self.missing + self.documents_written + self.documents_removed + self.records


class IngestWork(Stored):
    """A part of the source bucket: the keys after ``after``, up to and including ``until``."""

    task: Literal["ingest"] = "ingest"
    after: str = ""
    until: str | None = None
    is_done: bool = False
    counts: ReconcileCounts = ReconcileCounts()


class PublishWork(Stored):
    """A segment of the ledger, from the item after ``after``.

    ``compares_headers`` also finds documents whose headers alone differ, with a request for each.
    """

    task: Literal["publish"] = "publish"
    segment: int = Field(ge=0)
    segments: int = Field(ge=1)
    after: ItemKey | None = None
    compares_headers: bool = False
    is_done: bool = False
    counts: ReconcileCounts = ReconcileCounts()


class AuditWork(Stored):
    """The whole site, from the path after ``after``; ``orphans`` are some of those found."""

    task: Literal["audit"] = "audit"
    after: str = ""
    is_done: bool = False
    orphans: tuple[str, ...] = ()
    counts: ReconcileCounts = ReconcileCounts()


WorkItem: TypeAlias = IngestWork | PublishWork | AuditWork
_OfTheSite: TypeAlias = Annotated[PublishWork | AuditWork, Field(discriminator="task")]


class Plan(Frozen):
    """The start of a run: at most so many iterations, with ``wait`` seconds between them.

    A healthy archive needs one iteration. A rebuild repeats until an iteration finds nothing.
    """

    task: Literal["plan"] = "plan"
    iterations: int = Field(default=1, ge=1, le=MAX_ITERATIONS)
    wait: int = Field(default=60, ge=1, le=MAX_ITERATION_WAIT_SECONDS)


class Outcome(StrEnum):
    """The result of an iteration."""

    SETTLED = "settled"  # nothing had to be repaired
    AGAIN = "again"  # something was repaired, and iterations are left
    CHANGED = "changed"  # something was repaired in the last iteration
    FAILED = "failed"  # a repair failed in the last iteration


class Iteration(Stored):
    """The state of a run between two iterations; ``counts`` is the sum of the finished ones.

    ``segments`` are work items for the ledger and the audit, ``published`` their results.
    ``orphans`` are paths found in the last iteration.
    """

    iterations: int
    wait: int
    parts: tuple[IngestWork, ...]
    segments: tuple[_OfTheSite, ...]
    ingested: tuple[IngestWork, ...] = ()
    published: tuple[_OfTheSite, ...] = ()
    orphans: tuple[str, ...] = ()
    counts: ReconcileCounts = ReconcileCounts()
    outcome: Outcome = Outcome.AGAIN


class Conclusion(Stored):
    """The request to decide what follows an iteration."""

    task: Literal["conclude"] = "conclude"
    state: Iteration


Task: TypeAlias = Annotated[Plan | WorkItem | Conclusion, Field(discriminator="task")]
