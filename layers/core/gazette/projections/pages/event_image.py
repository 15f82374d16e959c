"""The picture of an event, as its page shows it.

Only the page knows size, type and thumbnails. An entry is written to its time lines once, by the
ingest of its event, when the image may not be there yet or may still change: were the size part of
it, feeds would depend on what arrived first. So feeds carry address, text and credit, which the
event itself tells, and the page, which is published anew when the image changes, carries the rest.
"""

from gazette.models import paths
from gazette.models.images.image_rules import thumbnail_sizes
from gazette.models.ledger.entry import Entry, ImageRef, Thumbnail
from gazette.models.ledger.snapshot import ImageSnapshot, Revision


def image_key_of(entry: Entry) -> str | None:
    """Return the key of the picture in the source bucket; None where there is none of ours."""
    return paths.image_key(entry.image.path) if entry.image and entry.image.path else None


def with_image(revision: Revision, snapshot: ImageSnapshot | None) -> Revision:
    """Return the revision with its image as it is now; without it while there is no such file."""
    entry = revision.entry
    image = _as_it_is(entry.image, snapshot) if entry.image and snapshot else None
    return revision.model_copy(update={"entry": entry.model_copy(update={"image": image})})


def _as_it_is(image: ImageRef, snapshot: ImageSnapshot) -> ImageRef:
    sizes = thumbnail_sizes(snapshot.width, snapshot.height, is_animated=snapshot.is_animated)
    found = {
        "media_type": snapshot.media_type,
        "width": snapshot.width,
        "height": snapshot.height,
        "thumbnails": tuple(
            Thumbnail(path=paths.thumbnail_path(snapshot.key, width), width=width, height=height)
            for width, height in sizes
        ),
    }
    return image.model_copy(update=found)
