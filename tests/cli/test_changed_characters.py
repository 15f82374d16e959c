"""SPEC V14: one changed character is found in any document, in every format, and named."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from gazette_cli.demo.samples import read_scenes
from gazette_cli.engines.acts import Act, Change
from gazette_cli.engines.sources import read_source
from tests.cli.changed_characters import found_by_publishing, found_in_chains, publish, report

SMALL = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "small.jsonl"


def demo() -> list[Act]:
    """Return the events of the demo with all that happens to them."""
    start = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        Change(start + timedelta(hours=hours), write.key, write.body)
        for hours, scene in enumerate(read_scenes())
        for write in scene.writes
    ]


@pytest.mark.parametrize("seed", range(2))
def test_changed_characters_of_the_demo_are_found(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    try_all(publish(demo(), tmp_path), seed, capsys)


def test_changed_characters_of_a_corpus_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not SMALL.exists():
        pytest.skip("needs small.jsonl, which is not part of the repository")
    try_all(publish(read_source(SMALL).changes, tmp_path), 0, capsys)


def try_all(folder: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = Random(seed)  # noqa: S311  # no secret
    deferred: dict[str, bytes] = {}
    in_chains = list(found_in_chains(folder, chance, deferred))
    said = report([*in_chains, *found_by_publishing(folder, chance, deferred, capsys)])
    with capsys.disabled():
        sys.stdout.write(f"\n{said}\n")
