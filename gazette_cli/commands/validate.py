"""`gazette validate`: check events, erasures, images and histories before they are published."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.frozen import rfc3339
from gazette.models.problems.problems import Problem
from gazette_cli.commands.argparse_types import Subparsers, path
from gazette_cli.commands.input_checks import check, check_change, key_of
from gazette_cli.engines.acts import Change
from gazette_cli.engines.fields import RowError
from gazette_cli.engines.file_errors import file_reason
from gazette_cli.engines.history import read_history
from gazette_cli.engines.rows import read_row
from gazette_cli.engines.sources import SourceError, read_lines, source_files

INVALID = 2
_HISTORIES = (".jsonl", ".jsonl.gz")


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("validate", help="check documents against the input contract")
    parser.add_argument(
        "files",
        type=path,
        nargs="+",
        metavar="FILE",
        help="an event, an erasure, an image, a .jsonl[.gz] history, or a folder with the layout of"
        " the source bucket",
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    parser.set_defaults(run=_run)


class Verdict(NamedTuple):
    """What is said of one file or row. ``whole`` is a line about a file that has no fields."""

    label: str
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    whole: str = ""
    note: str | None = None

    @property
    def is_valid(self) -> bool:
        return not (self.problems or self.whole)


def _run(options: argparse.Namespace) -> int:
    return validate(options.files, as_json=options.as_json)


def validate(files: Sequence[Path], *, as_json: bool = False) -> int:
    """Check each file; return 2 if one is invalid or cannot be read.

    What is published in another form than it was written in is a warning.
    """
    verdicts = (verdict for file in files for verdict in _verdicts(file))
    return _write_json(list(verdicts)) if as_json else _write_lines(verdicts)


def _verdicts(file: Path) -> Iterator[Verdict]:
    try:
        if file.is_dir():
            for one in source_files(file):
                yield _of_file(one, file)
        elif file.name.endswith(_HISTORIES):
            yield from _of_history(file)
        else:
            yield _of_file(file)
    except SourceError as error:
        yield Verdict(str(file), whole=str(error))
    except OSError as error:
        yield Verdict(str(file), whole=f"{file}: {file_reason(error)}")


def _of_file(file: Path, folder: Path | None = None) -> Verdict:
    try:
        checked = check(key_of(file, folder), file.read_bytes())
    except InvalidEventError as error:
        return Verdict(str(file), error.problems)
    note = _note(checked.document, datetime.now(UTC)) if checked.document else ""
    return Verdict(str(file), warnings=checked.warnings, note=f"valid{note}")


def _of_history(file: Path) -> Iterator[Verdict]:
    """Check each row, and that the versions which rows name are there."""
    lines = read_lines(file)
    _, bad = read_history(lines)
    for line in bad:
        label = f"{file} line {line.number}"
        yield Verdict(label, whole=f"{label}: {line.reason}")
    rows = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    are_valid = not bad
    for number, row in rows:
        if verdict := _of_row(f"{file} line {number}", row):
            are_valid &= verdict.is_valid
            yield verdict
    if are_valid:
        yield Verdict(str(file), note=f"valid, {len(rows):,} rows")


def _of_row(label: str, line: bytes) -> Verdict | None:
    """Return what is said of a row, None if nothing is."""
    try:
        row = read_row(line)
        checked = check_change(row) if isinstance(row, Change) else None
    except RowError:
        return None  # it is among those that `read_history` refuses
    except InvalidEventError as error:
        return Verdict(label, error.problems)
    return Verdict(label, warnings=checked.warnings) if checked and checked.warnings else None


def _write_lines(verdicts: Iterable[Verdict]) -> int:
    status = 0
    for one in verdicts:
        for field, remark in one.warnings:
            sys.stderr.write(f"{one.label}: warning: {field} {remark}\n")
        for field, reason in one.problems:
            sys.stderr.write(f"{one.label}: {field}: {reason}\n")
        if one.whole:
            sys.stderr.write(f"{one.whole}\n")
        if one.note:
            sys.stdout.write(f"{one.label}: {one.note}\n")
        status = status if one.is_valid else INVALID
    return status


def _write_json(verdicts: Sequence[Verdict]) -> int:
    listed = [
        {
            "file": one.label,
            "valid": one.is_valid,
            "problems": [
                *({"field": "", "reason": reason} for reason in filter(None, [one.whole])),
                *(problem._asdict() for problem in one.problems),
            ],
            "warnings": [warning._asdict() for warning in one.warnings],
        }
        for one in verdicts
    ]
    sys.stdout.write(json.dumps({"files": listed}, indent=2, ensure_ascii=False) + "\n")
    return 0 if all(one.is_valid for one in verdicts) else INVALID


def _note(document: EventDocument, now: datetime) -> str:
    """Say that a document would not be public at once, or never."""
    if document.expires and document.expires <= now:
        return f", but not published: expires is past ({rfc3339(document.expires)})"
    if document.published and document.published > now:
        return f", held until {rfc3339(document.published)} unless the event is public already"
    return ""
