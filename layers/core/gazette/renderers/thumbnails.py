"""Thumbnails: smaller copies of an image, all of them WebP.

Every browser reads WebP, it is a third smaller than JPEG, and it keeps transparency, so that one
format does for photographs and drawings alike. The same Pillow makes the same bytes of the same
file. Colours are brought to sRGB; nothing else that the file tells of itself (camera, place, time,
owner) is carried over.
"""

from collections.abc import Iterator
from io import BytesIO

from PIL import ImageCms
from PIL.Image import Image, Resampling, Transpose

from gazette.models.images.image_decoding import DecodedImage, decode_image
from gazette.models.images.image_rules import ThumbnailSize, thumbnail_sizes

MEDIA_TYPE = "image/webp"
_QUALITY = 80
# EXIF: what brings the stored pixels upright.
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
# A 16-bit grey, cut to its upper 8 bits.
_UPPER_BITS = [value >> 8 for value in range(65_536)]


def render_thumbnails(raw: bytes) -> Iterator[tuple[ThumbnailSize, bytes]]:
    """Make the thumbnails of an image file, the smallest first.

    Raises:
        InvalidEventError: the file cannot be decoded.
    """
    picture = decode_image(raw)
    _, width, height, is_animated = picture.facts
    sizes = thumbnail_sizes(width, height, is_animated=is_animated)
    if sizes:
        plain = _in_plain_mode(picture.pixels)
        for size in sizes:
            yield size, _written(_in_srgb(_upright(_resized(plain, picture, size), picture)))


def _in_plain_mode(pixels: Image) -> Image:
    """Bring palettes and unusual depths to what can be averaged; CMYK stays for its profile."""
    if pixels.mode.startswith("I"):
        pixels = pixels.convert("I").point(_UPPER_BITS, "L")
    if pixels.mode in {"CMYK", "L", "RGBA"} and "transparency" not in pixels.info:
        return pixels  # `convert` would make a copy, and it may be 160 MB
    return pixels.convert("RGBA" if pixels.has_transparency_data else "RGB")


def _resized(plain: Image, picture: DecodedImage, size: ThumbnailSize) -> Image:
    stored = size[::-1] if picture.is_sideways else size
    return plain.resize(stored, Resampling.LANCZOS, reducing_gap=3.0)


def _upright(image: Image, picture: DecodedImage) -> Image:
    turn = _TURNS.get(picture.orientation)
    return image if turn is None else image.transpose(turn)


def _in_srgb(image: Image) -> Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert(mode)
    try:
        found = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, found, srgb, outputMode=mode) or image.convert(mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)  # a profile that does not fit is ignored, as browsers do


def _written(image: Image) -> bytes:
    target = BytesIO()
    image.save(target, "WEBP", quality=_QUALITY, method=4)
    return target.getvalue()
