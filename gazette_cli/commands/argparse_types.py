"""The type that `argparse` keeps private: what each command adds its parser to."""

import argparse
from typing import Protocol


class Subparsers(Protocol):
    """The result of `argparse.ArgumentParser.add_subparsers`."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...  # noqa: A002  # argparse's name
