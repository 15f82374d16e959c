"""The ledger items that show an event: on its time lines, its day, its images, its translations."""

from collections.abc import Iterator

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.deletion import Deletion
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.ledger.snapshot import Revision, Snapshot
from gazette.models.product import RELATED_BY_TOPICS
from gazette.projections.items.item_order import item_order, time_order
from gazette.projections.pages.event_image import image_key_of

# What the last deleted entry has of the revision with which it left.
_OF_REVISION = ("number", "kind", "at", "updated", "news_at")
_WITH_LAST_DELETED = partitions.TIMELINES | {PartitionKind.DAY}


def live_keys(entry: Entry) -> tuple[ItemKey, ...]:
    sort = keys.entry_sort(entry.published, entry.event_id)
    listed_in = [partitions.day_partition(entry.date), partitions.SITE]
    listed_in += [partitions.topic_partition(topic.slug) for topic in entry.topics]
    listed_in += [partitions.category_partition(entry.category.slug)] if entry.category else []
    listed_in += map(partitions.author_partition, entry.author_slugs)
    listed_in += [
        partitions.related_partition(topic.slug) for topic in entry.topics[:RELATED_BY_TOPICS]
    ]
    translated = [other for other in entry.translations if other != entry.event_id]
    return (
        *(ItemKey(partition, sort) for partition in listed_in),
        *(keys.translation_key(other, entry.event_id) for other in translated),
    )


def entry_items(entry: Entry, live: tuple[ItemKey, ...]) -> Iterator[LedgerItem]:
    neighbour = _short(entry.as_neighbour())
    forms = {
        PartitionKind.DAY: _short(entry.without_body()),
        PartitionKind.RELATED: neighbour,
        PartitionKind.EVENT: neighbour,
    }
    full = _short(entry)
    for item_key in live:
        yield LedgerItem(
            item_key, item_order(entry.number), forms.get(item_key.partition.kind, full)
        )


def _short(entry: Entry) -> str:
    """Return an entry without what is empty: most reads of the ledger are of lists of these."""
    return entry.model_dump_json(exclude_defaults=True)


def deleted_items(
    snapshot: Snapshot, entry: Entry, live: tuple[ItemKey, ...]
) -> Iterator[LedgerItem]:
    """Delete the items that no longer list the event, and note on its time lines that it left."""
    if snapshot.revision is None:
        return
    left = [item_key for item_key in snapshot.live if item_key not in live]
    for item_key in left:
        yield from last_deleted_items(item_key.partition, snapshot.revision.entry, entry)
    deletion = Deletion(news_at=entry.news_at).model_dump_json()
    for item_key in left:
        yield LedgerItem(item_key, item_order(entry.number), deletion, deleted=True)


def last_deleted_items(timeline: Partition, before: Entry, entry: Entry) -> Iterator[LedgerItem]:
    """Note that an event left a partition, if that keeps its labels and times."""
    if timeline.kind in _WITH_LAST_DELETED:
        payload = last_deleted(before, entry).model_dump_json()
        yield LedgerItem(keys.last_deleted_key(timeline), item_order(time_order(entry)), payload)


def named_items(
    snapshot: Snapshot, entry: Entry, live: tuple[ItemKey, ...]
) -> Iterator[LedgerItem]:
    """Note on time lines that never listed a withdrawn event that its page leads to them.

    They are published empty, unless they list another event. The notes are no news.
    """
    if live:
        return
    left = {item_key.partition for item_key in snapshot.live}
    payload = last_deleted(entry, entry.model_copy(update={"news_at": None})).model_dump_json()
    for timeline in dict.fromkeys(item_key.partition for item_key in live_keys(entry)):
        if timeline.kind in _WITH_LAST_DELETED and timeline not in left:
            yield LedgerItem(keys.named_key(timeline), item_order(time_order(entry)), payload)


def last_deleted(before: Entry, entry: Entry) -> Entry:
    """Return what a time line keeps of an event that leaves it: labels and times, no text."""
    revision = {name: getattr(entry, name) for name in _OF_REVISION}
    no_text = {"title": "", "base_path": "", "first_path": "", "predecessor_path": None}
    return before.as_neighbour().model_copy(update=revision | no_text)


def linked_image_items(snapshot: Snapshot, revision: Revision) -> Iterator[LedgerItem]:
    """Record the images that a document leads to, unless the revision before leads there too.

    No page has to be published again when such an image changes. So the event uses it for good, as
    it uses an image that superseded revisions show.
    """
    known = snapshot.revision.linked_images if snapshot.revision else ()
    for key in revision.linked_images:
        if key not in known:
            used = keys.image_used_key(key, snapshot.event_id)
            yield LedgerItem(used, item_order(revision.number), "{}")


def image_use_items(snapshot: Snapshot, entry: Entry, *, is_shown: bool) -> Iterator[LedgerItem]:
    """Record in the partition of an image whether the event shows it.

    Write these before the revision. An image that arrives after the page was built finds the event
    here; the page finds an image that arrived earlier. In the other order both could miss.
    """
    last = snapshot.revision
    before = image_key_of(last.entry) if last and not last.is_withdrawn else None
    after = image_key_of(entry) if is_shown else None
    if after:
        yield LedgerItem(keys.image_use_key(after, entry.event_id), item_order(entry.number), "{}")
    if before and before != after:
        used = keys.image_used_key(before, entry.event_id)
        yield LedgerItem(used, item_order(entry.number), "{}")
        yield LedgerItem(
            keys.image_use_key(before, entry.event_id), item_order(entry.number), "{}", deleted=True
        )
