"""The site as a fresh publication shows it: of what S3 still has, and what only the ledger knows.

State outside of the bucket are the claims of paths, and of each revision its record: number, kind,
time, identity and document (DESIGN.md). Everything else is published again from them.
"""

from collections.abc import Mapping
from typing import Any

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from tests.faults.gates import let_through
from tests.faults.stages import REBUILD, Stage, State, Work, invoke, settle

# The one place to say which sort keys of an event are its record and no derived items. The snapshot
# is derived today: an event that has one counts as published.
_RECORDS = ("REVISION#",)
# Documents are equal only if they are served with equal headers.
COMPARES_HEADERS = True


def is_carried_over(item_key: ItemKey) -> bool:
    """Return whether an item is state outside of the bucket: claims, documents, revisions.

    An erased revision names no image any more; that it did so is state, too.
    """
    if item_key.partition.kind in {PartitionKind.PATH, PartitionKind.DOCUMENT}:
        return True
    if item_key.partition.kind is PartitionKind.IMAGE and item_key.sort.startswith(keys.ERASED):
        return True
    return _is_revision(item_key)


def _is_revision(item_key: ItemKey) -> bool:
    is_event = item_key.partition.kind is PartitionKind.EVENT
    return is_event and item_key.sort.startswith(_RECORDS)


def shown(stage: Stage, *, with_headers: bool = COMPARES_HEADERS) -> Mapping[str, Any]:
    """Return the documents of the site, with the headers that they are served with or without."""
    return stage.state().site if with_headers else stage.site()


def published_afresh(stage: Stage) -> Mapping[str, Any]:
    """Publish on an empty site and a ledger with nothing but state; return what is shown then.

    The time is that of the stage. Afterwards the stage is the fresh one.
    """
    stage.set_gate(let_through)
    before = stage.state()
    recorded: list[str] = []

    def is_kept(item_key: ItemKey) -> bool:
        if _is_revision(item_key):
            recorded.append(event_key(item_key.partition.name))
        return is_carried_over(item_key)

    ledger = stage.ledger_of(before, is_kept)
    stage.restore(State(before.source, ledger, site={}, waiting=()))
    stage.forget()
    # S3 may have no version left of an event that has revisions.
    stage.bring(Work(keys=tuple(dict.fromkeys([*stage.source_keys(), *recorded]))))
    settle(stage)
    for failure in invoke(stage, REBUILD):
        raise failure.error
    settle(stage)
    return shown(stage)
