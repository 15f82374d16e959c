"""Reads the revisions of an event, and the image of one as it is now."""

from collections.abc import Sequence
from itertools import dropwhile, islice, takewhile

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import CorrectionRef, Entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.left_path import LeftPath
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.snapshot import ImageSnapshot, Revision
from gazette.ports import Ledger
from gazette.projections.pages.event_image import image_key_of, with_image
from gazette.services.publish.known_items import end_of


def read_revisions(ledger: Ledger, partition: Partition) -> list[Revision]:
    """Return all revisions of an event, oldest first. A history may be long."""
    items = ledger.scan(partition, keys.REVISION)
    return [Revision.model_validate_json(item.payload) for item in items]


def names_image(ledger: Ledger, partition: Partition, key: str) -> bool:
    """Return whether a revision of an event shows an image of the source bucket or leads to it."""
    items = ledger.scan(partition, keys.REVISION)
    revisions = (Revision.model_validate_json(item.payload) for item in items)
    return any(key in (image_key_of(one.entry), *one.linked_images) for one in revisions)


def read_left_paths(ledger: Ledger, revisions: Sequence[Revision]) -> dict[str, LeftPath]:
    """Return the paths that an event has left because of erasures; most events had none."""
    if not any(revision.erasures for revision in revisions):
        return {}
    partition = partitions.event_partition(revisions[-1].entry.event_id)
    return {
        item.key.sort.removeprefix(keys.LEFT): LeftPath.model_validate_json(item.payload)
        for item in ledger.scan(partition, keys.LEFT)
        if not item.deleted
    }


def read_corrections(ledger: Ledger, entry: Entry) -> tuple[CorrectionRef, ...]:
    """Return all corrections of an event, newest first; their newest are in the entry."""
    if not entry.corrections:
        return ()
    items = ledger.scan(partitions.event_partition(entry.event_id), keys.CORRECTION)
    found = [CorrectionRef.model_validate_json(item.payload) for item in items if not item.deleted]
    return tuple(found[::-1])


def read_newest(ledger: Ledger, partition: Partition, most: int) -> list[Revision]:
    """Return the newest revisions of an event, at most ``most``, oldest first; one read.

    It begins behind the translations, which sort after the revisions. So a view knows both, and of
    a short history all that the page of the event needs.
    """
    newest_first = ledger.before(ItemKey(partition, keys.AFTER_EVENT), most)
    revisions = takewhile(_is_revision, dropwhile(_is_later, newest_first))
    items = list(islice(revisions, most))
    return [Revision.model_validate_json(item.payload) for item in reversed(items)]


def read_current(ledger: Ledger, partition: Partition) -> Revision | None:
    """Return the newest revision of an event."""
    newest_first = ledger.before(ItemKey(partition, end_of(keys.REVISION)), 1)
    return next((Revision.model_validate_json(item.payload) for item in newest_first), None)


def read_image(ledger: Ledger, revision: Revision) -> ImageSnapshot | None:
    """Return what is known of the image of the source bucket that a revision shows."""
    key = image_key_of(revision.entry)
    if key is None or revision.is_withdrawn:
        return None
    item = ledger.get(keys.image_key(key))
    return None if item is None else ImageSnapshot.model_validate_json(item.payload)


def with_current_image(revision: Revision, image: ImageSnapshot | None) -> Revision:
    """Return a revision with the size and thumbnails of its image.

    Without a readable file in the source bucket, the revision is returned without its image.
    """
    if image_key_of(revision.entry) is None or revision.is_withdrawn:
        return revision
    return with_image(revision, image if image and image.is_there else None)


def without_missing_image(ledger: Ledger, revision: Revision) -> Revision:
    """Return a revision, without its image if that is not in the bucket (SPEC S11).

    An image that is there makes no difference: the bytes of a superseded revision do not change
    with it.
    """
    image = read_image(ledger, revision)
    return revision if image and image.is_there else with_current_image(revision, None)


def _is_revision(item: LedgerItem) -> bool:
    return item.key.sort.startswith(keys.REVISION)


def _is_later(item: LedgerItem) -> bool:
    """Return whether an item sorts after the revisions."""
    return item.key.sort > end_of(keys.REVISION)
