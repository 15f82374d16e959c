"""The same event in other languages: declared by either side, shown by both, and kept in step."""

from collections.abc import Iterable, Iterator

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import Partition
from gazette.models.ledger.snapshot import Revision
from gazette.ports import Ledger


def translations(ledger: Ledger, entry: Entry) -> list[Entry]:
    """Return the live translations of an event: those it names, and those that name it."""
    declared = (_newest(ledger, event_id) for event_id in entry.translations)
    declaring = (
        read_entry(record.payload) for record in _declarations(ledger, entry) if not record.deleted
    )
    found = {other.event_id: other for other in (*_present(declared), *declaring)}
    found.pop(entry.event_id, None)
    return [found[event_id] for event_id in sorted(found)]


def rebuild_requests(ledger: Ledger, entry: Entry) -> tuple[LedgerItem, ...]:
    """Return what tells the events that name this one that it has changed."""
    cause = f"{keys.TRANSLATION}{entry.event_id}"
    return tuple(
        LedgerItem(
            keys.rebuild_request_key(keys.event_partition(_declarer(record)), cause),
            entry.number,
            "{}",
        )
        for record in _declarations(ledger, entry)
    )


def _declarations(ledger: Ledger, entry: Entry) -> Iterator[LedgerItem]:
    return ledger.scan(keys.event_partition(entry.event_id), keys.TRANSLATION)


def _declarer(record: LedgerItem) -> str:
    return record.key.sort.removeprefix(keys.TRANSLATION)


def _newest(ledger: Ledger, event_id: str) -> Entry | None:
    partition: Partition = keys.event_partition(event_id)
    record = next(ledger.newest(partition, keys.REVISION), None)
    revision = Revision.model_validate_json(record.payload) if record else None
    return None if revision is None or revision.is_withdrawn else revision.entry


def _present(entries: Iterable[Entry | None]) -> Iterator[Entry]:
    return (entry for entry in entries if entry is not None)
