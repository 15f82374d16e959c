"""Reads the revisions of an event, and the image of one as it is now."""

from collections.abc import Sequence
from itertools import islice

from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition
from gazette.models.ledger.left_path import LeftPath
from gazette.models.ledger.snapshot import ImageSnapshot, Revision
from gazette.ports import Ledger
from gazette.projections.pages.event_image import image_key_of, with_image


def read_revisions(ledger: Ledger, partition: Partition) -> list[Revision]:
    """Return all revisions of an event, oldest first. A history may be long."""
    items = ledger.scan(partition, keys.REVISION)
    return [Revision.model_validate_json(item.payload) for item in items]


def read_left_paths(ledger: Ledger, revisions: Sequence[Revision]) -> dict[str, LeftPath]:
    """Return the paths that an event has left because of erasures; most events had none."""
    if not any(revision.erasures for revision in revisions):
        return {}
    partition = keys.event_partition(revisions[-1].entry.event_id)
    return {
        item.key.sort.removeprefix(keys.LEFT): LeftPath.model_validate_json(item.payload)
        for item in ledger.scan(partition, keys.LEFT)
        if not item.deleted
    }


def read_newest(ledger: Ledger, partition: Partition, most: int) -> list[Revision]:
    """Return the newest revisions of an event, at most ``most``, oldest first; one read."""
    newest_first = ledger.before(ItemKey(partition, keys.AFTER_REVISIONS), most)
    items = list(islice(newest_first, most))
    return [Revision.model_validate_json(item.payload) for item in reversed(items)]


def read_current(ledger: Ledger, partition: Partition) -> Revision | None:
    """Return the newest revision of an event."""
    return next(iter(read_newest(ledger, partition, 1)), None)


def with_current_image(ledger: Ledger, revision: Revision) -> Revision:
    """Return a revision with the size and thumbnails of its image.

    Without a readable file in the source bucket, the revision is returned without its image.
    """
    key = image_key_of(revision.entry)
    if key is None or revision.is_withdrawn:
        return revision
    item = ledger.get(keys.image_key(key))
    if item is None or item.deleted:
        return with_image(revision, None)
    return with_image(revision, ImageSnapshot.model_validate_json(item.payload))
