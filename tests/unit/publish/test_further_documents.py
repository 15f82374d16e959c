"""Documents whose paths a builder knows only when it has composed them, such as parts of a list."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gazette.models.ledger.item import LedgerItem
from gazette.models.tasks.build_result import BuildResult
from gazette.models.views.site_document import Document
from gazette.services.publish.batch import publish_tasks
from tests.unit.publish.scripted import DAY, ScriptedBuilder, WithBuilders, text

OTHER = text("elsewhere/9.txt", "of another task")


def parts(*numbers: int, body: str = "1", removals: tuple[str, ...] = ()) -> BuildResult:
    """Return a result with parts in a folder that this task alone writes."""
    documents = tuple(text(f"parts/{number}.txt", body) for number in numbers)
    return BuildResult(
        (text("a.txt", body), *documents), removals=removals, further_prefixes=("parts/",)
    )


def named(path: str, body: str = "1") -> BuildResult:
    """Return a result with one document that `paths` leaves out."""
    return BuildResult((text("a.txt", body), text(path, body)), further_paths=(path,))


def written(*documents: Document) -> WithBuilders:
    world = WithBuilders(ScriptedBuilder([BuildResult()]))
    for one in documents:
        world.write_meanwhile(one)
    world.calls.clear()
    return world


def publish(
    world: WithBuilders,
    *results: BuildResult,
    is_alone: bool,
    meanwhile: Sequence[LedgerItem | Document] = (),
) -> None:
    builder = ScriptedBuilder(list(results), world=world, meanwhile=list(meanwhile))
    world.writer = replace(world.writer, builders={DAY.kind: builder})
    if is_alone:
        world.publish()
    else:
        publish_tasks(world.writer, [DAY], world.report)
        assert world.report.failed == []


@pytest.mark.parametrize("is_alone", [True, False])
def test_parts_that_are_not_shown_any_more_are_removed_and_no_document_of_others(
    *, is_alone: bool
) -> None:
    world = written(*(text(f"parts/{number}.txt", "1") for number in (1, 2, 3)), OTHER)
    publish(world, parts(1), is_alone=is_alone)
    assert sorted(world.bodies()) == ["a.txt", "elsewhere/9.txt", "parts/1.txt"]
    assert (world.report.documents_written, world.report.documents_unchanged) == (1, 1)
    assert world.report.documents_removed == 2


@pytest.mark.parametrize("is_alone", [True, False])
def test_what_a_result_removes_itself_goes_together_with_superfluous_parts(
    *, is_alone: bool
) -> None:
    world = written(text("b.txt", "1"), text("parts/1.txt", "1"), text("parts/2.txt", "1"))
    publish(world, parts(1, removals=("b.txt",)), is_alone=is_alone)
    assert sorted(world.bodies()) == ["a.txt", "parts/1.txt"]


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_further_document_that_stands_is_not_written_again(*, is_alone: bool) -> None:
    """SPEC V13. Its ETag is read, though no path of the task names it."""
    world = written(text("more.txt", "1"))
    publish(world, named("more.txt"), is_alone=is_alone)
    assert world.bodies() == {"a.txt": b"1", "more.txt": b"1"}
    assert world.report.documents_written == 1
    publish(world, named("more.txt", "2"), is_alone=is_alone)
    assert world.bodies() == {"a.txt": b"2", "more.txt": b"2"}
    assert world.report.conflicts == 0


@pytest.mark.parametrize("is_alone", [True, False])
@pytest.mark.parametrize("older", [named("parts/1.txt"), parts(1, 2)])
def test_a_writer_of_further_documents_that_was_overtaken_reads_their_etags_again(
    older: BuildResult, *, is_alone: bool
) -> None:
    """What another one has written since the ETags were read is newer, and stays."""
    newest = replace(older, documents=tuple(text(one.path, "2") for one in older.documents))
    world = written()
    # The second result is that which follows the reading of further ETags.
    rival: list[LedgerItem | Document] = [OTHER, newest.documents[1]]
    publish(world, older, older, newest, is_alone=is_alone, meanwhile=rival)
    shown = {one.path: one.body for one in newest.documents}
    assert world.bodies() == {**shown, OTHER.path: OTHER.body}
    assert world.report.conflicts == 1
    assert OTHER.path not in world.report.written
    assert "parts/1.txt" not in world.report.written
