"""`gazette serve DIR` for a published site: serves its files as CloudFront does, until Ctrl-C.

A folder has no media types, so they follow from name and content. It needs no checkout.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from gazette.models import paths
from gazette.models.branding.static_files import static_media_type
from gazette.models.formats import ATOM_ENTRY, DAY_ATOM, JSON_FEED, SCRIPT_TYPE
from gazette.models.identifiers.media_types import media_type_of
from gazette.models.images.image_rules import image_media_type
from gazette.models.problems.problems import InvalidEventError
from gazette.models.views.site_document import document
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.serve import CONSOLE, bind_port, interruptible
from gazette_cli.emulators.webserver import Reader, StoredDocument

_HOME, _FEED = "index.html", "feed.json"
# Enough for the root of an XML document, and for the first field of a JSON Feed.
_BEGINNING = 400
# Extensions with several formats, and how the rarer ones begin.
_BY_CONTENT = {
    "json": ((b'"version": "https://jsonfeed.org', JSON_FEED.content_type),),
    "xml": ((b"<entry ", ATOM_ENTRY.content_type), (b"<feed ", DAY_ATOM.content_type)),
}


def is_site(folder: Path) -> bool:
    """Return whether a folder is a published site; a source has no home page."""
    return (folder / _HOME).is_file()


def serve_folder(folder: Path, port: int) -> int:
    """Serve a published site until Ctrl-C or SIGTERM.

    Raises:
        EngineError: the port is not available.
    """
    links = links_of(folder)
    with interruptible(), bind_port(port) as server, server.serving(folder_reader(folder), links):
        CONSOLE.print(f"The site        {server.url}/")
        base = links.base_url if links else ""
        if base != server.url:
            CONSOLE.print(f"Its links lead to {base}. To follow them here, publish it with")
            CONSOLE.print(f"  --base-url {server.url}")
        CONSOLE.print("\nPress Ctrl-C to stop.")
        Event().wait()
    return 0


def folder_reader(folder: Path) -> Reader:
    """Return a reader of the files below a folder, and of no others."""
    root = folder.resolve()

    def read(path: str) -> StoredDocument | None:
        try:
            file = (root / path).resolve()
            if not file.is_relative_to(root):
                return None
            body, changed = file.read_bytes(), file.stat().st_mtime
        except (OSError, ValueError):  # no such file, or a path that no file can have
            return None
        stored = document(path, body, media_type(path, body), "no-cache")
        return StoredDocument(
            body,
            stored.media_type,
            stored.etag,
            datetime.fromtimestamp(changed, UTC),
            stored.cache_control,
        )

    return read


def media_type(path: str, body: bytes) -> str:
    """Return the media type with which Gazette stores a document in the site bucket."""
    if path == paths.SEARCH_SCRIPT:
        return SCRIPT_TYPE
    if path.startswith("image/"):
        return _image_type(path, body)
    for sign, content_type in _BY_CONTENT.get(path.rpartition(".")[2], ()):
        if sign in body[:_BEGINNING]:
            return content_type
    try:
        return document(path, b"").media_type
    except KeyError:
        return static_media_type(path)


def _image_type(path: str, body: bytes) -> str:
    try:
        return image_media_type(body)
    except InvalidEventError:  # somebody has put another file there
        return media_type_of(path)


def links_of(folder: Path) -> FeedLinks | None:
    """Return the address and the hubs that the feeds of a site name, None if they do not say."""
    try:
        feed = json.loads((folder / _FEED).read_bytes())
        hubs = tuple(hub["url"] for hub in feed.get("hubs", ()))
        home = str(feed["home_page_url"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return FeedLinks(home.removesuffix(f"/{_HOME}").rstrip("/"), hubs)
