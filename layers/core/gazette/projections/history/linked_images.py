"""The images of the source bucket that a document shows or links to, other than its own image.

An erasure removes images that nothing else shows (SPEC V10). So the ledger has to know these too.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from urllib.parse import unquote, urlsplit

from gazette.models.characters import bytes_in_json
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import is_image_key
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.limits import MAX_KEY_BYTES, MAX_LINKED_IMAGES_BYTES
from gazette.models.routes import route_of
from gazette.projections.markup.addresses import addresses_in
from gazette.projections.markup.body import body_html

# Ingest does not know the address of the site.
BASE_OF_INGEST = "https://localhost"
# Most texts have no image and no link: they need not be rendered.
_MAY_LEAD_ELSEWHERE = re.compile(r"[<\[]|/image/|/thumbnails/")


def linked_images(document: EventDocument, base_path: str) -> tuple[str, ...]:
    """Return the keys of images that a document leads to, each once.

    An address counts by its path, whatever its host: a publisher may write that of his own site.
    """
    led_to = filter(None, map(_image_key, _addresses(document, base_path)))
    return tuple(_within_bounds(dict.fromkeys((*attached_images(document), *led_to))))


def attached_images(document: EventDocument) -> tuple[str, ...]:
    """Return the keys of the images that are attached to an event."""
    return tuple(attachment.key for attachment in document.attachments if attachment.key)


def _addresses(document: EventDocument, base_path: str) -> Iterator[str]:
    if document.image and document.image.url:
        yield document.image.url
    yield from (source.url for source in document.sources)
    yield from (attachment.url for attachment in document.attachments if attachment.url)
    yield from _addresses_in_text(document, base_path)


def leads_to_images(document: EventDocument, base_path: str) -> bool:
    """Return whether the text of a document leads to images of the source bucket."""
    return any(map(_image_key, _addresses_in_text(document, base_path)))


def _addresses_in_text(document: EventDocument, base_path: str) -> Iterator[str]:
    if document.body and _MAY_LEAD_ELSEWHERE.search(document.body):
        yield from addresses_in(body_html(document.body, f"{BASE_OF_INGEST}/{base_path}.html"))


def _image_key(address: str) -> str | None:
    """Return the key of the image whose file or thumbnail is at an address, None for others."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"}:
        return None
    kind, key = route_of(unquote(parts.path).removeprefix("/"))
    if kind is not PartitionKind.IMAGE or not is_image_key(key):
        return None
    return key if bytes_in_json(key) <= MAX_KEY_BYTES else None


def _within_bounds(image_keys: Iterable[str]) -> Iterator[str]:
    keys = list(image_keys)
    sizes = accumulate(bytes_in_json(key) + len('"",') for key in keys)
    yield from (
        key for key, size in zip(keys, sizes, strict=True) if size <= MAX_LINKED_IMAGES_BYTES
    )
