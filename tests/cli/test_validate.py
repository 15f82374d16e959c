"""`gazette validate` says when a valid document would not be public at once."""

import json
from pathlib import Path

import pytest

from gazette_cli.commands.cli import main


@pytest.mark.parametrize(
    ("times", "note"),
    [
        ({}, ""),
        ({"published": "2020-01-01T00:00:00Z", "expires": "2999-01-01T00:00:00Z"}, ""),
        (
            {"published": "2999-01-01T00:00:00Z"},
            ", held until 2999-01-01T00:00:00Z unless the event is public already",
        ),
        (
            {"expires": "2020-01-01T00:00:00Z"},
            ", but not published: expires is past (2020-01-01T00:00:00Z)",
        ),
    ],
)
def test_a_held_or_expired_document_is_valid_and_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], times: dict[str, str], note: str
) -> None:
    """Case 27."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"title": "Budget", "date": "2026-07-04"} | times))
    assert main(["validate", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: valid{note}\n"
