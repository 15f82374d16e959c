"""Rules for image files: accepted formats and keys, sizes of thumbnails.

Decoding is the job of `gazette.models.images.image_decoding`, which loads Pillow.
"""

from typing import NamedTuple

from gazette.models import paths
from gazette.models.limits import MAX_KEY_BYTES, MAX_WEBP_SIDE_PIXELS
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.product import THUMBNAIL_WIDTHS_PIXELS

_SUFFIXES = frozenset({"", "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif"})
_WEBP, _AVIF = slice(8, 12), slice(4, 12)


class ImageFacts(NamedTuple):
    """The format and size of a file; ``width`` and ``height`` are pixels as a browser shows it."""

    media_type: str
    width: int
    height: int
    is_animated: bool


class ThumbnailSize(NamedTuple):
    """A smaller copy, in pixels."""

    width: int
    height: int


def image_media_type(raw: bytes) -> str:
    """Return the media type of a raster image by its first bytes; file names are not reliable.

    Raises:
        InvalidEventError: the format is not accepted. SVG is not: it can contain scripts.
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
    """Check that the key of an image can be a path of the site and a key of the ledger.

    Raises:
        InvalidEventError: the key cannot be one of them.
    """
    if len(key.encode()) > MAX_KEY_BYTES:
        raise InvalidEventError(Problem("key", f"is longer than {MAX_KEY_BYTES} bytes"))
    if any(part in {"", ".", ".."} for part in key.split("/")):
        raise InvalidEventError(Problem("key", "has an empty or relative path segment"))
    if "\\" in key or not key.isprintable():
        raise InvalidEventError(Problem("key", "has a backslash or an unprintable character"))
    # S3 serves a file with its stored media type, but a web server on a copy of the site goes by
    # the name: it would serve an image called a.html, with HTML after its pixels, as a page.
    _, _, suffix = key.rpartition("/")[2].partition(".")
    if suffix.rpartition(".")[2].lower() not in _SUFFIXES:
        raise InvalidEventError(Problem("key", "does not end like a JPEG, PNG, GIF, WebP or AVIF"))


def thumbnail_sizes(width: int, height: int, *, is_animated: bool) -> tuple[ThumbnailSize, ...]:
    """Return the sizes of the thumbnails of an image, the smallest first.

    Thumbnails are narrower than the image and fit into a WebP file. An animated image has none,
    because a thumbnail would not move.
    """
    if is_animated:
        return ()
    sizes = (
        ThumbnailSize(narrow, max(1, round(height * narrow / width)))
        for narrow in THUMBNAIL_WIDTHS_PIXELS
        if narrow < width
    )
    return tuple(size for size in sizes if size.height <= MAX_WEBP_SIDE_PIXELS)


def thumbnail_paths(key: str) -> tuple[str, ...]:
    """Return the paths that thumbnails of an image can have, for any size."""
    return tuple(paths.thumbnail_path(key, width) for width in THUMBNAIL_WIDTHS_PIXELS)
