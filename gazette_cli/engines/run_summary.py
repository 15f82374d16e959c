"""What `gazette publish` says of a run: a report as JSON, a summary, and what is quarantined."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gazette.models.contract.identity import event_key
from gazette.models.frozen import rfc3339
from gazette.models.ledger import partitions
from gazette.models.ledger.snapshot import QuarantinedVersion
from gazette.models.tasks.reports import Quarantined
from gazette.projections.items.due_items import DueEvent
from gazette.projections.items.remarks import read_remarks
from gazette.services.publish.images.missing_images import missing_images
from gazette.services.release.release import held_events
from gazette_cli.engines.engine import Engine

QUARANTINED = 1
# Of each kind; the report has all.
_LINES_SHOWN = 10


class Left(NamedTuple):
    """What a run leaves to do: held events; what erasures and images wait for; remarks."""

    held: Sequence[DueEvent]
    waiting: Sequence[Quarantined]
    remarks: Sequence[Quarantined]


def quarantined_before(engine: Engine) -> list[Quarantined]:
    """Return what earlier runs have quarantined and is quarantined still.

    Of an erasure the reason says what it waits for.
    """
    listed = {one.key for one in engine.report.quarantined} | engine.report.notices.keys()
    records = engine.ledger.scan(partitions.QUARANTINE)
    versions = (
        QuarantinedVersion.model_validate_json(record.payload)
        for record in records
        if not record.deleted
    )
    return [
        Quarantined(one.key, "; ".join(f"{field}: {reason}" for field, reason in one.problems))
        for one in versions
        if one.key not in listed
    ]


def read_left(engine: Engine, waiting: Sequence[Quarantined]) -> Left:
    missing = (
        Quarantined(event_key(one.event_id), f"image: {one.reason}")
        for one in missing_images(engine.ledger)
    )
    erasures = (Quarantined(*notice) for notice in engine.report.notices.items())
    remarks = (
        Quarantined(event_key(one.event_id), f"{field}: {reason}")
        for one in read_remarks(engine.ledger.scan(partitions.REMARKS))
        for field, reason in one.remarks
    )
    return Left(list(held_events(engine.ledger)), [*erasures, *waiting, *missing], list(remarks))


def summary(engine: Engine, left: Left, seconds: float) -> dict[str, object]:
    report = engine.report
    return {
        "events": len(report.events),
        "revisions": report.revisions,
        "held": [{"id": event.event_id, "release": rfc3339(event.due)} for event in left.held],
        "quarantined": [item._asdict() for item in report.quarantined],
        "waiting": [item._asdict() for item in left.waiting],
        "remarks": [item._asdict() for item in left.remarks],
        "documents": {
            "written": report.written,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "bytes": report.bytes_written,
        },
        "aws_calls": dict(sorted(engine.calls.items())),
        "seconds": {
            **{stage: round(value, 3) for stage, value in report.seconds.items()},
            "total": round(seconds, 3),
        },
    }


def print_summary(engine: Engine, left: Left, out: Path, seconds: float) -> None:
    report = engine.report
    sys.stdout.write(
        f"{len(report.events):,} events in {report.revisions:,} revisions, "
        f"{len(left.held):,} held, {len(report.quarantined):,} quarantined; "
        f"{report.written:,} documents written to {out} in {seconds:.1f} s\n"
    )
    lines = (
        [f"held {event.event_id}: until {rfc3339(event.due)}" for event in left.held],
        [f"quarantined {item.key}: {item.reason}" for item in report.quarantined],
        [f"waiting {item.key}: {item.reason}" for item in left.waiting],
        [f"remark {item.key}: {item.reason}" for item in left.remarks],
    )
    for kind in lines:
        for line in kind[:_LINES_SHOWN]:
            sys.stdout.write(f"{line}\n")


def say_what_is_quarantined(quarantined: Sequence[Quarantined]) -> int:
    """Name the documents that are not published, and return the exit status."""
    keys = list(dict.fromkeys(item.key for item in quarantined))
    if not keys:
        return 0
    named = ", ".join(keys[:_LINES_SHOWN]) + (", …" if len(keys) > _LINES_SHOWN else "")
    how = "`gazette validate` says what is wrong with each, and --report FILE lists all"
    sys.stderr.write(f"gazette: {len(keys):,} quarantined: {named}\ngazette: {how}\n")
    return QUARANTINED
