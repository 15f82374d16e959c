"""Runs `gazette import` as a user does, and reads what it wrote."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gazette_cli.commands.cli import main


class Imported(NamedTuple):
    """The exit status, the documents by their ids, and what became of each event."""

    status: int
    documents: dict[str, dict[str, Any]]
    results: list[dict[str, Any]]
    error: str

    @property
    def only(self) -> dict[str, Any]:
        (document,) = self.documents.values()
        return document

    def said(self, result: str) -> list[str]:
        """Return why events have a result, as ``field: reason``."""
        return [
            f"{problem['field']}: {problem['reason']}"
            for one in self.results
            if one["result"] == result
            for problem in one["problems"]
        ]

    @property
    def remarks(self) -> list[str]:
        return [f"{one['field']}: {one['reason']}" for r in self.results for one in r["remarks"]]


class Importer:
    """Imports into one folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.out = folder / "out"
        self._capsys = capsys

    def file(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def run(self, kind: str, source: object, *options: str) -> Imported:
        arguments = ["import", kind, str(source), "--out", str(self.out), "--json", *options]
        self._capsys.readouterr()  # of commands before this one
        status = main(arguments)
        printed = self._capsys.readouterr()
        results = json.loads(printed.out) if printed.out else []
        return Imported(status, self.documents(), results, printed.err)

    def documents(self) -> dict[str, dict[str, Any]]:
        events = self.out / "events"
        return {
            file.relative_to(events).as_posix().removesuffix(".json"): json.loads(file.read_bytes())
            for file in sorted(events.rglob("*.json"))
            if file.is_file()
        }
