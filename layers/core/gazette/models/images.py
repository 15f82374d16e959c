"""Image files, told by their first bytes: a name or a declared type proves nothing."""

from gazette.models.parsing import InvalidEventError, Problem

MAX_IMAGE_BYTES = 20 * 1024 * 1024
_WEBP, _AVIF = slice(8, 12), slice(4, 12)


def image_media_type(raw: bytes) -> str:
    """Return the media type of a raster image.

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
