"""Time lines that no event was ever listed on, but that the page of a withdrawn event leads to."""

from dataclasses import replace

from gazette.models.ledger import keys
from gazette.models.ledger.entry import read_entry
from gazette.models.tasks.tasks import PublishTask
from gazette.ports import Ledger
from gazette.projections.feeds.timelines import Timeline


def published_timeline(ledger: Ledger, task: PublishTask, listed: Timeline) -> Timeline | None:
    """Return what a task publishes of a time line, or None for nothing.

    ``listed`` is what the ledger lists on it, or listed once. If that is nothing, the note of a
    withdrawn event makes it exist, empty. The task of such a note publishes no other time line: the
    records of entries do, and hubs are pinged for those.
    """
    if listed.known:
        return None if task.sort == keys.NAMED else listed
    note = ledger.get(keys.named_key(task.partition))
    return replace(listed, last_deleted=read_entry(note.payload)) if note else None
