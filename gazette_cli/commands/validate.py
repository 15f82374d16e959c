"""`gazette validate`: check documents against the input contract."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, parse
from gazette.models.frozen import rfc3339
from gazette.projections.markup.lost_links import lost_in
from gazette_cli.commands.argparse_types import Subparsers, path

INVALID = 2
# Where the event will be makes no difference.
_ANY_PAGE = "https://localhost/news/2026/01/1/event.html"


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("validate", help="check documents against the input contract")
    parser.add_argument("files", type=path, nargs="+", metavar="FILE")
    parser.set_defaults(run=lambda options: validate(options.files))


def validate(files: Sequence[Path]) -> int:
    """Check each file; return 2 if one is invalid or cannot be read.

    What is published in another form than it was written in is a warning.
    """
    return max(_validate(file) for file in files)


def _validate(file: Path) -> int:
    try:
        document, remarks = parse(file.read_bytes())
    except InvalidEventError as error:
        for field, reason in error.problems:
            sys.stderr.write(f"{file}: {field}: {reason}\n")
        return INVALID
    except OSError as error:
        sys.stderr.write(f"{file}: {error.strerror}\n")
        return INVALID
    for field, remark in remarks:
        sys.stderr.write(f"{file}: warning: {field} {remark}\n")
    for field, remark in lost_in(document.body or "", _ANY_PAGE):
        sys.stderr.write(f"{file}: warning: {field} {remark}\n")
    sys.stdout.write(f"{file}: valid{_note(document, datetime.now(UTC))}\n")
    return 0


def _note(document: EventDocument, now: datetime) -> str:
    """Say that a document would not be public at once, or never."""
    if document.expires and document.expires <= now:
        return f", but not published: expires is past ({rfc3339(document.expires)})"
    if document.published and document.published > now:
        return f", held until {rfc3339(document.published)} unless the event is public already"
    return ""
