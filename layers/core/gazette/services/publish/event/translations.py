"""The same event in other languages: either side may declare it, and both show it."""

from collections.abc import Iterable, Iterator

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.ports import Ledger
from gazette.services.publish.event.revisions import read_current


def translations(ledger: Ledger, entry: Entry) -> list[Entry]:
    """Return the live translations of an event: those it names, and those that name it."""
    declared = (_newest(ledger, event_id) for event_id in entry.translations)
    declaring = (
        read_entry(item.payload) for item in _declarations(ledger, entry) if not item.deleted
    )
    found = {other.event_id: other for other in (*_present(declared), *declaring)}
    found.pop(entry.event_id, None)
    return [found[event_id] for event_id in sorted(found)]


def rebuild_requests(ledger: Ledger, entry: Entry) -> tuple[LedgerItem, ...]:
    """Request rebuilds of the events that name this one as their translation."""
    cause = f"{keys.TRANSLATION}{entry.event_id}"
    return tuple(
        LedgerItem(
            keys.rebuild_request_key(partitions.event_partition(_declarer(item)), cause),
            entry.number,
            "{}",
        )
        for item in _declarations(ledger, entry)
    )


def _declarations(ledger: Ledger, entry: Entry) -> Iterator[LedgerItem]:
    return ledger.scan(partitions.event_partition(entry.event_id), keys.TRANSLATION)


def _declarer(item: LedgerItem) -> str:
    return item.key.sort.removeprefix(keys.TRANSLATION)


def _newest(ledger: Ledger, event_id: str) -> Entry | None:
    revision = read_current(ledger, partitions.event_partition(event_id))
    return None if revision is None or revision.is_withdrawn else revision.entry


def _present(entries: Iterable[Entry | None]) -> Iterator[Entry]:
    return (entry for entry in entries if entry is not None)
