"""The image of an event, as its page shows it.

Ingest writes an entry once, when the image may still be missing or may still change. With the size
in the entry, feeds would depend on which file arrived first. So an entry has the address, text and
credit from the document. The page reads the rest, because it is published again when the image
changes, and notes it on the time lines (`gazette.models.ledger.entry.EventImages`).
"""

from gazette.models import paths
from gazette.models.images.image_rules import thumbnail_sizes
from gazette.models.ledger.entry import Entry, ImageRef, StoredImage, Thumbnail
from gazette.models.ledger.snapshot import ImageSnapshot, Revision


def image_key_of(entry: Entry) -> str | None:
    """Return the key of the image in the source bucket, or None for other images."""
    return paths.image_key(entry.image.path) if entry.image and entry.image.path else None


def with_image(revision: Revision, snapshot: ImageSnapshot | None) -> Revision:
    """Return the revision with its current image, or without image while the file is missing."""
    entry = revision.entry
    image = _described(entry.image, snapshot) if entry.image and snapshot else None
    return revision.model_copy(update={"entry": entry.model_copy(update={"image": image})})


def stored_image(snapshot: ImageSnapshot) -> StoredImage:
    """Return what feeds say of an image that is there."""
    return StoredImage(
        key=snapshot.key,
        media_type=snapshot.media_type or "",
        length=snapshot.length,
        width=snapshot.width,
        height=snapshot.height,
    )


def with_known_image(entry: Entry) -> Entry:
    """Return an entry whose image has the type and the size of its file, if they are known."""
    key = image_key_of(entry)
    known = next((image for image in entry.known_images if image.key == key), None)
    if known is None or entry.image is None:
        return entry
    described = entry.image.model_copy(update=known.model_dump(exclude={"key"}))
    return entry.model_copy(update={"image": described})


def _described(image: ImageRef, snapshot: ImageSnapshot) -> ImageRef:
    sizes = thumbnail_sizes(snapshot.width, snapshot.height, is_animated=snapshot.is_animated)
    facts = {
        "media_type": snapshot.media_type,
        "width": snapshot.width,
        "height": snapshot.height,
        "length": snapshot.length,
        "thumbnails": tuple(
            Thumbnail(path=paths.thumbnail_path(snapshot.key, width), width=width, height=height)
            for width, height in sizes
        ),
    }
    return image.model_copy(update=facts)
