import pytest

from gazette.models.contract.parsing import InvalidEventError
from gazette.models.images.image_rules import (
    check_image_key,
    image_media_type,
    thumbnail_paths,
)


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
def test_an_image_is_reported_by_its_first_bytes(raw: bytes, media_type: str) -> None:
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
def test_a_file_that_is_no_image_or_may_have_scripts_is_refused(raw: bytes) -> None:
    reason = "image: is (not a JPEG, PNG, GIF, WebP or AVIF file; save|an SVG, which .*; export)"
    with pytest.raises(InvalidEventError, match=reason):
        image_media_type(raw)


@pytest.mark.parametrize(
    "key", ["images/a.png", "images/2026/Żaba, 1.png", "images/.a/..b.GIF", "images/a.b/c"]
)
def test_the_key_of_an_image_is_a_path(key: str) -> None:
    check_image_key(key)


def test_thumbnails_stand_where_no_image_does() -> None:
    assert thumbnail_paths("images/2026/a.jpg") == (
        "thumbnails/320/2026/a.jpg.webp",
        "thumbnails/960/2026/a.jpg.webp",
    )


@pytest.mark.parametrize("key", ["images/a\\b.png", "images/a\nb.png"])
def test_an_image_key_with_a_backslash_or_a_control_character_is_refused(key: str) -> None:
    with pytest.raises(InvalidEventError, match="has a backslash or an unprintable character"):
        check_image_key(key)


def test_an_image_key_must_end_like_an_image() -> None:
    with pytest.raises(InvalidEventError, match=r"ends in \.html, but images are JPEG"):
        check_image_key("images/a.html")
