"""Image files: what is published, how large it may be, and which thumbnails are made of it.

Nothing here decodes anything: that is the job of `gazette.models.images.image_decoding`, which loads Pillow.
"""

from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract.identity import MAX_KEY_BYTES
from gazette.models.contract.parsing import InvalidEventError, Problem

MAX_IMAGE_BYTES = 20 * 1024 * 1024
# A pixel takes 16 bytes while a WebP is decoded, less in other formats: of so many pixels that is
# 640 MB. Nearly all cameras stay below it.
MAX_PIXELS = 40_000_000
# What a page of 42rem shows on a small screen, and on a large one with a dense raster.
THUMBNAIL_WIDTHS = (320, 960)
_MAX_WEBP_SIDE = 16_383
_SUFFIXES = frozenset({"", "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif"})
_WEBP, _AVIF = slice(8, 12), slice(4, 12)


class ImageFacts(NamedTuple):
    """What a file says of itself: ``width`` and ``height`` are pixels as a browser shows it."""

    media_type: str
    width: int
    height: int
    is_animated: bool


class ThumbnailSize(NamedTuple):
    """A smaller copy, in pixels."""

    width: int
    height: int


def image_media_type(raw: bytes) -> str:
    """Return the media type of a raster image by its first bytes: a name proves nothing.

    Raises:
        InvalidEventError: it is none that is published. SVG is a document that can hold scripts.
    """
    if raw.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if raw.startswith(b"RIFF") and raw[_WEBP] == b"WEBP":
        return "image/webp"
    if raw[_AVIF] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    raise InvalidEventError(Problem("image", "is not a JPEG, PNG, GIF, WebP or AVIF file"))


def check_image_key(key: str) -> None:
    """See that the key of an image can be a path of the site and a key of the ledger.

    Raises:
        InvalidEventError: it cannot.
    """
    if len(key.encode()) > MAX_KEY_BYTES:
        raise InvalidEventError(Problem("key", f"is longer than {MAX_KEY_BYTES} bytes"))
    if any(part in {"", ".", ".."} for part in key.split("/")):
        raise InvalidEventError(Problem("key", "has an empty or relative path segment"))
    if "\\" in key or not key.isprintable():
        raise InvalidEventError(Problem("key", "has a backslash or an unprintable character"))
    # S3 serves a file as what it is, but a copy of the site in folders is served by names: there a
    # picture called a.html, with a page behind its last pixel, would be that page.
    _, _, suffix = key.rpartition("/")[2].partition(".")
    if suffix.rpartition(".")[2].lower() not in _SUFFIXES:
        raise InvalidEventError(Problem("key", "does not end like a JPEG, PNG, GIF, WebP or AVIF"))


def thumbnail_sizes(width: int, height: int, *, is_animated: bool) -> tuple[ThumbnailSize, ...]:
    """Return the thumbnails of an image of this size, the smallest first.

    None is as wide as the image. An animated image has none: a browser that takes one of them would
    show it still. One that is too tall for a WebP file is left out.
    """
    if is_animated:
        return ()
    sizes = (
        ThumbnailSize(narrow, max(1, round(height * narrow / width)))
        for narrow in THUMBNAIL_WIDTHS
        if narrow < width
    )
    return tuple(size for size in sizes if size.height <= _MAX_WEBP_SIDE)


def thumbnail_paths(key: str) -> tuple[str, ...]:
    """Return where thumbnails of an image may stand, whatever its size."""
    return tuple(paths.thumbnail_path(key, width) for width in THUMBNAIL_WIDTHS)
