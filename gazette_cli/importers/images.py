"""Takes the images of a text into `images/`, and changes what leads to them.

An image of a folder is copied, one of the web is fetched. Its name follows from where it was, so
that it has the same one each time.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gazette.models.contract.identity import IMAGES
from gazette.models.contract.tidying import Fields
from gazette.models.identifiers.slugs import title_slug
from gazette.models.limits import MAX_IMAGE_BYTES
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette_cli.commands.input_checks import check
from gazette_cli.engines.file_errors import file_reason
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, ImageFiles
from gazette_cli.importers.html_bodies import addresses_of
from gazette_cli.importers.reading import fetch, is_address

_MARKDOWN_IMAGE = re.compile(r"!\[[^\[\]]*\]\(\s*<?([^\s<>)]+)")
_EXTENSION = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
# A path that is a key as it is.
_NAMED = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*")
_NAME_CHARACTERS = 60


class ImageFolder:
    """Copies and fetches images, each once."""

    def __init__(self, out: Path, get: Callable[[str], bytes] | None = None) -> None:
        self._out = out
        self._get = get or _get
        self._keys: dict[str, str | Problem] = {}

    def taken_in(self, draft: Draft) -> Draft:
        """Return a draft whose images are those of the folder, as far as they can be read."""
        remarks, body = list(draft.remarks), str(draft.fields.get("body", ""))
        for address in dict.fromkeys(_images_of(body)):
            key = self._key(address, draft.files)
            if isinstance(key, Problem):
                remarks.append(key)
            elif key:
                body = _replaced(body, address, key)
        fields = self._with_image({**draft.fields, "body": body}, draft.files, remarks)
        return replace(draft, fields=fields, remarks=tuple(remarks))

    def _with_image(
        self, fields: Fields, files: ImageFiles | None, remarks: list[Problem]
    ) -> Fields:
        image = fields.get("image")
        if not isinstance(image, dict) or not isinstance(image.get("url"), str):
            return fields
        key = self._key(str(image["url"]), files)
        if isinstance(key, Problem):
            remarks.append(key._replace(field="image"))
        elif key:
            rest = {name: value for name, value in image.items() if name != "url"}
            return {**fields, "image": {"key": key, **rest}}
        return fields

    def _key(self, address: str, files: ImageFiles | None) -> str | Problem:
        """Return the key of an image in the folder, empty if nothing can be said of the address."""
        source = address if is_address(address) else _file_of(address, files)
        if not source:
            return ""
        name = str(source)
        if name not in self._keys:
            self._keys[name] = self._take(name, _key_of(name, files))
        return self._keys[name]

    def _take(self, source: str, key: str) -> str | Problem:
        file = self._out / key
        try:
            data = file.read_bytes() if is_address(source) and file.is_file() else self._get(source)
            check(key, data)
        except SourceError as error:
            return Problem("body", f"shows {error}")
        except InvalidEventError as error:
            return Problem("body", f"shows {source}: {error.problems[0].reason}")
        except OSError as error:
            return Problem("body", f"shows {source}, which {file_reason(error)}")
        if not file.is_file() or file.read_bytes() != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return key


def _get(source: str) -> bytes:
    if is_address(source):
        return fetch(source, MAX_IMAGE_BYTES).data
    return Path(source).read_bytes()


def _images_of(body: str) -> Iterator[str]:
    yield from _MARKDOWN_IMAGE.findall(body)
    yield from addresses_of(body)


def _file_of(address: str, files: ImageFiles | None) -> Path | None:
    """Return the file that an address of a text names, None if it is none of the source."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    path = unquote(parts.path).lstrip("/")
    if files is None or not path or parts.scheme or parts.netloc:
        return None
    root = files.root.resolve()
    for folder in (files.folder, root, root / "static", root / "public"):
        file = (folder / path).resolve()
        if file.is_relative_to(root) and file.is_file():
            return file
    return None


def _key_of(source: str, files: ImageFiles | None) -> str:
    """Name an image by its path in the source, or by its address."""
    if files is not None and not is_address(source):
        path = Path(source).relative_to(files.root.resolve())
        if _NAMED.fullmatch(path.as_posix()):
            return f"{IMAGES}{path.as_posix()}"
        source = path.as_posix()
    path_of = source.partition("?")[0].partition("#")[0]
    ending = _EXTENSION.search(path_of)
    words = title_slug(re.sub("^https?://", "", path_of.removesuffix(ending[0] if ending else "")))
    name = (
        f"{words[:_NAME_CHARACTERS].strip('-')}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
    )
    return f"{IMAGES}{name}{ending[0].lower() if ending else ''}"


def _replaced(body: str, address: str, key: str) -> str:
    """Change where the images of a text are, in Markdown and in HTML."""
    written = "|".join(
        map(re.escape, dict.fromkeys((address, escape(address), escape(address, quote=False))))
    )
    lead = r"(!\[[^\[\]]*\]\(\s*<?|\bsrc\s*=\s*[\"']?\s*)"
    return re.sub(rf"{lead}(?:{written})(?=[\s)>\"'])", lambda found: found[1] + key, body)
