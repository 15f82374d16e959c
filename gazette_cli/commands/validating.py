"""`gazette validate`: the input contract, errors by field."""

import sys
from collections.abc import Sequence
from pathlib import Path

from gazette.models.contract.parsing import InvalidEventError, parse_document

INVALID = 2


def validate(files: Sequence[Path]) -> int:
    """Check each file; return 2 if one breaks the contract or cannot be read."""
    return max(_validate(file) for file in files)


def _validate(file: Path) -> int:
    try:
        parse_document(file.read_bytes())
    except InvalidEventError as error:
        for field, reason in error.problems:
            sys.stderr.write(f"{file}: {field}: {reason}\n")
        return INVALID
    except OSError as error:
        sys.stderr.write(f"{file}: {error.strerror}\n")
        return INVALID
    sys.stdout.write(f"{file}: keeps the contract\n")
    return 0
