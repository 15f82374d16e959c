"""However often a folder is published, it shows what one publication of the whole source shows."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.identity import event_key
from gazette.models.site import Site
from gazette_cli.engines.acts import Act, Change, Pause
from gazette_cli.engines.engine import Engine
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sqlite import planned_documents
from gazette_cli.engines.sqlite.site_file import SiteFile
from gazette_cli.engines.sqlite.sqlite_engine import SqliteEngine
from tests.property.versions import Version, histories, moments_of

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
# No two events prefer one path: which of them has it depends on which comes first.
TITLES = {"a": ("River opens", "River"), "b": ("Lake", "Río"), "c": ("Fox", "A fox")}
ALL = st.fixed_dictionaries(
    {name: histories(st.sampled_from(titles), most=5) for name, titles in TITLES.items()}
)
FEW = settings(max_examples=settings().max_examples // 3)
# Past the days after which feeds show no notice of a withdrawal.
LATER = timedelta(days=40)


def acts_of(all_histories: dict[str, list[Version]]) -> list[Act]:
    """Return the changes of all events by time, and that time passes at the end."""
    changes = [
        Change(moment, event_key(name), version.raw)
        for name, history in all_histories.items()
        for version, moment in zip(history, moments_of(history), strict=True)
    ]
    changes.sort(key=lambda change: change.at)
    return [*changes, Pause(changes[-1].at + LATER)]


def apply(engine: Engine, acts: Sequence[Act]) -> None:
    for act in acts:
        engine.apply(act)
    engine.settle()


def site_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def published_at_once(acts: Sequence[Act]) -> dict[str, bytes]:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    apply(engine, acts[:-1])
    apply(engine, acts[-1:])
    return {path: one.body for path, one in store.documents.items()}


def run(folder: Path, acts: Sequence[Act]) -> int:
    """Publish some acts; return how many documents were written."""
    with SiteFile(folder) as file:
        engine = SqliteEngine(SITE, file)
        apply(engine, acts)
        return engine.report.written


@FEW
@given(ALL, st.lists(st.integers(0, 15), max_size=3))
def test_runs_that_follow_each_other_publish_what_one_run_publishes(
    all_histories: dict[str, list[Version]], cuts: list[int]
) -> None:
    """SPEC V8."""
    acts = acts_of(all_histories)
    starts = [0, *sorted(min(cut, len(acts) - 1) for cut in cuts), len(acts) - 1]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "site"
        for start, end in zip(starts, [*starts[1:], len(acts)], strict=True):
            run(folder, acts[start:end])
        assert site_of(folder) == published_at_once(acts)
        assert run(folder, []) == 0


@FEW
@given(ALL, st.sampled_from([0, 1, 7, 40]), st.integers(1, 5))
def test_documents_are_the_same_whenever_they_are_rendered(
    all_histories: dict[str, list[Version]], most: int, at_once: int
) -> None:
    """Of tasks that run again, some earlier plans are rendered and some are not, in any order."""
    acts = acts_of(all_histories)
    waiting: dict[str, Any] = {
        "_TASKS_AT_ONCE": at_once,
        "_MOST_WAITING": {True: 3 * most, False: most},
    }
    with TemporaryDirectory() as temporary, patch.multiple(planned_documents, **waiting):
        folder = Path(temporary) / "site"
        run(folder, acts[:-1])
        run(folder, acts[-1:])
        assert site_of(folder) == published_at_once(acts)


class KilledError(BaseException):
    """The process was killed."""


class DyingFile(SiteFile):
    """A file whose process is killed in the middle of writing a document."""

    left = 0

    def begin_writing(self, path: str) -> None:
        super().begin_writing(path)
        if self.left == 0:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(b"<html>")
            raise KilledError
        self.left -= 1


def is_killed(folder: Path, acts: Sequence[Act], writes: int) -> bool:
    """Publish acts, and return whether this was killed when it had written so many documents."""
    try:
        with DyingFile(folder) as file:
            file.left = writes
            apply(SqliteEngine(SITE, file), acts)
    except KilledError:
        return True
    return False


@FEW
@given(ALL, ALL, st.integers(0, 5), st.integers(0, 150))
def test_nothing_is_left_of_a_run_that_was_killed(
    all_histories: dict[str, list[Version]],
    other: dict[str, list[Version]],
    start: int,
    writes: int,
) -> None:
    """It had begun with another source, so none of its documents is right."""
    acts = acts_of(all_histories)
    start = min(start, len(acts) - 1)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "site"
        run(folder, acts[:start])
        before = site_of(folder)
        if is_killed(folder, acts_of(other), writes):
            run(folder, [])
            assert site_of(folder) == before
            run(folder, acts[start:-1])
            run(folder, acts[-1:])
            assert site_of(folder) == published_at_once(acts)
