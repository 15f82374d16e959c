"""What `gazette failures` prints: JSON for programs, or tables."""

import json
import sys
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gazette.models.contract.identity import event_key
from gazette.models.frozen import rfc3339
from gazette.models.ledger.entry import MissingImage
from gazette.models.ledger.snapshot import PublishedRemarks, QuarantinedVersion
from gazette_cli.operate.dead_letters import Failed


class QuarantinedRevision(NamedTuple):
    """A version that breaks the contract, and the revision number it would have had."""

    number: int
    version: QuarantinedVersion


class Listed(NamedTuple):
    """What failed, and whether more did; what is quarantined; which images are missing.

    ``remarks`` are about what is published.
    """

    failed: Sequence[Failed]
    is_more: bool
    quarantined: Sequence[QuarantinedRevision]
    missing: Sequence[MissingImage]
    remarks: Sequence[PublishedRemarks]


def write_json(listed: Listed) -> None:
    shape = {
        "failed": [
            {
                "id": one.name,
                "kind": one.kind,
                "subject": one.subject,
                "reason": one.reason,
                "at": rfc3339(one.at),
                "can_be_replayed": one.replay is not None,
            }
            for one in listed.failed
        ],
        "more": listed.is_more,
        "quarantined": [
            {
                "key": one.version.key,
                "number": one.number,
                "version_id": one.version.version_id,
                "at": rfc3339(one.version.at),
                "problems": _problems(one.version.problems),
            }
            for one in listed.quarantined
        ],
        "missing_images": [
            {"key": one.key, "named_by": event_key(one.event_id), "reason": one.reason}
            for one in listed.missing
        ],
        "remarks": [
            {
                "key": event_key(one.event_id),
                "number": one.number,
                "remarks": _problems(one.remarks),
            }
            for one in listed.remarks
        ],
    }
    sys.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False) + "\n")


def _problems(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"field": field, "reason": reason} for field, reason in pairs]


def write_tables(listed: Listed) -> None:
    console = Console(highlight=False)
    if listed.failed:
        console.print(_failed_table(listed.failed))
        console.print("`gazette replay` retries all of them, `gazette replay ID` only one.")
    if listed.is_more:
        console.print(f"Only the first {len(listed.failed):,} are shown.")
    if listed.quarantined:
        console.print(_quarantine_table(listed.quarantined))
        console.print("A valid version of the document, or its deletion, ends the quarantine.")
    if listed.missing:
        console.print(_missing_table(listed.missing))
        console.print("The documents of an event name its image as soon as that is uploaded.")
    if listed.remarks:
        console.print(_remarks_table(listed.remarks))
        console.print("These are published. A version without the mistake ends the remark.")
    if not (listed.failed or listed.quarantined):
        console.print("No failures and no quarantined documents.")


def _failed_table(failed: Sequence[Failed]) -> Table:
    table = Table(title="Failed", title_justify="left")
    for name in ("ID", "When (UTC)", "Kind"):
        table.add_column(name, no_wrap=True)
    table.add_column("Subject", overflow="fold")
    table.add_column("Reason", overflow="fold")
    for one in failed:
        when = f"{one.at:%Y-%m-%d %H:%M}"
        table.add_row(one.short_name, when, one.kind, escape(one.subject), escape(one.reason))
    return table


def _quarantine_table(quarantined: Sequence[QuarantinedRevision]) -> Table:
    table = Table(title="Quarantined", title_justify="left")
    table.add_column("Key", overflow="fold")
    table.add_column("Version", overflow="fold")
    table.add_column("Field", overflow="fold")
    table.add_column("Reason", overflow="fold")
    for number, version in quarantined:
        for position, (field, reason) in enumerate(version.problems):
            which = (version.key, f"{number} ({version.version_id})") if position == 0 else ("", "")
            table.add_row(*map(escape, (*which, field, reason)))
    return table


def _remarks_table(remarks: Sequence[PublishedRemarks]) -> Table:
    table = Table(title="Remarks", title_justify="left")
    for name in ("Key", "Revision", "Field", "Remark"):
        table.add_column(name, overflow="fold")
    for one in remarks:
        for field, reason in one.remarks:
            table.add_row(*map(escape, (event_key(one.event_id), str(one.number), field, reason)))
    return table


def _missing_table(missing: Sequence[MissingImage]) -> Table:
    table = Table(title="Missing images", title_justify="left")
    for name in ("Image", "Named by"):
        table.add_column(name, overflow="fold")
    for one in missing:
        table.add_row(escape(one.key), escape(event_key(one.event_id)))
    return table
