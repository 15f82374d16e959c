"""A published object: its path, its bytes and how it is served."""

import hashlib
from dataclasses import dataclass

LIVE = "public, max-age=60, stale-while-revalidate=300"
IMMUTABLE = "public, max-age=31536000, immutable"

_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
}
ATOM, ATOM_ENTRY = _MEDIA_TYPES["atom"], "application/atom+xml;type=entry; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Document:
    """One object of the site. ``path`` is its key in the site bucket."""

    path: str
    body: bytes
    media_type: str
    cache_control: str = LIVE

    @property
    def etag(self) -> str:
        """The entity tag S3 gives these bytes under SSE-S3: their MD5, quoted."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


def document(
    path: str, body: bytes, media_type: str | None = None, cache_control: str = LIVE
) -> Document:
    """Make a document whose media type follows from its extension where none is given."""
    return Document(path, body, media_type or _MEDIA_TYPES[path.rpartition(".")[2]], cache_control)
