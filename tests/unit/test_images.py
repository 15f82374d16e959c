import pytest

from gazette.models.images import image_media_type
from gazette.models.parsing import InvalidEventError


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF87arest", "image/gif"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPrest", "image/webp"),
        (b"\x00\x00\x00\x20ftypavifrest", "image/avif"),
        (b"\x00\x00\x00\x20ftypavisrest", "image/avif"),
    ],
)
def test_an_image_is_told_by_its_first_bytes(raw: bytes, media_type: str) -> None:
    assert image_media_type(raw) == media_type


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00 ftypmp42",
        b"PNG",
        b"\xff\xd8",
    ],
)
def test_what_is_no_picture_or_can_hold_scripts_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidEventError, match="image: is not a JPEG, PNG, GIF, WebP or AVIF"):
        image_media_type(raw)
