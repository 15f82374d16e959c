"""The image of an event, as its page shows it.

Only the page has the size, the type and the thumbnails. Ingest writes an entry once, when the image
may still be missing or may still change. With the size in the entry, feeds would depend on which
file arrived first. So feeds have the address, text and credit from the document. The page has the
rest, because it is published again when the image changes.
"""

from gazette.models import paths
from gazette.models.images.image_rules import thumbnail_sizes
from gazette.models.ledger.entry import Entry, ImageRef, Thumbnail
from gazette.models.ledger.snapshot import ImageSnapshot, Revision


def image_key_of(entry: Entry) -> str | None:
    """Return the key of the image in the source bucket, or None for other images."""
    return paths.image_key(entry.image.path) if entry.image and entry.image.path else None


def with_image(revision: Revision, snapshot: ImageSnapshot | None) -> Revision:
    """Return the revision with its current image, or without image while the file is missing."""
    entry = revision.entry
    image = _described(entry.image, snapshot) if entry.image and snapshot else None
    return revision.model_copy(update={"entry": entry.model_copy(update={"image": image})})


def _described(image: ImageRef, snapshot: ImageSnapshot) -> ImageRef:
    sizes = thumbnail_sizes(snapshot.width, snapshot.height, is_animated=snapshot.is_animated)
    facts = {
        "media_type": snapshot.media_type,
        "width": snapshot.width,
        "height": snapshot.height,
        "thumbnails": tuple(
            Thumbnail(path=paths.thumbnail_path(snapshot.key, width), width=width, height=height)
            for width, height in sizes
        ),
    }
    return image.model_copy(update=facts)
