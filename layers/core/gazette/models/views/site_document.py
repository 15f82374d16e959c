"""A published object: its path, its bytes and how it is served."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from gazette.models.formats import FILE_TYPES, FORMATS
from gazette.models.limits import MAX_STALE_SECONDS

LIVE = "public, max-age=60, stale-while-revalidate=300"
# A hub fetches the feed once after a ping, and must not be served the version before.
ANNOUNCED = "public, max-age=60, stale-while-revalidate=0"
# A superseded revision rarely changes, but an erasure must reach everybody: browsers ask again
# after an hour, and the copies at the edge are invalidated (SPEC V15).
SUPERSEDED = "public, max-age=3600, s-maxage=31536000"
# An error page is not cached: the document may exist a moment later (SPEC H2).
NEVER = "no-store"

_LIFETIME = re.compile(r"(?<![\w-])(s-maxage|max-age)=(\d+)")
_CHARSET = re.compile(r";charset=\"?utf-8\"?(?=;|$)")
_TYPES = {format_.extension: format_.content_type for format_ in FORMATS} | FILE_TYPES
_COMPRESSIBLE = {
    format_.content_type: format_.stored_type for format_ in FORMATS if format_.stored_type
}


class Headers(NamedTuple):
    """How S3 and CloudFront serve an object."""

    cache_control: str
    stored_type: str
    media_type: str

    def serve_like(self, other: "Headers") -> bool:
        """Return whether an object is served alike under both.

        A store may write a media type in its own way, and leave out the charset, which says
        nothing: every text of the site is UTF-8.
        """
        types = (self.stored_type, self.media_type)
        other_types = (other.stored_type, other.media_type)
        return self.cache_control == other.cache_control and (
            [*map(_plain_type, types)] == [*map(_plain_type, other_types)]
        )


class StandingETag(str):
    """The ETag of an object, read together with its headers. It equals the plain ETag."""

    __slots__ = ("headers",)
    headers: Headers

    @classmethod
    def read(cls, etag: str, headers: Headers) -> "StandingETag":
        """Return an ETag that knows the headers."""
        standing = cls(etag)
        standing.headers = headers
        return standing


@dataclass(frozen=True, slots=True)
class Document:
    """One object of the site: ``path`` is its key in the site bucket.

    ``hubs`` are the WebSub hubs to ping when it changes; the document names them.
    ``compressible_type`` replaces the media type in S3 where CloudFront would not compress it.
    ``etag`` is the entity tag that S3 gives these bytes under SSE-S3: their MD5, quoted.
    """

    path: str
    body: bytes
    media_type: str
    cache_control: str = LIVE
    hubs: tuple[str, ...] = ()
    compressible_type: str | None = None
    etag: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        digest = hashlib.md5(self.body, usedforsecurity=False).hexdigest()
        object.__setattr__(self, "etag", f'"{digest}"')

    @property
    def standing_etag(self) -> StandingETag:
        """The entity tag with the headers, as the next reader finds them."""
        return StandingETag.read(self.etag, self.headers)

    @property
    def headers(self) -> Headers:
        return Headers(self.cache_control, self.stored_type, self.media_type)

    def stands_as(self, seen: str | None) -> bool:
        """Return whether an ETag shows that these bytes stand, with these headers if it has any.

        A listing has no headers.
        """
        is_served = not isinstance(seen, StandingETag) or self.headers.serve_like(seen.headers)
        return self.etag == seen and is_served

    @property
    def stored_type(self) -> str:
        """The media type of the object in S3, by which CloudFront decides whether to compress."""
        return self.compressible_type or self.media_type


def _plain_type(content_type: str) -> str:
    """Return a media type without spaces, capitals and its charset."""
    return _CHARSET.sub("", content_type.lower().replace(" ", ""))


def document(
    path: str, body: bytes, media_type: str | None = None, cache_control: str = LIVE
) -> Document:
    """Make a document that is no view. Its media type follows from its extension by default."""
    content_type = media_type or _TYPES[path.rpartition(".")[2]]
    return Document(
        path, body, content_type, cache_control, compressible_type=_COMPRESSIBLE.get(content_type)
    )


def is_kept_long(cache_control: str) -> bool:
    """Return whether shared caches keep a copy longer than a reader may see an old document."""
    lifetimes: dict[str, str] = dict(_LIFETIME.findall(cache_control))
    return int(lifetimes.get("s-maxage") or lifetimes.get("max-age") or 0) > MAX_STALE_SECONDS
