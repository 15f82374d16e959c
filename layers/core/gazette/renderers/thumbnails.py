"""Thumbnails: smaller copies of an image, as WebP.

Every browser reads WebP. It is a third smaller than JPEG and keeps transparency, so one format
serves photographs and drawings. One version of Pillow makes the same bytes from the same file.
Colours are converted to sRGB; all other metadata (camera, location, time, owner) is dropped.
"""

from collections.abc import Iterator
from io import BytesIO

from PIL import ImageCms
from PIL.Image import Image, Resampling, Transpose

from gazette.models.images.image_decoding import DecodedImage, decode_image
from gazette.models.images.image_rules import ThumbnailSize, listed_sizes
from gazette.models.product import THUMBNAIL_QUALITY, THUMBNAIL_WIDTHS_PIXELS

MEDIA_TYPE = "image/webp"
# EXIF orientation: the operation that turns the stored pixels upright.
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
# From a 16-bit grey to its upper 8 bits.
_UPPER_BITS = [value >> 8 for value in range(65_536)]


def render_thumbnails(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Make the thumbnails of an image file by their widths, smallest first.

    That of a narrower image is as wide as the image, that of an animated one is its first frame.

    Raises:
        InvalidEventError: the file cannot be decoded.
    """
    decoded = decode_image(raw)
    sizes = listed_sizes(decoded.facts.width, decoded.facts.height)
    plain = _to_plain_mode(decoded.pixels)
    for wide, size in zip(THUMBNAIL_WIDTHS_PIXELS, sizes, strict=True):
        yield wide, _to_webp(_to_srgb(_turn_upright(_resize(plain, decoded, size), decoded)))


def _to_plain_mode(pixels: Image) -> Image:
    """Convert palettes and unusual depths, which cannot be averaged; CMYK stays for its profile."""
    if pixels.mode.startswith("I"):
        pixels = pixels.convert("I").point(_UPPER_BITS, "L")
    if pixels.mode in {"CMYK", "L", "RGBA"} and "transparency" not in pixels.info:
        return pixels  # `convert` would copy up to 160 MB
    return pixels.convert("RGBA" if pixels.has_transparency_data else "RGB")


def _resize(plain: Image, decoded: DecodedImage, size: ThumbnailSize) -> Image:
    stored = size[::-1] if decoded.is_sideways else size
    return plain.resize(stored, Resampling.LANCZOS, reducing_gap=3.0)


def _turn_upright(image: Image, decoded: DecodedImage) -> Image:
    turn = _TURNS.get(decoded.orientation)
    return image if turn is None else image.transpose(turn)


def _to_srgb(image: Image) -> Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert(mode)
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, srgb, outputMode=mode) or image.convert(
            mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)  # browsers ignore a wrong profile, too


def _to_webp(image: Image) -> bytes:
    target = BytesIO()
    image.save(target, "WEBP", quality=THUMBNAIL_QUALITY, method=4)
    return target.getvalue()
