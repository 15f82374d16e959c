"""The type that `argparse` keeps private: what each command adds its parser to."""

import argparse
from datetime import UTC, datetime
from typing import Protocol


class Subparsers(Protocol):
    """The result of `argparse.ArgumentParser.add_subparsers`."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...  # noqa: A002  # argparse's name


def revision_numbers(text: str) -> tuple[int, ...]:
    """Read numbers of revisions, separated by commas.

    Raises:
        argparse.ArgumentTypeError: it is no such list.
    """
    numbers = [number.strip() for number in text.split(",")]
    if not all(number.isascii() and number.isdigit() and int(number) for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers such as 1,2")
    return tuple(map(int, numbers))


def moment(text: str) -> datetime:
    """Read a time; one without a zone is in UTC.

    Raises:
        argparse.ArgumentTypeError: it is no time.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time such as 2026-07-04T12:00:00Z"
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
