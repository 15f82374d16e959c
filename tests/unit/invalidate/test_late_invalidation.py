"""A run that dies after its writes: the edge drops the old copies all the same (SPEC V15)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gazette.models.limits import LATE_INVALIDATION_SECONDS, MAX_WRITE_SECONDS
from gazette.models.tasks.edge_invalidation import EVERYTHING, EdgeInvalidation
from gazette.models.tasks.reconciliation import PublishWork
from gazette.models.views.site_document import is_kept_long
from gazette.services.publish.edge_copies import EdgeCopies, LateInvalidation
from tests.unit.announce.outboxes import FakeOutbox
from tests.unit.erasures.erasing import erase, undo
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import always, reconciler_of

OLD = b"of an old release"
LATE = ((EVERYTHING,), LATE_INVALIDATION_SECONDS)


def with_edge(queue: FakeOutbox) -> World:
    world = World()
    late = LateInvalidation(queue, lambda: world.now)
    world.writer = replace(world.writer, edge=EdgeCopies(world.store, late))
    return world


def published(queue: FakeOutbox) -> World:
    world = with_edge(queue)
    for number in range(3):
        world.put("a", hours(number), title=f"River {number}")
    world.settle()
    assert queue.messages == []
    return world


def kept_long(world: World) -> list[str]:
    return [path for path, one in world.store.documents.items() if is_kept_long(one.cache_control)]


def make_old(world: World, paths: Sequence[str]) -> None:
    """Replace documents by those of another release."""
    for path in paths:
        old = replace(world.store.documents[path], body=OLD)
        world.store.write([old], world.store.etags([path]))


def rebuild(world: World) -> None:
    work = PublishWork(segment=0, segments=1, compares_headers=True)
    _, report = reconciler_of(world).site.publish(work, always)
    for failure in report.failed:
        raise failure.error


def queued(queue: FakeOutbox) -> list[tuple[tuple[str, ...], int]]:
    return [
        (EdgeInvalidation.model_validate_json(body).paths, delay)
        for body, _, delay in queue.messages
    ]


class Watching(FakeOutbox):
    """A queue that looks which documents are old when a message is sent."""

    world: World
    old: tuple[str, ...] = ()

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        super().send(body, reason=reason, delay=delay)
        documents = self.world.store.documents
        self.old = tuple(path for path, one in documents.items() if one.body == OLD)


def test_a_rebuild_that_dies_after_any_of_its_writes_is_invalidated() -> None:
    """The message comes before the first write, and only when its run cannot be alive."""
    queue = Watching()
    world = queue.world = published(queue)
    paths = kept_long(world)
    make_old(world, paths)
    rebuild(world)
    assert sorted(queue.old) == sorted(paths)
    assert queued(queue) == [LATE]


def test_a_healthy_run_queues_nothing() -> None:
    queue = FakeOutbox()
    rebuild(published(queue))
    assert queue.messages == []


def test_one_message_serves_until_a_write_may_end_after_it() -> None:
    queue = FakeOutbox()
    world = published(queue)
    for minutes in (0, 5, 11, 12):
        world.now = hours(9) + timedelta(minutes=minutes)
        make_old(world, kept_long(world))
        rebuild(world)
    assert queued(queue) == [LATE, LATE]
    assert LATE_INVALIDATION_SECONDS - MAX_WRITE_SECONDS == 600  # ten minutes


def test_nothing_is_written_that_could_not_be_announced() -> None:
    queue = FakeOutbox(refuses=True)
    world = published(queue)
    old = kept_long(world)
    make_old(world, old)
    with pytest.raises(ConnectionError, match="no such queue"):
        rebuild(world)
    assert {world.store.documents[path].body for path in old} == {OLD}


def test_an_erasure_and_its_end_need_no_late_message() -> None:
    """A repeated run names again what an erasure has written."""
    queue = FakeOutbox()
    world = published(queue)
    erase(world, "a", hours(4), [1])
    world.settle()
    undo(world, "a", hours(5))
    world.settle()
    assert queue.messages == []
