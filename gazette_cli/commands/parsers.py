"""What a command module adds its parser to: argparse has no public type for it."""

import argparse
from typing import Protocol


class Parsers(Protocol):
    """The result of `argparse.ArgumentParser.add_subparsers`."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...  # noqa: A002  # argparse's name
