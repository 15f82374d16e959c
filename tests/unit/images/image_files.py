"""Images for tests, made by Pillow."""

from io import BytesIO

from PIL import Image

ORIENTATION = 0x0112


def image_file(  # noqa: PLR0913  # what an image can be
    width: int = 4,
    height: int = 3,
    form: str = "PNG",
    *,
    mode: str = "RGB",
    color: int | tuple[int, ...] | str = 0,
    orientation: int | None = None,
    **options: object,
) -> bytes:
    """Write an image file of one colour."""
    image = Image.new(mode, (width, height), color)
    return written(image, form, orientation=orientation, **options)


def gradient(width: int, height: int) -> Image.Image:
    """Return an image in which every corner has a colour of its own."""
    red = Image.linear_gradient("L").resize((width, height))
    green = Image.linear_gradient("L").rotate(90).resize((width, height))
    return Image.merge("RGB", (red, green, Image.new("L", (width, height), 60)))


def written(
    image: Image.Image, form: str, *, orientation: int | None = None, **options: object
) -> bytes:
    """Write an image as a file of a format, with an EXIF orientation where one is given."""
    target = BytesIO()
    if orientation is not None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    image.save(target, form, **options)
    return target.getvalue()


def animation(form: str, width: int = 400, height: int = 300) -> bytes:
    """Write an animated image of two frames."""
    frames = [Image.new("RGB", (width, height), color) for color in ("red", "blue")]
    return written(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


def read(raw: bytes) -> Image.Image:
    image = Image.open(BytesIO(raw))
    image.load()
    return image


PNG = image_file()
GIF = image_file(5, 6, "GIF")
