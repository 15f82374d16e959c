"""A published object: its path, its bytes and how it is served."""

import hashlib
from dataclasses import dataclass, replace

LIVE = "public, max-age=60, stale-while-revalidate=300"
# A hub that is told of a change fetches the feed once, and must not be served the one before.
ANNOUNCED = "public, max-age=60, stale-while-revalidate=0"
IMMUTABLE = "public, max-age=31536000, immutable"
# What tells that something is not there: it may be there in a moment (SPEC H2).
NEVER = "no-store"

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
# CloudFront compresses what is on its list of media types. These are not, so they are stored under
# a plainer one that is, and get their own back on the way out (SPEC H4).
_PLAINER = {
    "application/atom+xml": "application/xml",
    "application/feed+json": "application/json",
    "text/markdown": "text/plain",
    "text/x-opml": "text/xml",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One object of the site: ``path`` is its key in the site bucket.

    ``hubs`` are told when it changes, and it names them.
    """

    path: str
    body: bytes
    media_type: str
    cache_control: str = LIVE
    hubs: tuple[str, ...] = ()

    @property
    def etag(self) -> str:
        """The entity tag S3 gives these bytes under SSE-S3: their MD5, quoted."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'

    @property
    def stored_type(self) -> str:
        """The media type of the object, by which CloudFront decides whether to compress it."""
        plainer = _PLAINER.get(self.media_type.partition(";")[0])
        return f"{plainer}; charset=utf-8" if plainer else self.media_type


def document(
    path: str, body: bytes, media_type: str | None = None, cache_control: str = LIVE
) -> Document:
    """Make a document whose media type follows from its extension where none is given."""
    return Document(path, body, media_type or _MEDIA_TYPES[path.rpartition(".")[2]], cache_control)


def live_feed(
    path: str, body: bytes, hubs: tuple[str, ...], media_type: str | None = None
) -> Document:
    """Make a feed to subscribe to, which its hubs are told of."""
    cache_control = ANNOUNCED if hubs else LIVE
    return replace(document(path, body, media_type, cache_control), hubs=hubs)
