"""`gazette validate`: check documents against the input contract."""

import sys
from collections.abc import Sequence
from pathlib import Path

from gazette.models.contract.parsing import InvalidEventError, parse
from gazette_cli.commands.argparse_types import Subparsers

INVALID = 2


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("validate", help="check documents against the input contract")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.set_defaults(run=lambda options: validate(options.files))


def validate(files: Sequence[Path]) -> int:
    """Check each file; return 2 if one is invalid or cannot be read.

    What is published in another form than it was written in is a warning.
    """
    return max(_validate(file) for file in files)


def _validate(file: Path) -> int:
    try:
        _, remarks = parse(file.read_bytes())
    except InvalidEventError as error:
        for field, reason in error.problems:
            sys.stderr.write(f"{file}: {field}: {reason}\n")
        return INVALID
    except OSError as error:
        sys.stderr.write(f"{file}: {error.strerror}\n")
        return INVALID
    for field, remark in remarks:
        sys.stderr.write(f"{file}: warning: {field} {remark}\n")
    sys.stdout.write(f"{file}: valid\n")
    return 0
