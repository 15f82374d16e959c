"""A long verification says how far it is."""

import pytest

from gazette_cli.verification.progress import Progress


def test_progress_says_how_many_steps_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(seconds=0)
    progress.count("histories checked")
    progress.count("histories checked")
    progress.begin()
    progress.count("documents compared")
    assert capsys.readouterr().err.splitlines() == [
        "gazette verify: 1 histories checked",
        "gazette verify: 2 histories checked",
        "gazette verify: 1 documents compared",
    ]


def test_a_short_verification_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Progress(seconds=600).count("histories checked")
    assert capsys.readouterr().err == ""
