"""Checks what a publisher writes: an event, an erasure or an image, by its key in the bucket."""

from pathlib import Path
from typing import NamedTuple

from gazette.models.branding.static_files import check_static, check_static_key
from gazette.models.contract import identity
from gazette.models.contract.decoding import decoded
from gazette.models.contract.document import EventDocument
from gazette.models.contract.erasure import parse_erasure
from gazette.models.contract.parsing import parse
from gazette.models.images.image_rules import check_image_key
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.projections.markup.lost_links import lost_in
from gazette_cli.engines.acts import Change

# What is checked as an image when it is given alone; an SVG is refused with the reason.
_IMAGES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg"})
_ENCODING = "content-encoding"
# Where the event will be makes no difference.
_ANY_PAGE = "https://localhost/news/2026/01/1/event.html"


class Checked(NamedTuple):
    """An event if it is one, and what is published in another form than it was written in."""

    document: EventDocument | None = None
    warnings: tuple[Problem, ...] = ()


def key_of(file: Path, folder: Path | None = None) -> str:
    """Return the key of a file in a folder that lies like the bucket, or of a file alone."""
    if folder is not None:
        return file.relative_to(folder).as_posix()
    if file.suffix.lower() in _IMAGES:
        return f"{identity.IMAGES}{file.name}"
    is_erasure = identity.ERASURES.strip("/") in file.absolute().parts
    name = file.with_suffix("").name
    return identity.erasure_key(name) if is_erasure else identity.event_key(name)


def check_change(change: Change) -> Checked:
    """Check what a row of a history writes.

    Raises:
        InvalidEventError: it would be refused.
    """
    if change.body is None:
        return Checked()
    encoding = next(
        (text for name, text in change.headers.items() if name.lower() == _ENCODING), ""
    )
    return check(change.key, decoded(change.body, encoding, identity.most_bytes(change.key)))


def check(key: str, raw: bytes) -> Checked:
    """Check the bytes of an object.

    Raises:
        InvalidEventError: they would be refused.
    """
    if reason := identity.why_ignored(key):
        raise InvalidEventError(Problem("key", reason))
    if identity.is_image_key(key):
        from gazette.models.images.image_decoding import decode_image  # noqa: PLC0415  # Pillow is slow to load

        check_image_key(key)
        decode_image(raw)
        return Checked()
    if identity.is_static_key(key):
        check_static_key(key)
        check_static(key, raw)
        return Checked()
    if identity.is_erasure_key(key):
        parse_erasure(raw)
        return Checked()
    if not identity.is_event_key(key):
        return Checked()
    identity.event_id(key)
    document, remarks = parse(raw)
    return Checked(document, (*remarks, *lost_in(document.body or "", _ANY_PAGE)))
