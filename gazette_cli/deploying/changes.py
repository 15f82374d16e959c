"""What a deployment would change: the list of a change set, which is deleted afterwards."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from botocore.exceptions import ClientError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette_cli.deploying.account import Account


class Change(NamedTuple):
    """``replacement`` is True, False or Conditional, and empty for what is added or removed."""

    action: str
    resource: str
    type: str
    replacement: str


@contextmanager
def listing_changes(
    account: Account, name: str, *, is_new: bool
) -> Iterator[Callable[[], Sequence[Change]]]:
    """Yield a function that reads the change sets made in the block; they are deleted at its end.

    A change set of a new stack makes an empty stack, which is deleted, too.
    """
    before = set(_change_sets(account, name))

    def made() -> list[str]:
        return [one for one in _change_sets(account, name) if one not in before]

    try:
        yield lambda: [change for one in made() for change in _changes(account, one)]
    finally:
        for change_set in made():
            account.formation.delete_change_set(ChangeSetName=change_set)
        # Somebody else may look at changes of the same new stack.
        if is_new and not before:
            account.formation.delete_stack(StackName=name)


def _change_sets(account: Account, name: str) -> Iterator[str]:
    pages = account.formation.get_paginator("list_change_sets").paginate(StackName=name)
    try:
        for page in pages:
            yield from (one["ChangeSetId"] for one in page["Summaries"])
    except ClientError as error:
        if "does not exist" not in str(error):
            raise


def _changes(account: Account, change_set: str) -> Iterator[Change]:
    pages = account.formation.get_paginator("describe_change_set").paginate(
        ChangeSetName=change_set
    )
    for page in pages:
        for one in page.get("Changes", []):
            found = one["ResourceChange"]
            yield Change(
                found["Action"],
                found["LogicalResourceId"],
                found["ResourceType"],
                found.get("Replacement", ""),
            )


def print_changes(changes: Sequence[Change], *, as_json: bool) -> None:
    """Print what would change, in the order of CloudFormation."""
    if as_json:
        shape = {"changes": [change._asdict() for change in changes]}
        sys.stdout.write(json.dumps(shape, indent=2) + "\n")
        return
    console = Console(highlight=False)
    if not changes:
        console.print("Nothing would change.")
        return
    table = Table(title="What a deployment would change", title_justify="left")
    for name in ("Action", "Resource", "Type", "Replaced"):
        table.add_column(name, overflow="fold")
    for change in changes:
        table.add_row(*map(escape, change))
    console.print(table)
