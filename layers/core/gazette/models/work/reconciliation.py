"""The pieces of a reconciliation, as the state machine hands them out and gets them back.

A piece is a part of the source bucket or a segment of the ledger. Its answer is the piece itself,
further on: it is handed out again as it came back, until it says that it is done. So the cursor
of a run lives in the state machine, and a run of any size fits into a function's time.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from gazette.models.frozen import Frozen
from gazette.models.ledger.keys import ItemKey


class ReconcileCounts(Frozen):
    """What was looked at, what was found missing or different, and what could not be done.

    ``missing`` are keys with versions that the ledger did not hold; ``records`` were written for
    other partitions, whose documents the stream publishes; ``unclaimed`` are documents of the
    ``audited`` ones that nothing in the ledger publishes.
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
        """How much was not as it should be: zero on a healthy archive."""
        return self.missing + self.documents_written + self.documents_removed + self.records


class IngestWork(Frozen):
    """A part of the source bucket: the keys after one and up to another, or to the last."""

    task: Literal["ingest"] = "ingest"
    after: str = ""
    until: str | None = None
    is_done: bool = False
    counts: ReconcileCounts = ReconcileCounts()


class PublishWork(Frozen):
    """A segment of the ledger, from a place on."""

    task: Literal["publish"] = "publish"
    segment: int = Field(ge=0)
    segments: int = Field(ge=1)
    after: ItemKey | None = None
    is_done: bool = False
    counts: ReconcileCounts = ReconcileCounts()


class AuditWork(Frozen):
    """The whole site, from a path on; some of what nobody claims is named."""

    task: Literal["audit"] = "audit"
    after: str = ""
    is_done: bool = False
    orphans: tuple[str, ...] = ()
    counts: ReconcileCounts = ReconcileCounts()


WorkItem: TypeAlias = IngestWork | PublishWork | AuditWork
_OfTheSite: TypeAlias = Annotated[PublishWork | AuditWork, Field(discriminator="task")]


class Plan(Frozen):
    """What to begin with: ``rounds`` at most, and so many seconds between two of them.

    A healthy archive needs one round. A rebuild goes on until a round finds nothing to do.
    """

    task: Literal["plan"] = "plan"
    iterations: int = Field(default=1, ge=1, le=100)
    wait: int = Field(default=60, ge=1, le=3600)


class Outcome(StrEnum):
    """How things stand after a round."""

    SETTLED = "settled"  # nothing was to be done
    AGAIN = "again"  # something was, and there are rounds left
    CHANGED = "changed"  # something was done in the last round
    FAILED = "failed"  # something could not be done in the last round


class Iteration(Frozen):
    """The state of a run between two rounds; ``figures`` is the sum of those that are over.

    ``segments`` are those of the ledger and the audit, ``published`` what came of them;
    ``unclaimed`` names documents that nobody claimed in the last round.
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


class Conclusion(Frozen):
    """The question what to do after a round."""

    task: Literal["conclude"] = "conclude"
    state: Iteration


Task: TypeAlias = Annotated[Plan | WorkItem | Conclusion, Field(discriminator="task")]
