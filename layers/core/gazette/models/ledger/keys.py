"""The keys of all items in the ledger: a partition, and a sort key in it."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from gazette.models.frozen import rfc3339
from gazette.models.ledger.partitions import (
    CALENDAR,
    QUARANTINE,
    REMARKS,
    SCHEDULE,
    TOPICS,
    Partition,
    PartitionKind,
    event_partition,
)
from gazette.models.limits import MAX_SORT_KEY_BYTES

SNAPSHOT = "HEAD"
REVISION, REBUILD_REQUEST, ENTRY, AGGREGATE = "REVISION#", "REBUILD#", "ENTRY#", "ROLLUP#"
FORMER, CORRECTION = "FORMER#", "CORRECTION#"
MONTHS, SEGMENT = "MONTHS#", "SEGMENT#"
RETRACTED, CORRECTED = "RETRACTED#", "CORRECTED#"
# The place of an entry that left a time line: it stays a boundary, and has a notice if withdrawn.
LEFT_ENTRY = "WITHDRAWN#"
# After the revisions of an event, and what other events say of it.
AFTER_EVENT = "\U0010ffff"
AFTER_ENTRIES = f"{ENTRY}\U0010ffff"
# Rebuild requests for what shows expired tombstones, and for the news sitemap with old news.
EXPIRED, AGED = f"{REBUILD_REQUEST}EXPIRED", "AGED"
# The newest entry that left a time line, and the prefix of what records that a listed item is gone.
LAST_DELETED, DELETED = "LASTDELETED", "DELETED#"
# What a time line says of itself sorts behind this: of changes, of deletions, of months.
BEFORE_SMALL_ITEMS = "LAST"
# The newest change of an event that a time line had before; a withdrawn event names one without it.
LAST_CHANGED, NAMED = "LASTCHANGED", "NAMED"
TRANSLATION, CLAIM, USE = "TRANSLATION#", "CLAIM", "USE#"
# The images that an event of a time line names, as they are in the bucket.
IMAGES = "IMAGES#"
# An event of the site names an image that is not there.
MISSING = "MISSING#"
# A superseded revision or a text shows an image; an erased one did.
USED, ERASED = "USED#", "ERASED#"
CHANGE, DUE, CATEGORY, AUTHOR = "CHANGE#", "DUE#", "CATEGORY#", "AUTHOR#"
REMARK, LEFT = "REMARK#", "LEFT#"
# What the last full check of an event by the reconciliation found. The stream leaves it out.
CHECKED = "CHECKED"


class ItemKey(NamedTuple):
    """The key of one item: a partition and a sort key in it."""

    partition: Partition
    sort: str


_QUARANTINE_DELETIONS = Partition(PartitionKind.QUARANTINE, "DELETED")
# This item records when the last rebuild began, in seconds.
REBUILD_BEGAN = ItemKey(Partition(PartitionKind.REBUILD), "BEGAN")


def snapshot_key(identity: str) -> ItemKey:
    return ItemKey(event_partition(identity), SNAPSHOT)


def revision_key(identity: str, number: int) -> ItemKey:
    return ItemKey(event_partition(identity), f"{REVISION}{number:06d}")


def checked_key(identity: str) -> ItemKey:
    return ItemKey(event_partition(identity), CHECKED)


def former_key(identity: str, base_path: str) -> ItemKey:
    """Return the key under which an event records that it has left a path, other than its first."""
    return ItemKey(event_partition(identity), f"{FORMER}{base_path}")


def correction_key(identity: str, number: int) -> ItemKey:
    """Return the key of what a page needs to list a correction or retraction, ordered by number."""
    return ItemKey(event_partition(identity), f"{CORRECTION}{number:06d}")


def is_request(item_key: ItemKey) -> bool:
    """Return whether an item only asks for a partition to be looked at."""
    return item_key.sort.startswith(REBUILD_REQUEST)


def rebuild_request_key(partition: Partition, cause: str) -> ItemKey:
    """Return the key of a request to rebuild the pages of a partition; ``cause`` says why.

    A cause may name a topic and an event. One that is too long for a sort key is hashed: requests
    need no order.
    """
    sort = f"{REBUILD_REQUEST}{cause}"
    if len(sort.encode()) > MAX_SORT_KEY_BYTES:
        sort = f"{REBUILD_REQUEST}{hashlib.sha256(cause.encode()).hexdigest()}"
    return ItemKey(partition, sort)


def indexes_request_key() -> ItemKey:
    """Return the key under which the home requests the indexes, when it is first published."""
    return rebuild_request_key(TOPICS, "SITE")


def timeline_head_key(changes: Partition) -> ItemKey:
    """Return the key of what updates or corrections say of their time line; writes rebuild them."""
    return rebuild_request_key(changes, "TIMELINE")


def document_key(identity: str, version: str, part: int) -> ItemKey:
    """Return the key of a part of the document of a version, which has the identity ``version``."""
    return ItemKey(Partition(PartitionKind.DOCUMENT, identity), f"{version}#{part:03d}")


def due_sort(at: datetime, identity: str) -> str:
    """Order events by when time changes them, then by id."""
    return f"{DUE}{rfc3339(at)}#{identity}"


def due_key(at: datetime, identity: str) -> ItemKey:
    return ItemKey(SCHEDULE, due_sort(at, identity))


def left_path_key(identity: str, base_path: str) -> ItemKey:
    """Return the key that says of a path that an erasure took it from an event, or an undoing."""
    return ItemKey(event_partition(identity), f"{LEFT}{base_path}")


def translation_key(of: str, identity: str) -> ItemKey:
    """Return the key under which an event records that it translates the event ``of``."""
    return ItemKey(event_partition(of), f"{TRANSLATION}{identity}")


def initial_key(slug: str) -> ItemKey:
    """Return the key of a topic in the index of topics: by its initial, all digits as ``0``."""
    initial = "0" if slug[0].isdecimal() else slug[0]
    return ItemKey(Partition(PartitionKind.INITIAL, initial), f"{AGGREGATE}{slug}")


def entry_sort(published: datetime, identity: str) -> str:
    """Order entries by first publication, then by id."""
    return sort_as_entry(ENTRY, published, identity)


def sort_as_entry(prefix: str, published: datetime, identity: str) -> str:
    """Order what belongs to an entry as the entries."""
    return f"{prefix}{rfc3339(published)}#{identity}"


def published_of(sort: str) -> datetime:
    """Return when an entry was published, from its sort key or that of its place."""
    return datetime.fromisoformat(sort.split("#", 2)[1])


def left_entry_key(timeline: Partition, published: datetime, identity: str) -> ItemKey:
    """Return the key of the place that an entry had on a time line, ordered as entries are."""
    return ItemKey(timeline, sort_as_entry(LEFT_ENTRY, published, identity))


def named_entry(sort: str) -> str:
    """Return the sort key of the entry that names an image; other sort keys are unchanged."""
    for prefix in (IMAGES, MISSING):
        if sort.startswith(prefix):
            return ENTRY + sort.removeprefix(prefix)
    return sort


def last_deleted_key(timeline: Partition) -> ItemKey:
    """Return the key of the newest entry that left a time line."""
    return ItemKey(timeline, LAST_DELETED)


def last_changed_key(timeline: Partition) -> ItemKey:
    return ItemKey(timeline, LAST_CHANGED)


def published_key(timeline: Partition) -> ItemKey:
    """Return the key of how often a time line was published."""
    return ItemKey(Partition(PartitionKind.PUBLISHED, str(timeline)), "COUNT")


def named_key(timeline: Partition) -> ItemKey:
    """Return the key that says of a time line that a withdrawn event names it."""
    return ItemKey(timeline, NAMED)


def change_key(partition: Partition, at: datetime, identity: str, number: int) -> ItemKey:
    """Return the permanent key of a revision among updates or corrections, ordered by time."""
    return ItemKey(partition, f"{CHANGE}{rfc3339(at)}#{identity}#{number:06d}")


def prefix_of(sort: str) -> str:
    """Return the part of a sort key that all items of its list share; dates have none."""
    prefix, mark, _ = sort.partition("#")
    return prefix + mark if mark else ""


def timeline_prefix(partition: Partition) -> str:
    """Return the prefix of what a time line lists: revisions, or else entries of events."""
    revisions = {PartitionKind.UPDATES, PartitionKind.CORRECTIONS}
    return CHANGE if partition.kind in revisions else ENTRY


def is_listed(item_key: ItemKey) -> bool:
    """Return whether an item is in a list that grows with the archive.

    The deletion of such an item is an item of its own, so that no list is read through deletions.
    """
    prefixes = (ENTRY, RETRACTED, CORRECTED, LEFT_ENTRY, USE, MISSING)
    return item_key.sort.startswith(prefixes) or item_key.partition == QUARANTINE


def deletion_key(item_key: ItemKey) -> ItemKey:
    """Return the key of the item that records that a listed item is deleted."""
    if item_key.partition == QUARANTINE:  # an object key leaves no space for a prefix
        return ItemKey(_QUARANTINE_DELETIONS, item_key.sort)
    return ItemKey(item_key.partition, DELETED + item_key.sort)


def listed_key(item_key: ItemKey) -> ItemKey:
    """Return the key of the listed item that a deletion is about; other keys are unchanged."""
    if item_key.partition == _QUARANTINE_DELETIONS:
        return ItemKey(QUARANTINE, item_key.sort)
    return ItemKey(item_key.partition, item_key.sort.removeprefix(DELETED))


def event_of(item_key: ItemKey) -> str | None:
    """Return the id of the event whose revision an item shows, or None for all other items."""
    partition, sort = listed_key(item_key)
    if partition.kind is PartitionKind.EVENT and sort.startswith(REVISION):
        return partition.name
    if sort.startswith((ENTRY, RETRACTED, CORRECTED, LEFT_ENTRY)):
        return sort.split("#", 2)[2]
    if sort.startswith(CHANGE):
        return sort.split("#", 2)[2].rpartition("#")[0]
    return None


def retracted_sort(at: datetime, identity: str) -> str:
    """Order tombstones by when the retraction was stored, then by id."""
    return f"{RETRACTED}{rfc3339(at)}#{identity}"


def corrected_sort(at: datetime, identity: str) -> str:
    """Order corrected events by their last correction, then by id."""
    return f"{CORRECTED}{rfc3339(at)}#{identity}"


def guid_claim(guid: str) -> str:
    """Return the name under which a guid is claimed; no path begins with a slash."""
    return f"/guid/{guid}"


def claim_key(base_path: str) -> ItemKey:
    return ItemKey(Partition(PartitionKind.PATH, base_path), CLAIM)


def quarantine_key(key: str) -> ItemKey:
    """Return the key of a quarantined version; ``key`` is the object key, of an event or not."""
    return ItemKey(QUARANTINE, key)


def remark_key(identity: str) -> ItemKey:
    """Return the key of the remarks about the newest revision of an event."""
    return ItemKey(REMARKS, f"{REMARK}{identity}")


def image_key(key: str) -> ItemKey:
    return ItemKey(Partition(PartitionKind.IMAGE, key), SNAPSHOT)


def image_use_key(key: str, identity: str) -> ItemKey:
    """Return the key under which an event records that it shows an image."""
    return ItemKey(Partition(PartitionKind.IMAGE, key), f"{USE}{identity}")


def image_used_key(key: str, identity: str) -> ItemKey:
    """Return the key under which superseded revisions or texts of an event show an image."""
    return ItemKey(Partition(PartitionKind.IMAGE, key), f"{USED}{identity}")


def image_erased_key(key: str, identity: str) -> ItemKey:
    """Return the key that says that only erased or held versions of an event name an image."""
    return ItemKey(Partition(PartitionKind.IMAGE, key), f"{ERASED}{identity}")


def aggregate_key(partition: Partition) -> ItemKey | None:
    """Return the key of the counts of a day, month or year in its parent, or None for others."""
    if partition.kind is PartitionKind.DAY:
        parent = Partition(PartitionKind.MONTH, partition.name[:7])
    elif partition.kind is PartitionKind.MONTH:
        parent = Partition(PartitionKind.YEAR, partition.name[:4])
    elif partition.kind is PartitionKind.YEAR:
        parent = CALENDAR
    else:
        return None
    return ItemKey(parent, f"{AGGREGATE}{partition.name}")
