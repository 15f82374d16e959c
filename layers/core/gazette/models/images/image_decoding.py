"""What lies in an image file: its size as shown, and whether it can be decoded at all.

Pillow takes a tenth of a second to load, so this module is imported where an image is at hand.
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

from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.images.image_rules import (
    MAX_PIXELS,
    THUMBNAIL_WIDTHS,
    ImageFacts,
    image_media_type,
)
from gazette.models.images.jpeg_scans import check_jpeg_work

# Each plugin reads its one format: a file that begins like a PNG is never tried as anything else.
_PLUGINS: dict[str, Callable[[BytesIO], ImageFile]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/gif": GifImageFile,
    "image/webp": WebPImageFile,
    "image/avif": AvifImageFile,
}
_LIES_ON_ITS_SIDE = frozenset({5, 6, 7, 8})


class DecodedImage(NamedTuple):
    """A decoded image; ``orientation`` (EXIF 1 to 8) says how its pixels are to be turned.

    A large JPEG is decoded at a fraction of its size, enough for the thumbnails.
    """

    pixels: ImageFile
    orientation: int
    facts: ImageFacts

    @property
    def lies_on_its_side(self) -> bool:
        return self.orientation in _LIES_ON_ITS_SIDE


def decode_image(raw: bytes) -> DecodedImage:
    """Decode an image, the first frame of an animated one.

    All of the file is read, so that a truncated one is told; publishing can rely on it later.

    Raises:
        InvalidEventError: it is no image that is published, broken, or too large.
    """
    media_type = image_media_type(raw)
    if media_type == "image/jpeg":
        check_jpeg_work(raw)
    with _told_as_invalid(media_type):
        pixels = _PLUGINS[media_type](BytesIO(raw))
        orientation = _orientation(pixels)
        facts = _facts(media_type, pixels, orientation)
        if facts.width * facts.height > MAX_PIXELS:
            raise DecompressionBombError
        pixels.draft(None, _least(pixels))
        pixels.load()
    return DecodedImage(pixels, orientation, facts)


@contextmanager
def _told_as_invalid(media_type: str) -> Iterator[None]:
    """Make one error of the many that a decoder meets in hostile bytes; its warnings say no more.

    Raises:
        InvalidEventError: instead of any other.
    """
    name = media_type.removeprefix("image/").upper()
    try:
        with warnings.catch_warnings(action="ignore"):
            warnings.simplefilter("error", DecompressionBombWarning)
            yield
    except (DecompressionBombError, DecompressionBombWarning) as error:
        reason = f"has more than {MAX_PIXELS:,} pixels"
        raise InvalidEventError(Problem("image", reason)) from error
    except Exception as error:
        # Pillow raises errors of a dozen kinds over damaged bytes, some of them undocumented; any
        # that escaped would have the queue bring the same bytes again.
        reason = f"cannot be decoded as {name}, it is broken or not whole: {error}"
        raise InvalidEventError(Problem("image", reason)) from error


def _facts(media_type: str, pixels: ImageFile, orientation: int) -> ImageFacts:
    width, height = pixels.size
    if orientation in _LIES_ON_ITS_SIDE:
        width, height = height, width
    return ImageFacts(media_type, width, height, getattr(pixels, "is_animated", False))


def _orientation(pixels: ImageFile) -> int:
    """Read EXIF alone: of what Pillow looks at besides, in XMP and text, browsers know nothing."""
    exif = Exif()
    # What is wrong with EXIF is no reason to refuse a picture: it is shown as it lies.
    with suppress(Exception):
        exif.load(pixels.info.get("exif", b""))
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    return orientation if orientation in range(1, 9) else 1


def _least(pixels: ImageFile) -> tuple[int, int]:
    """Return the size that is enough, whichever side is up."""
    side = max(THUMBNAIL_WIDTHS)
    width, height = pixels.size
    shorter = min(width, height)
    return (max(1, width * side // shorter), max(1, height * side // shorter))
