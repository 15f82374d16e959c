"""`gazette held`: list the events under embargo, by the time of their release."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette.models.frozen import rfc3339
from gazette.projections.items.due_items import DueEvent
from gazette.services.release.release import held_events
from gazette_cli.operate.deployment import Deployment, StackAddress, open_deployment


def held(address: StackAddress, *, as_json: bool) -> int:
    """Print the events under embargo of a stack.

    Raises:
        DeploymentError: the stack cannot be reached.
    """
    with open_deployment(address) as deployment:
        list_held(deployment, as_json=as_json)
    return 0


def list_held(deployment: Deployment, *, as_json: bool) -> None:
    """Print the events under embargo, the next one to be released first."""
    events = list(held_events(deployment.ledger))
    write = _write_json if as_json else _write_table
    write(events)


def _write_json(events: Sequence[DueEvent]) -> None:
    shape = {
        "held": [
            {"id": one.event_id, "release": rfc3339(one.due), "version_id": one.version_id}
            for one in events
        ]
    }
    sys.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False) + "\n")


def _write_table(events: Sequence[DueEvent]) -> None:
    console = Console(highlight=False)
    if not events:
        console.print("No held events.")
        return
    table = Table(title="Held", title_justify="left")
    for name in ("Event", "Release (UTC)", "Version"):
        table.add_column(name, overflow="fold")
    for one in events:
        table.add_row(escape(one.event_id), rfc3339(one.due), escape(one.version_id))
    console.print(table)
    console.print("A new version, or the deletion of the document, ends the embargo.")
