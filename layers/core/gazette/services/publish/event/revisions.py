"""Reads the revisions of an event, and the image of one as it is now."""

from gazette.models.ledger import keys
from gazette.models.ledger.keys import Partition
from gazette.models.ledger.snapshot import ImageSnapshot, Revision
from gazette.ports import Ledger
from gazette.projections.pages.event_image import image_key_of, with_image


def read_revisions(ledger: Ledger, partition: Partition) -> list[Revision]:
    """Return the revisions of an event, oldest first."""
    items = ledger.scan(partition, keys.REVISION)
    return [Revision.model_validate_json(item.payload) for item in items]


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
