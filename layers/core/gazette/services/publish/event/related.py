"""Related events: the neighbours of an event on the time lines of its topics."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import RELATED_BY_TOPICS, RELATED_NEIGHBOURS_EACH_SIDE
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.ports import Ledger
from gazette.services.publish.known_items import following

# So many items of an index of related events are one read unit.
_PAGE = 8


def candidates(ledger: Ledger, entry: Entry) -> list[Entry]:
    """Return the neighbours of an event on the time lines of its first topics, each once."""
    found: dict[str, Entry] = {}
    for topic in entry.topics[:RELATED_BY_TOPICS]:
        sort = keys.entry_sort(entry.published, entry.event_id)
        for item in _neighbours(ledger, ItemKey(partitions.related_partition(topic.slug), sort)):
            neighbour = read_entry(item.payload)
            found[neighbour.event_id] = neighbour
    return list(found.values())


@dataclass(frozen=True, slots=True)
class RelatedFinder:
    """Turns what was written on a ``RELATED`` time line into tasks for the pages around it.

    These are the pages of its neighbours, and of the event itself, whose page may be older than its
    neighbours. However many entries of a batch ask for a page, it is built once.
    """

    ledger: Ledger

    def find(self, tasks: Sequence[PublishTask]) -> dict[PublishTask, tuple[PublishTask, ...]]:
        """Return for each entry, or its deletion, the tasks of the events around its place."""
        return {task: tuple(self._pages(task)) for task in tasks}

    def _pages(self, task: PublishTask) -> Iterator[PublishTask]:
        item_key = ItemKey(task.partition, task.sort)
        near = (item.key for item in _neighbours(self.ledger, item_key))
        for one in (item_key, *near):
            yield PublishTask(TaskKind.EVENT, partitions.event_partition(_event_id(one)))


def _neighbours(ledger: Ledger, item_key: ItemKey) -> Iterator[LedgerItem]:
    """Yield the neighbours of an item.

    Most changes are of events among the newest of their topics. So the newest are read first, in
    one page: a view answers the rest from them, also for the pages of the neighbours. An item
    further back is read together with the older ones, for the same reason.
    """
    partition, sort = item_key
    newest = ledger.before(ItemKey(partition, keys.AFTER_ENTRIES), _PAGE)
    for _ in islice(newest, _PAGE):
        pass
    older = ledger.before(ItemKey(partition, following(sort)))
    for items in (older, ledger.after(item_key)):
        others = (item for item in items if item.key.sort != sort)
        yield from islice(others, RELATED_NEIGHBOURS_EACH_SIDE)


def _event_id(item_key: ItemKey) -> str:
    return item_key.sort.removeprefix(keys.ENTRY).partition("#")[2]
