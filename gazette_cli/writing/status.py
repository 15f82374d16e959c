"""`gazette status`: what a stack knows of an event, and all its revisions."""

import json
import sys
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette.models.contract import identity
from gazette.models.frozen import rfc3339
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import QuarantinedVersion, Revision, Snapshot
from gazette_cli.operate.deployment import Deployment, StackAddress, open_deployment
from gazette_cli.writing.put import address_of
from gazette_cli.writing.uploads import UploadError

# The columns that may be broken.
_TEXTS = ("Title", "Note")


class Status(NamedTuple):
    """The state of an event: its address, its revisions, and why its newest version is not public.

    ``state`` is published, withdrawn, held or unpublished.
    """

    event_id: str
    state: str
    address: str
    reason: str
    revisions: Sequence[Revision]


def status(address: StackAddress, event_id: str, *, as_json: bool) -> int:
    """Print what a stack knows of an event.

    Raises:
        DeploymentError: the stack cannot be reached.
        UploadError: it knows nothing of it.
    """
    with open_deployment(address) as deployment:
        found = read_status(deployment, event_id)
    if as_json:
        sys.stdout.write(json.dumps(shape(found), indent=2, ensure_ascii=False) + "\n")
    else:
        print_status(found)
    return 0


def read_status(deployment: Deployment, event_id: str) -> Status:
    """Read the state of an event.

    Raises:
        UploadError: the stack knows nothing of it.
    """
    item = deployment.ledger.get(keys.snapshot_key(event_id))
    quarantined = deployment.ledger.get(keys.quarantine_key(identity.event_key(event_id)))
    if item is None and quarantined is None:
        reason = "the stack knows no such event; the id is the object key without events/ and .json"
        raise UploadError(f"{event_id}: {reason}")
    snapshot = Snapshot.model_validate_json(item.payload) if item else Snapshot(event_id=event_id)
    reason = ""
    if quarantined and not quarantined.deleted:
        version = QuarantinedVersion.model_validate_json(quarantined.payload)
        problems = "; ".join(f"{field}: {why}" for field, why in version.problems)
        reason = f"the newest version is quarantined: {problems}"
    if snapshot.held:
        reason = f"a version is held until {rfc3339(snapshot.held.release)}"
    revision = snapshot.revision
    page = address_of(deployment, f"{revision.entry.base_path}.html") if revision else ""
    items = deployment.ledger.scan(partitions.event_partition(event_id), keys.REVISION)
    revisions = [Revision.model_validate_json(one.payload) for one in items if not one.deleted]
    return Status(event_id, _state(snapshot), page, reason, revisions)


def _state(snapshot: Snapshot) -> str:
    if snapshot.is_live:
        return "published"
    if snapshot.revision:
        return "withdrawn"
    return "held" if snapshot.held else "unpublished"


def shape(found: Status) -> dict[str, object]:
    """Return the JSON form of a status."""
    return {
        "id": found.event_id,
        "state": found.state,
        "url": found.address or None,
        "reason": found.reason or None,
        "revisions": [
            {
                "number": one.number,
                "kind": one.entry.kind.value,
                "at": rfc3339(one.entry.at),
                "title": one.entry.title,
                "note": one.entry.note,
                "version_id": one.version_id,
                "erased": one.entry.erased is not None,
            }
            for one in found.revisions
        ],
    }


def print_status(found: Status) -> None:
    """Print a status as a table of its revisions, the newest first."""
    console = Console(highlight=False)
    console.print(f"{found.event_id}: {found.state}", markup=False)
    for line in filter(None, (found.address, found.reason)):
        console.print(line, markup=False, soft_wrap=True)
    if not found.revisions:
        return
    table = Table()
    for name in ("Revision", "Kind", "At (UTC)", "Title", "Note"):
        table.add_column(name, overflow="fold", no_wrap=name not in _TEXTS)
    for one in reversed(found.revisions):
        entry = one.entry
        note = f"erased: {entry.erased.reason}" if entry.erased else entry.note or ""
        row = (str(one.number), entry.kind.value, rfc3339(entry.at), entry.title, note)
        table.add_row(*map(escape, row))
    console.print(table)
