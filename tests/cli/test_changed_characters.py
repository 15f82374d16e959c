"""SPEC V14: one changed character is found in any document, in every format, and named."""

import sys
from pathlib import Path
from random import Random

import pytest

from tests.cli.changed_characters import found_by_publishing, found_in_chains, publish, report
from tests.site.conftest import corpus, ends, samples


@pytest.mark.parametrize("seed", range(2))
def test_changed_characters_of_the_demo_are_found(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    try_all(publish(samples(), tmp_path), seed, capsys)


def test_changed_characters_of_a_corpus_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try_all(publish(ends(corpus("small.jsonl")), tmp_path), 0, capsys)


def try_all(folder: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance = Random(seed)  # noqa: S311  # no secret
    deferred: dict[str, bytes] = {}
    in_chains = list(found_in_chains(folder, chance, deferred))
    said = report([*in_chains, *found_by_publishing(folder, chance, deferred, capsys)])
    with capsys.disabled():
        sys.stdout.write(f"\n{said}\n")
