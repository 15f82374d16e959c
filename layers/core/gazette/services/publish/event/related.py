"""Related events: the neighbours of an event on the time lines of its topics."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import RELATED_BY_TOPICS, RELATED_NEIGHBOURS_EACH_SIDE
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.ports import Ledger
from gazette.services.publish.builder import FollowUpBuilder
from gazette.services.publish.known_items import following


def candidates(ledger: Ledger, entry: Entry) -> list[Entry]:
    """Return the neighbours of an event on the time lines of its first topics, each once."""
    found: dict[str, Entry] = {}
    for topic in entry.topics[:RELATED_BY_TOPICS]:
        sort = keys.entry_sort(entry.published, entry.event_id)
        for item in _neighbours(ledger, ItemKey(partitions.related_partition(topic.slug), sort)):
            neighbour = read_entry(item.payload)
            found[neighbour.event_id] = neighbour
    return list(found.values())


class LoadedNeighbours(NamedTuple):
    """A written entry of a ``RELATED`` time line or its deletion, and the ids around it."""

    item: LedgerItem
    neighbours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelatedRequestsBuilder(FollowUpBuilder[LoadedNeighbours]):
    """Requests rebuilds of the neighbours of an event that came, changed or was withdrawn.

    It requests one for the event itself too, whose page may be older than its neighbours.
    """

    ledger: Ledger

    def load(self, task: PublishTask) -> LoadedNeighbours | None:
        item_key = ItemKey(task.partition, task.sort)
        item = self.ledger.get(item_key) or self.ledger.get(keys.deletion_key(item_key))
        if item is None:
            return None
        neighbours = (_event_id(near.key) for near in _neighbours(self.ledger, item_key))
        return LoadedNeighbours(item, tuple(neighbours))

    def build(self, task: PublishTask, loaded: LoadedNeighbours) -> BuildResult:
        # The cause names the position and not the event: an event that moves is a cause twice.
        cause = f"{task.partition}#{task.sort.removeprefix(keys.ENTRY)}"
        own = _event_id(ItemKey(task.partition, task.sort))
        return BuildResult(
            follow_ups=tuple(
                LedgerItem(
                    keys.rebuild_request_key(partitions.event_partition(event_id), cause),
                    loaded.item.revision,
                    "{}",
                )
                for event_id in (own, *loaded.neighbours)
            )
        )


def _neighbours(ledger: Ledger, item_key: ItemKey) -> Iterator[LedgerItem]:
    """Yield the neighbours of an item.

    It is read together with the older ones, so that its neighbours need not read it alone: they are
    published in the same batch.
    """
    partition, sort = item_key
    older = ledger.before(ItemKey(partition, following(sort)))
    for items in (older, ledger.after(item_key)):
        others = (item for item in items if item.key.sort != sort)
        yield from islice(others, RELATED_NEIGHBOURS_EACH_SIDE)


def _event_id(item_key: ItemKey) -> str:
    return item_key.sort.removeprefix(keys.ENTRY).partition("#")[2]
