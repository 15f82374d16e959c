"""Decides whether an upload of the same bytes shows again what was erased before it."""

from dataclasses import dataclass
from datetime import datetime

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import Revision
from gazette.ports import Ledger
from gazette.projections.erasures.erasures import erased_numbers
from gazette.services.ingest.erasures.erasure_reading import ErasureReader
from gazette.services.ingest.event_fold import EventFold


@dataclass(frozen=True, slots=True)
class Reinstatement:
    """Knows which revisions were erased at the time of an upload.

    The time of the upload counts, not when it is noticed: so a rebuild gives the same numbers.
    """

    ledger: Ledger
    erasures: ErasureReader

    def was_erased(self, fold: EventFold, revision: Revision, at: datetime) -> bool:
        """Return whether a revision of a fold was erased before a time.

        A revision whose text S3 has lost stays erased when the erasure is undone.
        """
        if stored := self.erasures.stored_before(at):
            recorded = recorded_revisions(self.ledger, fold)
            if revision.number in erased_numbers(fold.snapshot, recorded, stored):
                return True
        erased = revision.entry.erased
        return bool(erased and erased.at < at and fold.reader.read_erased(revision) is None)


def recorded_revisions(ledger: Ledger, fold: EventFold) -> list[Revision]:
    """Return the revisions of a fold, oldest first, with those that this run has made.

    The fold notes what was read: a revision is written over that alone.
    """
    snapshot = fold.snapshot
    partition = partitions.event_partition(snapshot.event_id)
    stored = {item.key: item for item in ledger.scan(partition, keys.REVISION)}
    fold.read = {key: item.revision for key, item in stored.items()} | fold.read
    items = stored | fold.items
    return [
        Revision.model_validate_json(items[key].payload)
        for number in range(1, snapshot.number + 1)
        if (key := keys.revision_key(snapshot.event_id, number)) in items
    ]
