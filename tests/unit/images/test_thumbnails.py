import hashlib

import pytest
from PIL import Image, ImageCms

from gazette.models.contract.parsing import InvalidEventError
from gazette.models.images.image_rules import ThumbnailSize, listed_sizes, thumbnail_sizes
from gazette.renderers.thumbnails import render_thumbnails
from tests.unit.images.image_files import animation, gradient, image_file, read, written


def thumbnails(raw: bytes) -> list[Image.Image]:
    return [read(body) for _, body in render_thumbnails(raw)]


def near(color: object, expected: tuple[int, ...], tolerance: int = 12) -> bool:
    assert isinstance(color, tuple)
    return len(color) == len(expected) and all(
        abs(a - b) <= tolerance for a, b in zip(color, expected, strict=True)
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((320, 200), []),
        ((321, 200), [(320, 199)]),
        ((960, 720), [(320, 240)]),
        ((1920, 1080), [(320, 180), (960, 540)]),
        ((40_000, 20), [(320, 1), (960, 1)]),
        ((1000, 20_000), [(320, 6400)]),
    ],
)
def test_a_thumbnail_is_never_wider_than_its_image_nor_too_tall_for_its_format(
    size: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    assert thumbnail_sizes(*size, is_animated=False) == tuple(expected)
    assert thumbnail_sizes(*size, is_animated=True) == ()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_thumbnails_are_smaller_webp_of_the_sizes_that_pages_name(form: str) -> None:
    raw = written(gradient(1500, 1000), form)
    made = list(render_thumbnails(raw))
    sizes = [ThumbnailSize(320, 213), ThumbnailSize(960, 640)]
    assert thumbnail_sizes(1500, 1000, is_animated=False) == tuple(sizes)
    assert [width for width, _ in made] == [320, 960]
    for size, (_, body) in zip(sizes, made, strict=True):
        image = read(body)
        assert (image.format, image.size) == ("WEBP", size)
        assert len(body) < 20_000


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_same_file_makes_the_same_bytes(form: str) -> None:
    raw = written(gradient(700, 500), form)
    digests = {hashlib.sha256(next(iter(render_thumbnails(raw)))[1]).hexdigest() for _ in range(3)}
    assert len(digests) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_upright(orientation: int) -> None:
    upright = gradient(640, 400)
    back = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for turn in back.get(orientation, []):
        stored = stored.transpose(turn)
    thumbnail, _ = thumbnails(written(stored, "JPEG", quality=95, orientation=orientation))
    expected = upright.resize((320, 200))
    assert thumbnail.size == (320, 200)
    for corner in [(4, 4), (315, 4), (4, 195), (315, 195)]:
        color = expected.getpixel(corner)
        assert isinstance(color, tuple)
        assert near(thumbnail.getpixel(corner), color)


def test_transparency_stays() -> None:
    thumbnail, _ = thumbnails(image_file(400, 300, mode="RGBA", color=(200, 0, 0, 128)))
    assert near(thumbnail.getpixel((100, 100)), (200, 0, 0, 128))


def test_a_transparent_palette_stays_transparent() -> None:
    image = Image.new("P", (400, 300), 1)
    image.putpalette([0, 0, 0, 0, 200, 0])
    image.paste(0, (0, 0, 200, 300))
    thumbnail, _ = thumbnails(written(image, "GIF", transparency=0))
    left, right = thumbnail.getpixel((20, 100)), thumbnail.getpixel((300, 100))
    assert isinstance(left, tuple)
    assert left[3] == 0
    assert near(right, (0, 200, 0, 255))


def test_sixteen_bits_of_grey_are_shown_as_eight() -> None:
    thumbnail, _ = thumbnails(image_file(400, 300, mode="I;16", color=40_000))
    assert near(thumbnail.getpixel((9, 9)), (156, 156, 156))


@pytest.mark.parametrize(
    ("mode", "color"), [("1", 1), ("L", 255), ("CMYK", (0, 0, 0, 0)), ("LA", (255, 255))]
)
def test_every_depth_and_colour_model_has_its_thumbnail(
    mode: str, color: int | tuple[int, ...]
) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    thumbnail, _ = thumbnails(image_file(400, 300, form, mode=mode, color=color))
    pixel = thumbnail.convert("RGB").getpixel((9, 9))
    assert near(pixel, (255, 255, 255))


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_red_and_blue_exchanged(profile: bytes) -> bytes:
    return profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_colours_are_converted_to_srgb_and_the_profile_is_dropped(form: str) -> None:
    profile = with_red_and_blue_exchanged(srgb())
    raw = image_file(400, 300, form, color=(200, 0, 0), icc_profile=profile)
    thumbnail, _ = thumbnails(raw)
    assert near(thumbnail.getpixel((9, 9)), (0, 0, 200))
    assert "icc_profile" not in thumbnail.info


def test_a_profile_is_applied_to_an_image_with_transparency() -> None:
    profile = with_red_and_blue_exchanged(srgb())
    raw = image_file(400, 300, mode="RGBA", color=(200, 0, 0, 128), icc_profile=profile)
    thumbnail, _ = thumbnails(raw)
    assert near(thumbnail.getpixel((9, 9)), (0, 0, 200, 128))


@pytest.mark.parametrize("wrong", [b"rubbish", srgb()])
def test_a_profile_that_does_not_fit_is_ignored(wrong: bytes) -> None:
    raw = image_file(400, 300, mode="L", color=100, icc_profile=wrong)
    thumbnail, _ = thumbnails(raw)
    assert near(thumbnail.getpixel((9, 9)), (100, 100, 100))


def test_no_metadata_of_the_file_is_copied() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    raw = image_file(400, 300, "JPEG", exif=exif, xmp=b"SECRETXMP", comment=b"SECRETCOMMENT")
    assert raw.count(b"SECRET") == 3
    made = list(render_thumbnails(raw))
    assert len(made) == 2
    for _, body in made:
        assert b"SECRET" not in body
        assert read(body).info.keys() <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_thumbnails_of_an_animated_image_stand_still(form: str) -> None:
    made = thumbnails(animation(form))
    assert len(made) == 2
    assert not any(getattr(image, "is_animated", False) for image in made)


def test_every_image_has_the_thumbnails_that_lists_name() -> None:
    assert listed_sizes(1920, 1080) == ((320, 180), (960, 540))
    assert listed_sizes(500, 250) == ((320, 160), (500, 250))
    assert listed_sizes(8, 4) == ((8, 4), (8, 4))
    assert listed_sizes(1000, 20_000) == ((320, 6400), (960, 16_383))
    for size in ((1, 1), (8, 4), (500, 250), (1920, 20)):
        made = list(render_thumbnails(image_file(*size)))
        assert [width for width, _ in made] == [320, 960]
        assert [read(body).size for _, body in made] == list(listed_sizes(*size))


def test_a_file_that_cannot_be_decoded_has_no_thumbnails() -> None:
    with pytest.raises(InvalidEventError):
        list(render_thumbnails(b"GIF89a"))
