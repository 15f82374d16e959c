"""Looks up the picture of an event as it is now."""

from gazette.models import keys
from gazette.models.entry import ImageHead, Revision
from gazette.ports import Ledger
from gazette.projections.pictures import image_key_of, with_picture


def with_current_picture(ledger: Ledger, revision: Revision) -> Revision:
    """Return a revision with the size and thumbnails of its image, if the image is one of ours.

    It is without an image while the source bucket holds none that is good.
    """
    key = image_key_of(revision.entry)
    if key is None or revision.is_withdrawn:
        return revision
    record = ledger.get(keys.image_place(key))
    if record is None or record.gone:
        return with_picture(revision, None)
    return with_picture(revision, ImageHead.model_validate_json(record.payload))
