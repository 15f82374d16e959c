"""Reconciliation: the source bucket, the ledger and the site side by side, round by round.

A round ingests what the ledger lacks and publishes what differs. One round a day heals what was
lost; a rebuild is rounds until one finds nothing to do.
"""

from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from gazette.models.edition import IngestReport, PublishReport
from gazette.models.reconciliation import (
    AuditPiece,
    Conclusion,
    Figures,
    IngestPiece,
    Outcome,
    Piece,
    Plan,
    PublishPiece,
    Round,
)
from gazette.ports import Clock, Registers
from gazette.services.announcer import rebuild_record
from gazette.services.audit import SiteAuditor
from gazette.services.reconcile_site import SiteReconciler
from gazette.services.reconcile_source import HasTime, SourceReconciler


class Piecework(NamedTuple):
    """The answer to the state machine, and what became of keys, assignments and paths meanwhile."""

    answer: Piece | Round
    ingested: IngestReport
    published: PublishReport
    unclaimed: list[str]


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Does what the state machine hands out."""

    source: SourceReconciler
    site: SiteReconciler
    auditor: SiteAuditor
    ledger: Registers
    clock: Clock

    def work(self, task: Plan | Piece | Conclusion, has_time: HasTime) -> Piecework:
        """Do one task, or as much of it as there is time for."""
        ingested, published = IngestReport(), PublishReport()
        unclaimed: list[str] = []
        answer: Piece | Round
        match task:
            case IngestPiece():
                answer, ingested = self.source.ingest(task, has_time)
            case PublishPiece():
                answer, published = self.site.publish(task, has_time)
            case AuditPiece():
                answer, unclaimed = self.auditor.audit(task, has_time)
            case Plan():
                answer = self._plan(task, has_time)
            case _:
                answer = conclude(task.state)
        return Piecework(answer, ingested, published, unclaimed)

    def _plan(self, plan: Plan, has_time: HasTime) -> Round:
        if plan.rounds > 1:
            self.ledger.put(rebuild_record(self.clock()))
        parts = self.source.parts(has_time)
        # The ledger grows with the source bucket, so it is cut into as many pieces.
        cut = len(parts)
        segments = [PublishPiece(segment=number, segments=cut) for number in range(cut)]
        return Round(
            rounds=plan.rounds, wait=plan.wait, parts=parts, segments=(*segments, AuditPiece())
        )


def conclude(state: Round) -> Round:
    """Sum up a round, and say whether another one is to follow."""
    pieces: chain[Piece] = chain(state.ingested, state.published)
    last = sum((piece.figures for piece in pieces), Figures())
    rounds = state.rounds - 1
    if not last.changes and not last.failed:
        outcome = Outcome.SETTLED
    elif rounds:
        outcome = Outcome.AGAIN
    else:
        outcome = Outcome.FAILED if last.failed else Outcome.CHANGED
    total = (state.figures + last).model_copy(update={"unclaimed": last.unclaimed})
    audits = (piece for piece in state.published if isinstance(piece, AuditPiece))
    named = tuple(path for piece in audits for path in piece.unclaimed)
    update = {"rounds": rounds, "figures": total, "outcome": outcome, "unclaimed": named}
    return state.model_copy(update=update | {"ingested": (), "published": ()})
