"""What a publisher has to know of an erasure document."""

from collections.abc import Iterable, Sequence

from gazette.models.contract.erasure import ErasedRevision
from gazette.models.contract.parsing import Problem
from gazette.models.ledger.snapshot import Revision, Snapshot
from gazette.models.limits import MAX_REPORTED_PROBLEMS
from gazette.projections.erasures import erasures
from gazette.services.ingest.erasures.erasure_reading import SeenErasure

_NOTHING = (
    "no version of this event is published or under embargo, so nothing is erased; look at the id "
    "in the key of this document"
)


def problems_of(
    snapshot: Snapshot, seen: SeenErasure, recorded: Sequence[Revision], staying: Iterable[int]
) -> tuple[Problem, ...]:
    """Return what breaks the contract, what waits, and which numbers stay erased."""
    waiting = (
        Problem("revisions", f"{one} {_why_waiting(snapshot, one)}")
        for one in erasures.unmatched(recorded, seen.stored)
    )
    nothing = [Problem("revisions", _NOTHING)] if _erases_nothing(snapshot, seen, recorded) else []
    lost = (
        Problem("revisions", f"number {number} stays erased: its text is not in S3 any more")
        for number in sorted(staying)
    )
    return (*seen.problems, *nothing, *waiting, *lost)[:MAX_REPORTED_PROBLEMS]


def _erases_nothing(snapshot: Snapshot, seen: SeenErasure, recorded: Sequence[Revision]) -> bool:
    """Return whether all revisions of an event are to be erased that has none."""
    is_all = seen.stored is not None and not seen.stored.document.revisions
    return is_all and not recorded and snapshot.held is None


def _why_waiting(snapshot: Snapshot, erased: ErasedRevision) -> str:
    held = snapshot.held
    if held is not None and erasures.names_held(snapshot, held, erased):
        return "is under embargo: it is not published as long as this erasure is there"
    return "is not there yet: it is erased as soon as it is published"
