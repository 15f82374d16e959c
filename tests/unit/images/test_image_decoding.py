import struct
import warnings
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gazette.models.contract.parsing import InvalidEventError
from gazette.models.images.image_decoding import decode_image
from gazette.models.images.image_rules import ImageFacts
from gazette.models.limits import MAX_IMAGE_PIXELS, MAX_JPEG_SCANS, MAX_JPEG_SEGMENTS
from gazette.renderers.thumbnails import render_thumbnails
from tests.unit.images.image_files import animation, gradient, image_file, written

FORMS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")


def png_that_claims(width: int, height: int) -> bytes:
    """Write the beginning of a PNG: its size, and no pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    size = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + size + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", FORMS)
def test_type_and_size_are_read_from_the_file(form: str) -> None:
    raw = image_file(40, 30, form)
    facts = ImageFacts(f"image/{form.lower()}", 40, 30, is_animated=False, length=len(raw))
    assert decode_image(raw).facts == facts


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_image_as_browsers_turn_it(form: str, orientation: int) -> None:
    facts = decode_image(image_file(40, 30, form, orientation=orientation)).facts
    assert (facts.width, facts.height) == ((30, 40) if orientation >= 5 else (40, 30))


@pytest.mark.parametrize("orientation", [0, 9, 6000])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    facts = decode_image(image_file(40, 30, "JPEG", orientation=orientation)).facts
    assert (facts.width, facts.height) == (40, 30)


def test_exif_that_cannot_be_read_is_no_reason_to_refuse_an_image() -> None:
    facts = decode_image(image_file(40, 30, "PNG", exif=b"Exif\x00\x00rubbish")).facts
    assert (facts.width, facts.height) == (40, 30)


def test_an_orientation_in_xmp_turns_nothing_for_browsers_do_not_read_it() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6"/></x:xmpmeta>'
    facts = decode_image(image_file(40, 30, "JPEG", xmp=xmp)).facts
    assert (facts.width, facts.height) == (40, 30)


@pytest.mark.parametrize(
    ("form", "is_animated"), [("GIF", True), ("WEBP", True), ("PNG", True), ("AVIF", True)]
)
def test_an_animated_image_is_reported(form: str, is_animated: bool) -> None:
    facts = decode_image(animation(form)).facts
    assert (facts.width, facts.height, facts.is_animated) == (400, 300, is_animated)


def test_a_jpeg_that_holds_more_images_shows_its_first() -> None:
    frames = [gradient(40, 30), gradient(20, 10)]
    raw = written(frames[0], "MPO", save_all=True, append_images=frames[1:])
    facts = ImageFacts("image/jpeg", 40, 30, is_animated=False, length=len(raw))
    assert decode_image(raw).facts == facts


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(form: str, part: float) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    raw = written(noise, form)
    with pytest.raises(
        InvalidEventError, match=f"image: cannot be decoded as {form}, it is broken or not"
    ):
        decode_image(raw[: int(len(raw) * part)])


@pytest.mark.parametrize("size", [(8001, 5000), (10_000, 10_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with warnings.catch_warnings(), pytest.raises(InvalidEventError) as caught:
        decode_image(png_that_claims(*size))
    assert str(caught.value) == f"image: has more than {MAX_IMAGE_PIXELS:,} pixels; make it smaller"


def test_as_many_pixels_as_are_allowed_are_taken() -> None:
    assert decode_image(image_file(8000, 5000, mode="1")).facts.width == 8000


@pytest.mark.parametrize(
    "raw",
    [b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"RIFF\x04\x00\x00\x00WEBP"],
)
def test_a_file_that_only_begins_like_an_image_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidEventError, match="image: cannot be decoded as"):
        decode_image(raw)


def test_a_file_of_another_format_than_its_first_bytes_say_is_refused() -> None:
    with pytest.raises(InvalidEventError, match="image: cannot be decoded as PNG"):
        decode_image(b"\x89PNG\r\n\x1a\n" + image_file(form="JPEG"))


SAMPLES = [image_file(350, 40, form) for form in FORMS] + [
    image_file(350, 40, "JPEG", orientation=6),
    image_file(350, 40, "GIF", mode="P", transparency=0),
    animation("GIF", 350, 40),
]


@given(st.sampled_from(SAMPLES), st.data())
def test_a_damaged_file_is_either_refused_or_has_its_thumbnails(
    raw: bytes, data: st.DataObject
) -> None:
    """Publishing relies on it: what ingest has let through can be decoded."""
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode_image(bytes(damaged))
    except InvalidEventError:
        return
    for width, thumbnail in render_thumbnails(bytes(damaged)):
        assert width in {320, 960}
        assert thumbnail


@given(st.binary(max_size=200), st.sampled_from([b"\xff\xd8\xff", b"GIF89a", b"\0\0\0 ftypavif"]))
@settings(max_examples=settings().max_examples)
def test_any_bytes_are_refused_in_words(rest: bytes, start: bytes) -> None:
    with pytest.raises(InvalidEventError, match=r"^image: "):
        decode_image(start + rest)


def test_a_jpeg_with_more_scans_or_segments_than_allowed_is_refused() -> None:
    """Each scan decodes all pixels again, and each segment stays in memory."""
    raw = image_file(form="JPEG")
    for unit, most in ((b"\xff\xda\0\2", MAX_JPEG_SCANS), (b"\xff\xff\xe5\0\2", MAX_JPEG_SEGMENTS)):
        with pytest.raises(InvalidEventError, match=r"has more than 100 scans or 2,000 segments"):
            decode_image(raw[:2] + unit * (most + 1) + raw[2:])
