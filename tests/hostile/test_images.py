"""Image files that attack readers or the decoder."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from gazette.models.contract.parsing import InvalidEventError
from gazette.models.images.image_decoding import decode_image
from gazette.models.limits import MAX_IMAGE_BYTES, MAX_JPEG_SCANS, MAX_JPEG_SEGMENTS
from gazette.renderers.thumbnails import render_thumbnails
from tests.processor_time import timed
from tests.unit.images.image_files import PNG, gradient, image_file, written
from tests.unit.publish.worlds import World, hours

SCRIPT = b"<script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
END_OF_IMAGE = b"\xff\xd9"

ENDING = (
    "ends in .{}, but images are JPEG, PNG, GIF, WebP or AVIF; end it in .jpg, .jpeg, .png, .gif,"
    " .webp or .avif"
)


def uploaded(key: str, raw: bytes) -> World:
    world = World()
    world.source.put(key, raw, hours(0))
    world.settle()
    return world


def problems(world: World, key: str) -> list[str]:
    found = world.quarantined(key)
    return [reason for _, reason in found.problems] if found else []


def progressive(form: str = "L", side: int = 4000) -> tuple[bytes, bytes]:
    """Return a progressive JPEG, and separately its last scan."""
    raw = image_file(side, side, "JPEG", mode=form, color=128, progressive=True)
    return raw, raw[raw.rindex(b"\xff\xda") : -len(END_OF_IMAGE)]


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_with(chunk: bytes) -> bytes:
    after_size = 33
    return PNG[:after_size] + chunk + PNG[after_size:]


@pytest.mark.parametrize("key", ["images/a.svg", "images/a.png", "images/a"])
@pytest.mark.parametrize("raw", [SVG, b"<?xml version='1.0'?>" + SVG, ENTITIES, b"<html>" + SCRIPT])
def test_a_document_is_no_image_under_any_name(key: str, raw: bytes) -> None:
    world = uploaded(key, raw)
    assert problems(world, key) != []
    assert [path for path in world.site() if path.startswith(("image/", "thumbnails/"))] == []


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_an_image_that_is_also_a_page_is_served_as_an_image(form: str) -> None:
    """Every response has ``nosniff``, so no browser takes the image for a page."""
    world = uploaded("images/a.jpg", image_file(form=form) + SCRIPT)
    assert world.store.documents["image/a.jpg"].media_type == f"image/{form.lower()}"


@pytest.mark.parametrize(
    "name", ["a.html", "a.png.HTM", "a.svg", "a.xhtml", "a.js", ".html", "a.xml"]
)
def test_an_image_that_is_also_a_page_needs_the_name_of_an_image(name: str) -> None:
    """A web server decides by the file name when it serves a copy of the site."""
    world = uploaded(f"images/{name}", PNG + SCRIPT)
    assert problems(world, f"images/{name}") == [ENDING.format(name.rpartition(".")[2].lower())]
    assert not any(path.startswith("image/") for path in world.site())


def test_a_thumbnail_has_no_metadata_of_its_image() -> None:
    raw = written(gradient(400, 300), "JPEG", comment=SCRIPT, xmp=ENTITIES)
    thumbnails = [thumbnail for _, thumbnail in render_thumbnails(raw)]
    assert thumbnails
    assert not any(SCRIPT in thumbnail or ENTITIES in thumbnail for thumbnail in thumbnails)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_entities_in_the_metadata_of_an_image_are_never_resolved(form: str) -> None:
    levels = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 60))
    bomb = b'<!DOCTYPE x [<!ENTITY e0 "a">' + levels + b"]><x>&e59;</x>"
    assert decode_image(image_file(form=form, xmp=bomb)).facts.width == 4


@pytest.mark.parametrize(
    "head", [b"iCCPx\0\0", b"zTXtx\0\0", b"iTXtXML:com.adobe.xmp\0\1\0\0\0"], ids=str
)
def test_an_image_whose_metadata_unpacks_to_megabytes_is_refused(head: bytes) -> None:
    bomb = png_with(png_chunk(head[:4], head[4:] + zlib.compress(bytes(50_000_000), 9)))
    assert len(bomb) < 100_000
    with pytest.raises(InvalidEventError, match="image: "):
        decode_image(bomb)


def test_a_progressive_jpeg_is_accepted() -> None:
    raw, _ = progressive("RGB", 400)
    assert decode_image(raw).facts.width == 400


def test_a_jpeg_with_thousands_of_scans_is_refused() -> None:
    """Without a limit a hundred scans take a second, and a file may have thousands."""
    raw, scan = progressive()
    slow = raw[:-2] + scan * 20_000 + END_OF_IMAGE
    with timed() as taken, pytest.raises(InvalidEventError, match="image: has more than 100 scans"):
        decode_image(slow)
    assert taken.seconds < 1


def test_a_jpeg_with_the_allowed_number_of_scans_is_accepted() -> None:
    raw, scan = progressive(side=40)
    more = MAX_JPEG_SCANS - raw.count(b"\xff\xda")
    assert decode_image(raw[:-2] + scan * more + END_OF_IMAGE).facts.width == 40
    with pytest.raises(InvalidEventError, match="scans"):
        decode_image(raw[:-2] + scan * (more + 1) + END_OF_IMAGE)


@pytest.mark.parametrize("unit", [b"\xff\xfe\0\2", b"\xff\xd8", b"\xff\x01", b"\xff\xff\xe5\0\2"])
def test_a_jpeg_with_a_million_segments_is_refused(unit: bytes) -> None:
    """Pillow keeps all of them in a list: twenty megabytes become a gigabyte."""
    raw = image_file(form="JPEG")
    with pytest.raises(InvalidEventError, match=f"{MAX_JPEG_SEGMENTS:,} segments"):
        decode_image(raw[:2] + unit * 1_000_000 + raw[2:])


def test_bytes_after_the_end_of_a_jpeg_are_not_counted() -> None:
    """Phones append films, which may contain any bytes."""
    assert decode_image(image_file(form="JPEG") + b"\xff\xda" * MAX_JPEG_SEGMENTS).facts.width == 4


def test_an_image_with_a_million_empty_chunks_is_read_in_seconds() -> None:
    chunk = png_chunk(b"teSt", b"")
    full = png_with(chunk * ((MAX_IMAGE_BYTES - len(PNG)) // len(chunk)))
    with timed() as taken:
        assert decode_image(full).facts.width == 4
    assert taken.seconds < 20


def test_the_fixtures_are_images() -> None:
    assert Image.open(BytesIO(png_with(b""))).size == (4, 3)
