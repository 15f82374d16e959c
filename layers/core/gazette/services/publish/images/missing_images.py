"""Images that events name, and that are not in the source bucket (SPEC S11).

Ingest writes an entry once, when its images may be missing yet. So the time lines of an event have
an item that says which are missing, and whatever shows entries leaves these out.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Final, TypeAlias

from gazette.models.contract.document import EventDocument
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Entry, MissingImage, read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.order import order
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.ledger.snapshot import ImageSnapshot, Revision
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections.items.entry_items import live_keys
from gazette.projections.pages.event_image import image_key_of
from gazette.projections.pages.text_images import images_in_text

_SHOW_IMAGES = frozenset(
    {PartitionKind.TOPIC, PartitionKind.CATEGORY, PartitionKind.DAY, PartitionKind.SITE}
)


# The images that a text leads to, by key, and what is known of them.
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
    missing = _missing(in_text)
    if not missing:
        return revision
    entry = revision.entry.model_copy(update={"missing_in_text": missing})
    return revision.model_copy(update={"entry": entry})


def missing_image_items(
    ledger: Ledger,
    revision: Revision,
    image: ImageSnapshot | None,
    in_text: TextImages = NO_IMAGES,
) -> tuple[LedgerItem, ...]:
    """Return the items that say which images of the newest revision are missing.

    While all are there and were there before, nothing is returned. The items are ordered by the
    number of the revision, then by those of its images: each state of an image has a higher number
    than the one before it, so their sum orders the states of all. The item of the site is the last
    one: it says that the others may be there.
    """
    entry, key = revision.entry, image_key_of(revision.entry)
    if revision.is_withdrawn or (key is None and not in_text):
        return ()
    own = _missing({key: image} if key else NO_IMAGES)
    missing = MissingImage(
        event_id=entry.event_id,
        number=entry.number,
        key=next(iter(own), ""),
        in_text=_missing(in_text),
    )
    all_there = not (missing.key or missing.in_text)
    sort = keys.missing_sort(entry.published, entry.event_id)
    if all_there and ledger.get(ItemKey(partitions.SITE, sort)) is None:
        return ()
    taken = sum(one.taken for one in (image, *in_text.values()) if one)
    timelines = [one.partition for one in live_keys(entry) if one.partition.kind in _SHOW_IMAGES]
    timelines.sort(key=lambda timeline: timeline == partitions.SITE)
    newest, payload = order(entry.number, 1 + taken), missing.model_dump_json()
    return tuple(
        LedgerItem(ItemKey(timeline, sort), newest, payload, deleted=all_there)
        for timeline in timelines
    )


def without_missing_images(
    ledger: Ledger, timeline: Partition, entries: Iterable[Entry]
) -> tuple[Entry, ...]:
    """Return entries of a time line without the images that are not in the bucket.

    Entries without an image of the bucket cost no read, and a time line costs one.
    """
    shown = tuple(entries)
    with_image = _with_image(shown)
    if not with_image:
        return shown
    missing = _read_missing(ledger, timeline, min(with_image), max(with_image))
    return _without_missing(shown, missing)


def without_their_missing_images(
    ledger: Ledger, timeline: Partition, entries: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """Do the same for a few entries that lie anywhere on the time line."""
    item_keys = [ItemKey(timeline, sort) for sort in _with_image(entries)]
    found = ledger.get_several(item_keys) if item_keys else {}
    missing = (MissingImage.model_validate_json(item.payload) for item in found.values())
    return _without_missing(entries, missing)


def missing_images(ledger: Ledger) -> Iterator[MissingImage]:
    """Yield the missing images of all live events, one by one, by publication of the events."""
    for item in ledger.scan(partitions.SITE, keys.MISSING):
        missing = MissingImage.model_validate_json(item.payload)
        named_in = ledger.get(ItemKey(partitions.SITE, keys.named_entry(item.key.sort)))
        # The item of an earlier revision stays, and means nothing.
        if named_in is not None and read_entry(named_in.payload).number == missing.number:
            named = dict.fromkeys(filter(None, (missing.key, *missing.in_text)))
            yield from (missing.model_copy(update={"key": key}) for key in named)


def _missing(images: TextImages) -> tuple[str, ...]:
    return tuple(key for key, image in images.items() if image is None or not image.is_there)


def _without(entry: Entry, missing: MissingImage | None) -> Entry:
    if missing is None:
        return entry
    update: dict[str, object] = {"missing_in_text": missing.in_text}
    return entry.model_copy(update=update | ({"image": None} if missing.key else {}))


def _read_missing(
    ledger: Ledger, timeline: Partition, first: str, last: str
) -> Iterator[MissingImage]:
    """Yield the missing images from one sort key to another, both included."""
    before_first = ItemKey(timeline, first[:-1])
    items = takewhile(lambda item: item.key.sort <= last, ledger.after(before_first))
    for item in items:
        yield MissingImage.model_validate_json(item.payload)


def _with_image(entries: Iterable[Entry]) -> list[str]:
    """Return where the missing images are noted of the entries that name images of the bucket."""
    return [
        keys.missing_sort(entry.published, entry.event_id)
        for entry in entries
        if image_key_of(entry) or entry.leads_to_images
    ]


def _without_missing(
    entries: tuple[Entry, ...], missing: Iterable[MissingImage]
) -> tuple[Entry, ...]:
    by_revision = {(one.event_id, one.number): one for one in missing}
    return tuple(_without(one, by_revision.get((one.event_id, one.number))) for one in entries)
