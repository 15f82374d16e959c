"""A reconciliation of a world in memory, run as the state machine runs it."""

from gazette.models.tasks.reconciliation import Conclusion, Iteration, Outcome, Plan, WorkItem
from gazette.models.views.site_document import Document
from gazette.ports import HasTime
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.reconcile import Reconciler
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler
from tests.unit.publish.worlds import World

WRITES = ("s3.PutObject", "s3.DeleteObject", "dynamodb.PutItem")


def reconciler_of(world: World) -> Reconciler:
    return Reconciler(
        SourceReconciler(world.source, world.ledger, world.ingestor),
        SiteReconciler(world.ledger, world.store, world.writer),
        SiteAuditor(world.ledger, world.store, world.writer.builders),
        world.ledger,
        lambda: world.now,
    )


def always() -> bool:
    return True


def never() -> bool:
    """Never have time: every piece is handed out again after each step."""
    return False


def finished(reconciler: Reconciler, work_item: WorkItem, has_time: HasTime) -> WorkItem:
    """Hand a piece out until it is done."""
    while not work_item.is_done:
        answer = reconciler.work(work_item, has_time).answer
        assert not isinstance(answer, Iteration)
        work_item = answer
    return work_item


def reconcile(world: World, iterations: int = 20, has_time: HasTime = always) -> Iteration:
    """Run all rounds, the stream's work between two of them included."""
    return reconcile_with(world, reconciler_of(world), iterations, has_time)


def reconcile_with(
    world: World, reconciler: Reconciler, iterations: int, has_time: HasTime = always
) -> Iteration:
    """Do the same with a reconciler of the caller."""
    state = reconciler.work(Plan(iterations=iterations), always).answer
    assert isinstance(state, Iteration)
    while state.outcome is Outcome.AGAIN:
        ingested = [finished(reconciler, work_item, has_time) for work_item in state.parts]
        published = [finished(reconciler, work_item, has_time) for work_item in state.segments]
        world.settle()
        done = state.model_dump() | {"ingested": ingested, "published": published}
        over = Conclusion.model_validate({"state": done})
        answer = reconciler.work(over, always).answer
        assert isinstance(answer, Iteration)
        state = answer
    return state


def begin_iterations(world: World, iterations: int) -> None:
    """Ingest what the ledger lacks, and publish nothing yet: that is for the stream."""
    reconciler = reconciler_of(world)
    state = reconciler.work(Plan(iterations=iterations), always).answer
    assert isinstance(state, Iteration)
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
