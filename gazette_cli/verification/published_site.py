"""Reads a published site from a folder or over HTTP."""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

from gazette.models.paths import SITEMAP
from gazette_cli.engines.sources import SourceError

_HISTORY = ".history.json"
_SAFE = "/-._~!$&'()*+,;=:@"
_SECONDS = 20
_NEWS = "news"
# What is published without events: images. Once there was an event, there is a sitemap.
_WITHOUT_EVENTS = frozenset({SITEMAP, "image"})
# CloudFront answers 403 as S3 does while it has no page for missing documents.
_MISSING = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
# So many histories are asked for the address of the site: one of them may have been changed.
_ASKED = 5
# Feeds that lead to events which the sitemap does not list: they are withdrawn.
_CHANGES = ("corrections.json", "updates.json")

# What reading a document raises that does not exist or was changed.
UNREADABLE = (
    *(ValueError, KeyError, TypeError, AttributeError, IndexError),
    *(OSError, ET.ParseError),
)


class NotReadError(OSError):
    """A document on the web cannot be read; ``status`` is that of the answer, if there is one."""

    def __init__(self, address: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"{address}: {reason}")
        self.status = status


class PublishedSite(Protocol):
    """Reads documents by their public addresses."""

    def histories(self) -> Iterator[str]:
        """Yield the address of every history that can be found.

        An event with one revision has none: it yields the JSON form of the event.
        """

    def paths_below(self, folder: str) -> Iterator[str] | None:
        """Return the path of every document in a folder, None if the site cannot be listed."""

    def has_no_event(self) -> bool:
        """Return whether this is a site without events, if it has no history."""

    def read(self, address: str) -> bytes:
        """Return the bytes of a document.

        Raises:
            OSError: the document does not exist.
            ValueError: the address belongs to another site.
        """

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a document by its path, such as `index.html`.

        Raises:
            OSError: the document does not exist.
        """


def open_site(site: str) -> PublishedSite:
    """Open a folder or an http(s) address.

    Raises:
        SourceError: the folder does not exist.
    """
    if site.lower().startswith(("http://", "https://")):
        return AddressSite(site.rstrip("/"))
    folder = Path(site)
    if not folder.is_dir():
        raise SourceError(f"{site}: no such folder; name one, or an address with https://")
    return FolderSite(folder)


def is_history(address: str) -> bool:
    """Return whether an address is that of a history, and not of an event without one."""
    return address.endswith(_HISTORY)


def _history_of(item: Mapping[str, Any]) -> str:
    """Return the address of the history of an item, or of the JSON form of an event without one."""
    history: str | None = item["_gazette"].get("history_url")
    return history or f"{item['url'].removesuffix('.html')}.json"


def history_paths(paths: Iterable[str], read: Callable[[str], bytes]) -> Iterator[str]:
    """Yield the paths of all histories, and of the JSON form of each event without one.

    A JSON form that cannot be read is that of such an event if the record of a first revision is
    next to it, and no history.
    """
    known = dict.fromkeys(paths)
    for path in known:
        base_path, dot, extension = path.partition(".")
        if path.endswith(_HISTORY):
            yield path
        elif (dot, extension) == (".", "json") and not base_path.endswith("/index"):
            try:
                event = json.loads(read(path))
                has_history = event["status"] == "moved" or event["history"] is not None
            except UNREADABLE:
                is_first = f"{base_path}.r1.json" in known
                has_history = f"{base_path}{_HISTORY}" in known or not is_first
            if not has_history:
                yield path


class FolderSite:
    """A site that `gazette publish` wrote. Its base address comes from its documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._base = ""

    def histories(self) -> Iterator[str]:
        found = list(history_paths(self.paths_below(_NEWS), self.read_path))
        self._base = base = self._find_base([self._folder / path for path in found])
        for path in found:
            yield f"{base}/{quote(path, safe=_SAFE)}"

    def has_no_event(self) -> bool:
        """Return whether nothing is here, or only what needs no event.

        A folder with other files is another folder. A page of an event without its JSON form was
        tampered with.
        """
        names = {path.name for path in self._folder.iterdir()}
        pages = (path for path in (self._folder / _NEWS).rglob("*") if path.is_file())
        has_page = any(not path.name.startswith("index.") for path in pages)
        return not has_page and (not names or not names.isdisjoint(_WITHOUT_EVENTS))

    def read(self, address: str) -> bytes:
        if not address.startswith(f"{self._base}/"):
            raise ValueError(f"{address} is not an address of this site")
        return self.read_path(unquote(address.removeprefix(f"{self._base}/")))

    def read_path(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()

    def paths_below(self, folder: str) -> Iterator[str]:
        for file in sorted((self._folder / folder).rglob("*")):
            if file.is_file():
                yield file.relative_to(self._folder).as_posix()

    def _find_base(self, files: Sequence[Path]) -> str:
        """Return the base address of the site, which most of some histories say."""
        said = (self._base_in(file) for file in files[:_ASKED])
        found = Counter(base for base in said if base).most_common(1)
        if files and not found:
            raise SourceError(f"{files[0]}: is damaged, and says no address any more")
        return found[0][0] if found else ""

    def _base_in(self, file: Path) -> str:
        try:
            address = str(json.loads(file.read_bytes())["url"])
        except UNREADABLE:
            return ""
        return address.partition(f"/{_NEWS}/")[0]


class AddressSite:
    """A site on the web. The sitemap lists its live events, the feeds of changes the others."""

    def __init__(self, base: str) -> None:
        self._base = base

    def histories(self) -> Iterator[str]:
        if self._is_missing(SITEMAP) and self._is_missing("index.html"):
            return
        yield from dict.fromkeys((*self._live_histories(), *self._changed_histories()))

    def _live_histories(self) -> Iterator[str]:
        for urlset in self._locations(f"{self._base}/{SITEMAP}"):
            for page in self._locations(urlset):
                if page.endswith(".html"):
                    address = page.removesuffix(".html") + ".json"
                    yield json.loads(self.read(address))["history"] or address

    def _changed_histories(self) -> Iterator[str]:
        for path in _CHANGES:
            address = f"{self._base}/{path}"
            while address:
                try:
                    feed = json.loads(self.read(address))
                    address = feed.get("next_url", "")
                    yield from map(_history_of, feed["items"])
                except UNREADABLE:
                    break

    def read_path(self, path: str) -> bytes:
        return self.read(f"{self._base}/{quote(path, safe=_SAFE)}")

    def paths_below(self, _folder: str) -> None:
        """Return None: a site on the web cannot be listed."""

    def read(self, address: str) -> bytes:
        try:
            request = urllib.request.Request(address)  # noqa: S310  # http(s), as open_site has checked
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  # the same
                body: bytes = answer.read()
        except urllib.error.HTTPError as error:
            raise NotReadError(address, f"is answered by {error.code}", error.code) from error
        except (OSError, HTTPException, ValueError) as error:
            reason = "does not answer; correct the address, or wait for the network"
            raise NotReadError(address, reason) from error
        return body

    def has_no_event(self) -> bool:
        """Return True: it has no sitemap and no home yet, or its sitemap lists no event."""
        return True

    def _is_missing(self, path: str) -> bool:
        try:
            self.read(f"{self._base}/{path}")
        except NotReadError as error:
            return error.status in _MISSING  # `_locations` raises the others
        return False

    def _locations(self, address: str) -> list[str]:
        try:
            root = ET.fromstring(self.read(address))  # noqa: S314  # a site its owner verifies
        except NotReadError as error:
            raise SourceError(str(error)) from error
        except ET.ParseError as error:
            raise SourceError(f"{address}: is no sitemap; name the home of a site") from error
        return [element.text or "" for element in root.iter() if element.tag.endswith("}loc")]
