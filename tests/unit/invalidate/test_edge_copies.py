"""Which writes make copies at the edge outdated, and which do not."""

import re
from dataclasses import replace

import pytest

from gazette.models.ledger import partitions
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reconciliation import PublishWork
from gazette.models.tasks.reports import PublishReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import (
    ANNOUNCED,
    LIVE,
    NEVER,
    SUPERSEDED,
    Document,
    document,
    is_kept_long,
)
from gazette.ports import ConflictError
from gazette.services.publish.edge_copies import EdgeCopies
from gazette.services.publish.site_writer import SiteWriter
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import always, reconciler_of

TASK = PublishTask(TaskKind.EVENT, partitions.event_partition("a"))
PAGE, OTHER = "news/2026/07/4/river-opens.r1.html", "news/2026/07/4/river-opens.r1.md"


@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        (LIVE, False),
        (ANNOUNCED, False),
        (NEVER, False),
        ("", False),
        (SUPERSEDED, True),
        ("public, max-age=31536000, immutable", True),
        ("max-age=31536000, s-maxage=60", False),
        ("no-max-age=31536000", False),
    ],
)
def test_copies_live_as_long_as_shared_caches_may_keep_them(
    cache_control: str, *, expected: bool
) -> None:
    assert is_kept_long(cache_control) is expected


class One:
    """A builder that builds what it is given."""

    def __init__(self, result: BuildResult) -> None:
        self.result = result

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (*(one.path for one in self.result.documents), *self.result.removals)

    every_path = paths

    def compose(self, _task: PublishTask) -> BuildResult:
        return self.result

    def load(self, _task: PublishTask) -> object:
        return None


def publish(world: World, result: BuildResult, *, has_edge: bool = True) -> PublishReport:
    edge = EdgeCopies(world.store if has_edge else None)
    writer = SiteWriter(world.ledger, world.store, {TASK.kind: One(result)}, edge=edge)
    report = PublishReport()
    writer.publish(TASK, report)
    return report


def page(body: str, cache_control: str = SUPERSEDED, path: str = PAGE) -> Document:
    return document(path, body.encode(), cache_control=cache_control)


def test_a_document_that_is_kept_long_and_changes_is_outdated_at_the_edge() -> None:
    world = World()
    assert publish(world, BuildResult((page("1"), page("1", path=OTHER)))).outdated == []
    changed = BuildResult((page("2"), page("1", path=OTHER)))
    assert publish(world, changed).outdated == [PAGE]
    assert publish(world, changed).outdated == []


def test_a_revision_that_is_superseded_costs_no_invalidation() -> None:
    """Its page was live until now, and copies of live pages expire by themselves."""
    world = World()
    publish(world, BuildResult((page("1", LIVE),)))
    assert publish(world, BuildResult((page("2"),))).outdated == []


def test_nobody_asks_about_live_documents() -> None:
    world = World()
    publish(world, BuildResult((page("1", LIVE),)))
    world.calls.clear()
    assert publish(world, BuildResult((page("2", LIVE),))).outdated == []
    assert world.calls["s3.HeadObject"] == 1


def test_a_removed_document_is_outdated_if_it_was_kept_long() -> None:
    world = World()
    publish(world, BuildResult((page("1"), page("1", LIVE, OTHER))))
    removal = BuildResult(removals=(PAGE, OTHER))
    assert publish(world, removal).outdated == [PAGE]
    assert publish(world, removal).outdated == []


def test_without_an_edge_nothing_is_asked_and_nothing_is_outdated() -> None:
    world = World()
    publish(world, BuildResult((page("1"),)))
    world.calls.clear()
    assert publish(world, BuildResult((page("2"),)), has_edge=False).outdated == []
    assert publish(world, BuildResult(removals=(PAGE,)), has_edge=False).outdated == []
    assert world.calls["s3.HeadObject"] == 2


def test_what_a_failed_attempt_may_have_written_is_outdated() -> None:
    """S3 wrote the document, and another one of the same call met a conflict."""
    world = World()
    publish(world, BuildResult((page("1"), page("1", path=OTHER))))

    class Rival(One):
        def compose(self, task: PublishTask) -> BuildResult:
            if world.store.documents[OTHER].body == b"1":
                world.store.write([page("3", path=OTHER)], world.store.etags([OTHER]))
            return super().compose(task)

    result = BuildResult((page("2"), page("2", path=OTHER)))
    writer = SiteWriter(
        world.ledger, world.store, {TASK.kind: Rival(result)}, edge=EdgeCopies(world.store)
    )
    report = PublishReport()
    writer.publish(TASK, report)
    assert report.conflicts == 1
    assert set(report.outdated) == {PAGE, OTHER}


def test_a_result_with_an_erasure_says_so_even_if_nothing_is_left_to_write() -> None:
    """The attempt that wrote the documents crashed before their invalidation was queued."""
    world = World()
    result = BuildResult((page("1"),), erased=(PAGE, OTHER))
    assert publish(world, result).erased == [PAGE, OTHER]
    report = publish(world, result)
    assert (report.documents_written, report.erased) == (0, [PAGE, OTHER])


def test_a_task_that_fails_reports_no_erasure_yet() -> None:
    world = World()

    class Failing(One):
        def compose(self, task: PublishTask) -> BuildResult:
            raise ConflictError(str(task))

    result = BuildResult(erased=(PAGE,))
    report = PublishReport()
    with pytest.raises(ConflictError):
        SiteWriter(world.ledger, world.store, {TASK.kind: Failing(result)}).publish(TASK, report)
    assert report.erased == []


def test_a_superseded_revision_is_kept_for_a_year_at_the_edge_and_an_hour_in_browsers() -> None:
    world = World()
    world.put("a", hours(0))
    world.put("a", hours(1), body="More.")
    world.ingest("a")
    world.settle()
    assert world.store.documents[PAGE].cache_control == ("public, max-age=3600, s-maxage=31536000")
    others = {
        one.cache_control
        for path, one in world.store.documents.items()
        if not re.search(r"\.r\d+\.", path)
    }
    assert others <= {LIVE, ANNOUNCED, NEVER}


@pytest.mark.parametrize("is_rebuild", [True, False])
def test_every_form_of_a_superseded_revision_that_a_rebuild_changes_is_outdated(
    *, is_rebuild: bool
) -> None:
    """SPEC V15: a new release may write a revision in another way, in XML as in the others."""
    world = World()
    for number in range(3):
        world.put("a", hours(number), title=f"River {number}")
    world.settle()
    kept = [path for path, one in world.store.documents.items() if is_kept_long(one.cache_control)]
    assert {path.rpartition(".")[2] for path in kept} == {"html", "md", "json", "xml"}
    for path in kept:
        old = replace(world.store.documents[path], body=b"of an old release")
        world.store.write([old], world.store.etags([path]))
    world.writer = replace(world.writer, edge=EdgeCopies(world.store))
    work = PublishWork(segment=0, segments=1, compares_headers=is_rebuild)
    _, report = reconciler_of(world).site.publish(work, always)
    assert sorted(report.outdated) == sorted(kept)
