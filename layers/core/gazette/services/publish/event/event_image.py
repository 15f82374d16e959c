"""Looks up the picture of an event as it is now."""

from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import ImageSnapshot, Revision
from gazette.ports import Ledger
from gazette.projections.pages.event_image import image_key_of, with_image


def with_current_image(ledger: Ledger, revision: Revision) -> Revision:
    """Return a revision with the size and thumbnails of its image, if the image is one of ours.

    It is without an image while the source bucket holds none that is good.
    """
    key = image_key_of(revision.entry)
    if key is None or revision.is_withdrawn:
        return revision
    record = ledger.get(keys.image_key(key))
    if record is None or record.deleted:
        return with_image(revision, None)
    return with_image(revision, ImageSnapshot.model_validate_json(record.payload))
