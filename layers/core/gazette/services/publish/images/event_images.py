"""The images of the source bucket that events name, as documents show them (SPEC R9, S11).

Ingest writes an entry once, when its images may be missing yet or may still change. So the time
lines of an event have an item that says which are missing and what the others are. Whatever shows
entries leaves out the former, and gives type and length of the latter.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Final, TypeAlias

from gazette.models.byte_cache import CachedFunction, IdentityCache
from gazette.models.contract.document import EventDocument
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, EventImages, MissingImage, StoredImage
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.order import order
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.ledger.snapshot import ImageSnapshot, Revision
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections.history.linked_images import attached_images
from gazette.projections.items.entry_items import live_keys
from gazette.projections.pages.event_image import image_key_of, stored_image
from gazette.projections.pages.text_images import images_in_text

_SHOW_IMAGES = partitions.TIMELINES | {PartitionKind.DAY}


# The images that a text leads to or that are attached, by key, and what is known of them.
TextImages: TypeAlias = Mapping[str, ImageSnapshot | None]
NO_IMAGES: Final[TextImages] = MappingProxyType({})


def read_text_images(
    ledger: Ledger, site: Site, revision: Revision, document: EventDocument | None
) -> TextImages:
    """Read what is known of the images of a text; a text without images costs nothing."""
    return {
        key: ImageSnapshot.model_validate_json(item.payload)
        if (item := ledger.get(keys.image_key(key)))
        else None
        for key in images_in_text(site, revision, document)
    }


def without_missing_in_text(revision: Revision, in_text: TextImages) -> Revision:
    """Return a revision that knows which images its text leads to in vain."""
    return _with(revision, {"missing_in_text": _missing(in_text)})


def with_text_images(revision: Revision, in_text: TextImages) -> Revision:
    """Return a revision that also knows what the images are that are there."""
    known = _stored(in_text.values())
    return _with(revision, {"missing_in_text": _missing(in_text), "known_images": known})


def _with(revision: Revision, update: Mapping[str, tuple[object, ...]]) -> Revision:
    if not any(update.values()):
        return revision
    return revision.model_copy(update={"entry": revision.entry.model_copy(update=update)})


def image_items(
    ledger: Ledger,
    revision: Revision,
    image: ImageSnapshot | None,
    in_text: TextImages = NO_IMAGES,
    document: EventDocument | None = None,
) -> tuple[LedgerItem, ...]:
    """Return the items that say what the images of the newest revision are, and which are missing.

    Of an event that names no image nothing is returned, and neither of one whose text alone leads
    to images that are there and were there before. The items are ordered by the number of the
    revision, then by those of its images: each state of an image has a higher number than the one
    before it, so their sum orders the states of all. The item of the site comes last: it says that
    the others may be there.
    """
    entry, key = revision.entry, image_key_of(revision.entry)
    if revision.is_withdrawn or (key is None and not in_text):
        return ()
    named = {key: image, **in_text} if key else in_text
    shown = {key, *(attached_images(document) if document else ())}
    noted = EventImages(
        event_id=entry.event_id,
        number=entry.number,
        missing=_missing(named),
        known=_stored(one for name, one in named.items() if name in shown),
    )
    listed = ItemKey(
        partitions.SITE, keys.sort_as_entry(keys.MISSING, entry.published, entry.event_id)
    )
    is_listed = bool(noted.missing) or ledger.get(listed) is not None
    if not (noted.known or is_listed):
        return ()
    taken = sum(one.taken for one in named.values() if one)
    newest, payload = order(entry.number, 1 + taken), noted.model_dump_json()
    items = tuple(LedgerItem(where, newest, payload) for where in _image_keys(entry))
    if not is_listed:
        return items
    missing = MissingImage(event_id=entry.event_id, number=entry.number, in_text=noted.missing)
    deleted = not noted.missing
    return (*items, LedgerItem(listed, newest, missing.model_dump_json(), deleted=deleted))


def with_images(ledger: Ledger, timeline: Partition, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries of a time line with their images as they are in the bucket.

    Entries without an image of the bucket cost no read, and a time line costs one.
    """
    shown = tuple(entries)
    with_image = _with_image(shown)
    if not with_image:
        return shown
    return _with_noted(shown, _read_noted(ledger, timeline, min(with_image), max(with_image)))


def with_their_images(
    ledger: Ledger, timeline: Partition, entries: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """Do the same for a few entries that lie anywhere on the time line."""
    item_keys = [ItemKey(timeline, sort) for sort in _with_image(entries)]
    found = ledger.get_several(item_keys) if item_keys else {}
    return _with_noted(entries, (_NOTED(item.payload) for item in found.values()))


def _missing(images: TextImages) -> tuple[str, ...]:
    return tuple(key for key, image in images.items() if image is None or not image.is_there)


def _stored(images: Iterable[ImageSnapshot | None]) -> tuple[StoredImage, ...]:
    """Leave out images of an older release: their length is known when they are read again."""
    return tuple(stored_image(image) for image in images if image and image.length)


def _image_keys(entry: Entry) -> Iterable[ItemKey]:
    sort = keys.sort_as_entry(keys.IMAGES, entry.published, entry.event_id)
    lists = (one.partition for one in live_keys(entry) if one.partition.kind in _SHOW_IMAGES)
    return (ItemKey(partition, sort) for partition in lists)


def _read_noted(
    ledger: Ledger, timeline: Partition, first: str, last: str
) -> Iterator[EventImages]:
    """Yield what is noted from one sort key to another, both included."""
    before_first = ItemKey(timeline, first[:-1])
    items = takewhile(lambda item: item.key.sort <= last, ledger.after(before_first))
    for item in items:
        yield _NOTED(item.payload)


def _with_image(entries: Iterable[Entry]) -> list[str]:
    """Return where the images are noted of the entries that name images of the bucket."""
    return [
        keys.sort_as_entry(keys.IMAGES, entry.published, entry.event_id)
        for entry in entries
        if image_key_of(entry) or entry.leads_to_images
    ]


def _with_noted(entries: tuple[Entry, ...], noted: Iterable[EventImages]) -> tuple[Entry, ...]:
    by_revision = {(one.event_id, one.number): one for one in noted}
    found = ((entry, by_revision.get((entry.event_id, entry.number))) for entry in entries)
    return tuple(_SHOWN(entry, images) if images else entry for entry, images in found)


def _shown(entry: Entry, images: EventImages) -> Entry:
    update = {"missing_in_text": images.missing, "known_images": images.known}
    is_missing = image_key_of(entry) in images.missing
    return entry.model_copy(update=update | ({"image": None} if is_missing else {}))


# Every topic of an event notes the same, in every batch until its images change.
_NOTED: CachedFunction[[str], EventImages] = CachedFunction(
    EventImages.model_validate_json, lambda _, payload: 1_000 + 3 * len(payload)
)
_SHOWN: IdentityCache[Entry, EventImages, Entry] = IdentityCache(_shown, lambda *_: 3_000)
