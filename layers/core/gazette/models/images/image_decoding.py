"""Decodes image files and reads their size as browsers show it.

Pillow takes a tenth of a second to load: import this module only where there is an image.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import NamedTuple

from PIL import ExifTags
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import DecompressionBombError, DecompressionBombWarning, Exif
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from gazette.models.images.image_rules import (
    ImageFacts,
    image_media_type,
)
from gazette.models.images.jpeg_scans import check_jpeg_work
from gazette.models.limits import MAX_IMAGE_PIXELS
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.product import THUMBNAIL_WIDTHS_PIXELS

# The first bytes choose the plugin: Pillow must not try a file as another format.
_PLUGINS: dict[str, Callable[[BytesIO], ImageFile]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/gif": GifImageFile,
    "image/webp": WebPImageFile,
    "image/avif": AvifImageFile,
}
_AGAIN = "export it again, and upload all of it"
_SIDEWAYS = frozenset({5, 6, 7, 8})


class DecodedImage(NamedTuple):
    """A decoded image; ``orientation`` is the EXIF value, 1 to 8.

    A large JPEG is decoded at a fraction of its size that is enough for the thumbnails.
    """

    pixels: ImageFile
    orientation: int
    facts: ImageFacts

    @property
    def is_sideways(self) -> bool:
        return self.orientation in _SIDEWAYS


def decode_image(raw: bytes) -> DecodedImage:
    """Decode an image, or the first frame of an animated one.

    Decoding reads the whole file, so a truncated file is an error here and not while publishing.

    Raises:
        InvalidEventError: the format is not accepted, or the file is broken or too large.
    """
    media_type = image_media_type(raw)
    if media_type == "image/jpeg":
        check_jpeg_work(raw)
    with _decoder_errors_as_invalid(media_type):
        pixels = _PLUGINS[media_type](BytesIO(raw))
        orientation = _orientation(pixels)
        facts = _facts(media_type, pixels, orientation, len(raw))
        if facts.width * facts.height > MAX_IMAGE_PIXELS:
            raise DecompressionBombError
        pixels.draft(None, _size_for_thumbnails(pixels))
        pixels.load()
    return DecodedImage(pixels, orientation, facts)


@contextmanager
def _decoder_errors_as_invalid(media_type: str) -> Iterator[None]:
    """Turn every error of a decoder into one, and silence its warnings.

    Raises:
        InvalidEventError: the decoder raised any error.
    """
    name = media_type.removeprefix("image/").upper()
    try:
        with warnings.catch_warnings(action="ignore"):
            warnings.simplefilter("error", DecompressionBombWarning)
            yield
    except (DecompressionBombError, DecompressionBombWarning) as error:
        reason = f"has more than {MAX_IMAGE_PIXELS:,} pixels; make it smaller"
        raise InvalidEventError(Problem("image", reason)) from error
    except Exception as error:
        # Pillow raises a dozen kinds of error for damaged bytes, some of them undocumented. If one
        # escaped, the queue would deliver the same bytes again.
        # Its text means nothing to publishers.
        reason = f"cannot be decoded as {name}, it is broken or not whole; {_AGAIN}"
        raise InvalidEventError(Problem("image", reason)) from error


def _facts(media_type: str, pixels: ImageFile, orientation: int, length: int) -> ImageFacts:
    width, height = pixels.size
    if orientation in _SIDEWAYS:
        width, height = height, width
    return ImageFacts(media_type, width, height, getattr(pixels, "is_animated", False), length)


def _orientation(pixels: ImageFile) -> int:
    """Read the orientation from EXIF alone: Pillow reads XMP and text too, browsers do not."""
    exif = Exif()
    # Pillow raises many kinds of error for broken EXIF. None is a reason to refuse the image:
    # browsers show it without turning it.
    with suppress(Exception):
        exif.load(pixels.info.get("exif", b""))
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    return orientation if orientation in range(1, 9) else 1


def _size_for_thumbnails(pixels: ImageFile) -> tuple[int, int]:
    """Return a size that is enough for every thumbnail, in both orientations."""
    side = max(THUMBNAIL_WIDTHS_PIXELS)
    width, height = pixels.size
    shorter = min(width, height)
    return (max(1, width * side // shorter), max(1, height * side // shorter))
