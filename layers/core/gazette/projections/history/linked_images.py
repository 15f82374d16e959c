"""The images of the source bucket that a document shows or links to, other than its own image.

An erasure removes images that nothing else shows (SPEC V10). So the ledger has to know these too.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from urllib.parse import unquote, urlsplit

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import is_image_key
from gazette.models.ledger.keys import PartitionKind
from gazette.models.limits import MAX_KEY_BYTES, MAX_LINKED_IMAGES_BYTES
from gazette.models.routes import route_of
from gazette.models.text import bytes_in_json
from gazette.projections.markup.addresses import addresses_in
from gazette.projections.markup.body import body_html

# Ingest does not know the address of the site.
_BASE = "https://localhost"
# Most texts have no image and no link: they need not be rendered.
_MAY_LEAD_ELSEWHERE = re.compile(r"[<\[]|/image/|/thumbnails/")


def linked_images(document: EventDocument, base_path: str) -> tuple[str, ...]:
    """Return the keys of images that a document leads to, each once.

    An address counts by its path, whatever its host: a publisher may write that of his own site.
    """
    found = dict.fromkeys(filter(None, map(_image_key, _addresses(document, base_path))))
    return tuple(_within_bounds(found))


def _addresses(document: EventDocument, base_path: str) -> Iterator[str]:
    if document.image and document.image.url:
        yield document.image.url
    yield from (source.url for source in document.sources)
    if document.body and _MAY_LEAD_ELSEWHERE.search(document.body):
        yield from addresses_in(body_html(document.body, f"{_BASE}/{base_path}.html"))


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
