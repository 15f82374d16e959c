"""Rules for image files: accepted formats and keys, sizes of thumbnails.

Decoding is the job of `gazette.models.images.image_decoding`, which loads Pillow.
"""

import re
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract.identity import IMAGES
from gazette.models.limits import MAX_KEY_BYTES, MAX_WEBP_SIDE_PIXELS
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.product import THUMBNAIL_WIDTHS_PIXELS

_FORMATS = "JPEG, PNG, GIF, WebP or AVIF"
_ENDINGS = ".jpg, .jpeg, .png, .gif, .webp or .avif"
_SUFFIXES = frozenset({"", "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif"})
# What stands before it is a declaration, a comment or a document type.
_SVG, _SVG_STARTS_WITHIN = re.compile(rb"<svg[\s>/]"), 1000
_WEBP, _AVIF = slice(8, 12), slice(4, 12)


class ImageFacts(NamedTuple):
    """The format and size of a file; ``width`` and ``height`` are pixels as a browser shows it.

    ``length`` is in bytes.
    """

    media_type: str
    width: int
    height: int
    is_animated: bool
    length: int


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
    if _SVG.search(raw[:_SVG_STARTS_WITHIN]):
        reason = "is an SVG, which can contain scripts; export it as PNG or WebP"
        raise InvalidEventError(Problem("image", reason))
    reason = f"is not a {_FORMATS} file; save it in one of these formats, and upload it again"
    raise InvalidEventError(Problem("image", reason))


def check_image_key(key: str) -> None:
    """Check that the key of an image can be a path of the site and a key of the ledger.

    Raises:
        InvalidEventError: the key cannot be one of them.
    """
    if reason := why_no_image_key(key):
        raise InvalidEventError(Problem("key", reason))


def why_no_image_key(key: str) -> str | None:
    """Return why an object cannot be an image because of its key, and how to write the key."""
    if not key.startswith(IMAGES):
        return f"does not begin with {IMAGES}"
    if len(key.encode()) > MAX_KEY_BYTES:
        return f"is longer than {MAX_KEY_BYTES} bytes; shorten it"
    if any(part in {"", ".", ".."} for part in key.split("/")):
        return "has an empty or relative path segment; write a name between two slashes"
    if "\\" in key or not key.isprintable():
        return "has a backslash or an unprintable character; leave it out"
    # S3 serves a file with its stored media type, but a web server on a copy of the site goes by
    # the name: it would serve an image called a.html, with HTML after its pixels, as a page.
    _, _, suffix = key.rpartition("/")[2].partition(".")
    ending = suffix.rpartition(".")[2].lower()
    if ending not in _SUFFIXES:
        return f"ends in .{ending}, but images are {_FORMATS}; end it in {_ENDINGS}"
    return None


def thumbnail_sizes(width: int, height: int, *, is_animated: bool) -> tuple[ThumbnailSize, ...]:
    """Return the sizes of the thumbnails that the page of an event offers, the smallest first.

    They are narrower than the image and fit into a WebP file. Of an animated image it offers none,
    because a thumbnail does not move.
    """
    if is_animated:
        return ()
    sizes = (_scaled(width, height, narrow) for narrow in THUMBNAIL_WIDTHS_PIXELS if narrow < width)
    return tuple(size for size in sizes if size.height <= MAX_WEBP_SIDE_PIXELS)


def listed_sizes(width: int, height: int) -> tuple[ThumbnailSize, ...]:
    """Return the sizes of all thumbnails of an image, one for each width of thumbnails.

    Lists name them and know no sizes, so every image has all of them. None is wider than the image,
    and one that would be too tall for a WebP file is pressed together.
    """
    sizes = (_scaled(width, height, min(wide, width)) for wide in THUMBNAIL_WIDTHS_PIXELS)
    return tuple(size._replace(height=min(size.height, MAX_WEBP_SIDE_PIXELS)) for size in sizes)


def _scaled(width: int, height: int, narrow: int) -> ThumbnailSize:
    return ThumbnailSize(narrow, max(1, round(height * narrow / width)))


def thumbnail_paths(key: str) -> tuple[str, ...]:
    """Return the paths of the thumbnails of an image."""
    return tuple(paths.thumbnail_path(key, width) for width in THUMBNAIL_WIDTHS_PIXELS)
