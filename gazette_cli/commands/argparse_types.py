"""What `argparse` reads the arguments of the commands with: it says in our words what is wrong.

`argparse` shows the name of a type for other errors than its own.
"""

import argparse
import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from gazette.models.characters import shorten
from gazette.models.identifiers.urls import canonical_url
from gazette.models.limits import MAX_QUOTED_CHARACTERS

_MAX_DIGITS = 15
_MOST_JOBS = 256
_ADDRESS = re.compile("https?:", re.IGNORECASE)
_REGION = re.compile(r"[a-z]+(-[a-z0-9]+)+", re.ASCII)
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


class Subparsers(Protocol):
    """The result of `argparse.ArgumentParser.add_subparsers`."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...  # noqa: A002  # argparse's name


def revision_numbers(text: str) -> tuple[int, ...]:
    """Read numbers of revisions, separated by commas.

    Raises:
        argparse.ArgumentTypeError: it is no such list.
    """
    numbers = [number.strip() for number in text.split(",")]
    if not all(_is_number(number) and int(number) for number in numbers):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a list of numbers such as 1,2")
    return tuple(map(int, numbers))


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return the type of a number between two others; commas between its digits may stand."""

    def read(text: str) -> int:
        digits = text.replace(",", "")
        if not _is_number(digits) or not least <= int(digits) <= most:
            raise argparse.ArgumentTypeError(
                f"{shown(text)} is not a whole number from {least:,} to {most:,}"
            )
        return int(digits)

    return read


def add_jobs_option(parser: argparse.ArgumentParser) -> None:
    """Add the option for the number of processes."""
    parser.add_argument(
        "--jobs",
        type=whole_number(1, _MOST_JOBS),
        default=os.cpu_count() or 1,
        metavar="N",
        help="number of processes; that of the processors, by default",
    )


def path(text: str) -> Path:
    """Read the path of a file or a folder.

    Raises:
        argparse.ArgumentTypeError: no file can have it.
    """
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{shown(text)} is no path; name a file or a folder")
    return Path(text)


def site_address(text: str) -> str:
    """Read the folder or the address of a published site.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    if _ADDRESS.match(text):
        return web_address(text)
    return str(path(text))


def web_address(text: str) -> str:
    """Read an address without query and fragment.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    example = "; write one such as https://news.example"
    try:
        canonical_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{shown(text)} {error}{example}") from error
    if "?" in text or "#" in text:
        raise argparse.ArgumentTypeError(f"{shown(text)} has a query or a fragment{example}")
    return text


def region(text: str) -> str:
    """Read the name of a region of AWS.

    Raises:
        argparse.ArgumentTypeError: no region can have it.
    """
    if not _REGION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{shown(text)} is no region such as eu-west-1")
    return text


def stack_name(text: str) -> str:
    """Read the name of a stack.

    Raises:
        argparse.ArgumentTypeError: CloudFormation gives no such name.
    """
    if not _STACK.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is no name of a stack; write letters, digits and dashes"
        )
    return text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS


def shown(text: str) -> str:
    return repr(shorten(text, MAX_QUOTED_CHARACTERS))


def day(text: str) -> date:
    """Read a day.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{shown(text)} is no day such as 2026-07-04") from error


def moment(text: str) -> datetime:
    """Read a time; one without a zone is in UTC.

    Raises:
        argparse.ArgumentTypeError: it is no time.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is no time such as 2026-07-04T12:00:00Z"
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
