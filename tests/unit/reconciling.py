"""A reconciliation of a world in memory, run as the state machine runs it."""

from gazette.models.publication import Document
from gazette.models.reconciliation import Conclusion, Outcome, Piece, Plan, Round
from gazette.services.audit import SiteAuditor
from gazette.services.reconcile import Reconciler
from gazette.services.reconcile_site import SiteReconciler
from gazette.services.reconcile_source import HasTime, SourceReconciler
from tests.unit.worlds import World

WRITES = ("s3.PutObject", "s3.DeleteObject", "dynamodb.PutItem")


def reconciler_of(world: World) -> Reconciler:
    return Reconciler(
        SourceReconciler(world.source, world.ledger, world.ingestor),
        SiteReconciler(world.ledger, world.store, world.publisher),
        SiteAuditor(world.ledger, world.store, world.publisher.desks),
        world.ledger,
        lambda: world.now,
    )


def always() -> bool:
    return True


def never() -> bool:
    """Never have time: every piece is handed out again after each step."""
    return False


def finished(reconciler: Reconciler, piece: Piece, has_time: HasTime) -> Piece:
    """Hand a piece out until it is done."""
    while not piece.is_done:
        answer = reconciler.work(piece, has_time).answer
        assert not isinstance(answer, Round)
        piece = answer
    return piece


def reconcile(world: World, rounds: int = 20, has_time: HasTime = always) -> Round:
    """Run all rounds, the stream's work between two of them included."""
    reconciler = reconciler_of(world)
    state = reconciler.work(Plan(rounds=rounds), always).answer
    assert isinstance(state, Round)
    while state.outcome is Outcome.AGAIN:
        ingested = [finished(reconciler, piece, has_time) for piece in state.parts]
        published = [finished(reconciler, piece, has_time) for piece in state.segments]
        world.settle()
        done = state.model_dump() | {"ingested": ingested, "published": published}
        over = Conclusion.model_validate({"state": done})
        answer = reconciler.work(over, always).answer
        assert isinstance(answer, Round)
        state = answer
    return state


def begin_rounds(world: World, rounds: int) -> None:
    """Ingest what the ledger lacks, and publish nothing yet: that is for the stream."""
    reconciler = reconciler_of(world)
    state = reconciler.work(Plan(rounds=rounds), always).answer
    assert isinstance(state, Round)
    for part in state.parts:
        finished(reconciler, part, always)


def broken(world: World, path: str, body: bytes | None) -> None:
    """Write a document behind the back of Gazette, or take it away."""
    etags = world.store.etags([path])
    if body is None:
        world.store.remove([path], etags)
    else:
        world.store.write([Document(path, body, "text/plain")], etags)


def emptied(world: World) -> None:
    """Take the whole site away."""
    for path in world.site():
        broken(world, path, None)
