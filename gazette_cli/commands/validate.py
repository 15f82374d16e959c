"""`gazette validate`: check events, erasures, images and histories before they are published."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.frozen import rfc3339
from gazette_cli.commands.argparse_types import Subparsers, path
from gazette_cli.commands.input_checks import Checked, check, check_change, key_of
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
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return validate(options.files)


def validate(files: Sequence[Path]) -> int:
    """Check each file; return 2 if one is invalid or cannot be read.

    What is published in another form than it was written in is a warning.
    """
    return max(_validate(file) for file in files)


def _validate(file: Path) -> int:
    try:
        if file.is_dir():
            return max(_validate_file(one, file) for one in source_files(file))
        if file.name.endswith(_HISTORIES):
            return _validate_history(file)
        return _validate_file(file)
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{file}: {file_reason(error)}\n")
    return INVALID


def _validate_file(file: Path, folder: Path | None = None) -> int:
    try:
        checked = check(key_of(file, folder), file.read_bytes())
    except InvalidEventError as error:
        return _refuse(str(file), error)
    _warn(str(file), checked)
    note = _note(checked.document, datetime.now(UTC)) if checked.document else ""
    sys.stdout.write(f"{file}: valid{note}\n")
    return 0


def _validate_history(file: Path) -> int:
    """Check each row, and that the versions which rows name are there."""
    lines = read_lines(file)
    _, bad = read_history(lines)
    for line in bad:
        sys.stderr.write(f"{file} line {line.number}: {line.reason}\n")
    statuses = [
        _validate_row(f"{file} line {number}", line)
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if bad or any(statuses):
        return INVALID
    sys.stdout.write(f"{file}: valid, {len(statuses):,} rows\n")
    return 0


def _validate_row(label: str, line: bytes) -> int:
    try:
        row = read_row(line)
    except RowError:
        return INVALID  # it is among those that `read_history` refuses
    if not isinstance(row, Change):
        return 0
    try:
        _warn(label, check_change(row))
    except InvalidEventError as error:
        return _refuse(label, error)
    return 0


def _refuse(label: str, error: InvalidEventError) -> int:
    for field, reason in error.problems:
        sys.stderr.write(f"{label}: {field}: {reason}\n")
    return INVALID


def _warn(label: str, checked: Checked) -> None:
    for field, remark in checked.warnings:
        sys.stderr.write(f"{label}: warning: {field} {remark}\n")


def _note(document: EventDocument, now: datetime) -> str:
    """Say that a document would not be public at once, or never."""
    if document.expires and document.expires <= now:
        return f", but not published: expires is past ({rfc3339(document.expires)})"
    if document.published and document.published > now:
        return f", held until {rfc3339(document.published)} unless the event is public already"
    return ""
