"""Related events: found beside an event on its topics' time lines, and told when it changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import RELATED_BY_TOPICS, RELATED_NEIGHBOURS_EACH_SIDE
from gazette.models.work.build_result import BuildResult
from gazette.models.work.tasks import PublishTask
from gazette.ports import Ledger


def candidates(ledger: Ledger, entry: Entry) -> list[Entry]:
    """Return the neighbours of an event on the time lines of its first topics, each once."""
    found: dict[str, Entry] = {}
    for topic in entry.topics[:RELATED_BY_TOPICS]:
        sort = keys.entry_sort(entry.published, entry.event_id)
        for record in _neighbours(ledger, ItemKey(keys.related_partition(topic.slug), sort)):
            neighbour = read_entry(record.payload)
            found[neighbour.event_id] = neighbour
    return list(found.values())


@dataclass(frozen=True, slots=True)
class RelatedRequestsBuilder:
    """Tells the events beside one that came, changed or went, so that their pages follow.

    The event itself is told too: its page may have been made before its neighbours were known.
    """

    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ()

    def compose(self, task: PublishTask) -> BuildResult:
        item_key = ItemKey(task.partition, task.sort)
        record = self.ledger.get(item_key)
        if record is None:
            return BuildResult()
        # By the place and not by the event: one that moves is told of where it came and it went.
        cause = f"{task.partition}#{item_key.sort.removeprefix(keys.ENTRY)}"
        told = [_event_id(item_key), *(_event_id(near.key) for near in self._near(item_key))]
        return BuildResult(
            follow_ups=tuple(
                LedgerItem(
                    keys.rebuild_request_key(keys.event_partition(event_id), cause),
                    record.revision,
                    "{}",
                )
                for event_id in told
            )
        )

    def _near(self, item_key: ItemKey) -> Iterator[LedgerItem]:
        return _neighbours(self.ledger, item_key)


def _neighbours(ledger: Ledger, item_key: ItemKey) -> Iterator[LedgerItem]:
    yield from islice(_live(ledger.before(item_key)), RELATED_NEIGHBOURS_EACH_SIDE)
    yield from islice(_live(ledger.after(item_key)), RELATED_NEIGHBOURS_EACH_SIDE)


def _live(records: Iterable[LedgerItem]) -> Iterator[LedgerItem]:
    return (record for record in records if not record.deleted)


def _event_id(item_key: ItemKey) -> str:
    return item_key.sort.removeprefix(keys.ENTRY).partition("#")[2]
