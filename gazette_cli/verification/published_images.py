"""Finds damaged images of a published site, and puts others in their place.

No document has a hash of an image, but its event shows format, size and length. Another image of
the same makes the same documents, so only the damaged one is reported.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image

from gazette.models import paths
from gazette.models.contract.identity import IMAGES
from gazette.models.images.image_decoding import decode_image
from gazette.models.images.image_rules import ImageFacts, thumbnail_paths
from gazette.models.problems.problems import InvalidEventError
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite

_FOLDER = "image/"
_SMALL = 320


class ImageFile(NamedTuple):
    """The bytes to publish an image with; ``problem`` says what is wrong with those of the site."""

    key: str
    body: bytes
    problem: str | None = None

    @property
    def path(self) -> str:
        return paths.image_path(self.key)

    @property
    def untried(self) -> tuple[str, ...]:
        """The paths of documents that cannot be compared: they are made of other bytes."""
        return (self.path, *thumbnail_paths(self.key)) if self.problem else ()


# The base paths of the events that show each image, by its key.
Shown = Mapping[str, Sequence[str]]


def published_images(site: PublishedSite, shown: Shown) -> Iterator[ImageFile]:
    """Yield every image of a site, and those that its events show and it does not have.

    Of a site that cannot be listed these are the images that its events name.
    """
    listed = site.paths_below(_FOLDER)
    found = () if listed is None else (IMAGES + one.removeprefix(_FOLDER) for one in listed)
    for key in sorted({*found, *shown}):
        facts = _shown_facts(site, key, shown.get(key, ()))
        try:
            body = site.read_path(paths.image_path(key))
        except OSError:
            if facts:
                yield ImageFile(key, _other(facts), "is missing, and its event shows it")
            continue  # or the site was published without it
        yield _checked(key, body, facts)


def _checked(key: str, body: bytes, shown: ImageFacts | None) -> ImageFile:
    try:
        facts = decode_image(body).facts
    except InvalidEventError as error:
        if shown is None:
            return ImageFile(key, body)
        return ImageFile(key, _other(shown), error.problems[0].reason.partition(";")[0])
    if shown is None or facts == shown:
        return ImageFile(key, body)
    return ImageFile(key, _other(shown), f"is {_words(facts)}, and its event shows {_words(shown)}")


def _words(facts: ImageFacts) -> str:
    form = f"{facts.media_type} of {facts.width} by {facts.height} pixels"
    return f"{form} and {facts.length:,} bytes"


def _shown_facts(site: PublishedSite, key: str, base_paths: Sequence[str]) -> ImageFacts | None:
    """Return what an event says of its image, if its page agrees with its JSON form."""
    for base_path in base_paths:
        try:
            image = json.loads(site.read_path(f"{base_path}.json"))["image"] or {}
            width, height = int(image["width"]), int(image["height"])
            page = site.read_path(f"{base_path}.html")
            is_animated = not image["thumbnails"] and width > _SMALL
            length = int(image["length"])
            facts = ImageFacts(image["media_type"], width, height, is_animated, length)
            is_own = image["url"].endswith(f"/{paths.image_path(key)}")
        except UNREADABLE:
            continue
        if is_own and f'width="{width}" height="{height}"'.encode() in page:
            return facts
    return None


def _other(facts: ImageFacts) -> bytes:
    """Return an image of a format, a size and, if it can be so short, a length."""
    blank = Image.new("L", (facts.width, facts.height))
    written, form = BytesIO(), facts.media_type.removeprefix("image/")
    if facts.is_animated:
        blank.save(written, form, save_all=True, append_images=[Image.new("L", blank.size, 255)])
    else:
        blank.save(written, form)
    return written.getvalue().ljust(facts.length, b"\0")
