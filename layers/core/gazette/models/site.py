"""The site that a deployment publishes: its address, names and settings."""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from gazette.models.branding.brand import DEFAULT_BRAND, Brand
from gazette.models.contract.guids import entry_id
from gazette.models.contract.identity import tag_uri
from gazette.models.formats import FORMATS, Format, ViewKind
from gazette.models.product import (
    FEED_ENTRIES,
    REVISIONS_A_HISTORY_PART,
    REVISIONS_SHOWN,
    TOMBSTONE_DAYS,
)
from gazette.models.texts.catalogue import Catalogue, catalogue_of, language_of
from gazette.models.texts.english import TEXTS

# Without the plus sign: S3 reads it as a space.
_SAFE_IN_PATH = "/-._~!$&'()*,;=:@"


# Lists, feeds and pages name the same addresses again and again; a path has at most a kilobyte.
@lru_cache(maxsize=4096)
def encoded_path(path: str) -> str:
    """Return a path as it stands in an address, percent-encoded."""
    return quote(path, safe=_SAFE_IN_PATH)


@dataclass(frozen=True, slots=True)
class Site:
    """The settings that all documents share.

    ``base_url`` has no slash at its end and may change. ``tag_authority`` (``example.org,2026``) is
    part of every feed id and must never change. A subscription document has at least
    ``feed_entries`` entries, is fresh for ``max_age`` seconds, and shows a retraction for
    ``tombstone_days``. The page of an event shows its newest ``revisions_shown`` revisions, and a
    part of its history has ``history_part`` numbers; published histories forbid another one.
    ``index_now_key`` is the key with which search engines know the site (IndexNow), or empty.
    ``speaks`` is the language of the site's own words around an event, if it is another one.
    """

    base_url: str
    tag_authority: str
    title: str = "Gazette"
    description: str = str(TEXTS["site.description"])
    language: str = "en"
    author: str = "Gazette"
    hubs: tuple[str, ...] = ()
    index_now_key: str = ""
    feed_entries: int = FEED_ENTRIES
    tombstone_days: int = TOMBSTONE_DAYS
    max_age: int = 60
    revisions_shown: int = REVISIONS_SHOWN
    history_part: int = REVISIONS_A_HISTORY_PART
    formats: tuple[Format, ...] = FORMATS
    brand: Brand = DEFAULT_BRAND
    speaks: str | None = None

    @property
    def texts(self) -> Catalogue:
        """The site's own words, in its language or that of an event."""
        return catalogue_of(self.speaks or self.language)

    @property
    def shown_description(self) -> str:
        """The description; one that nobody has written is in the language."""
        return self.texts.stored(self.description)

    def in_language(self, language: str | None) -> "Site":
        """Return the site with its own words in the language of an event, if there are any.

        Most events have the language of the site, or none.
        """
        if language == self.language or language_of(language) is None:
            return self
        return _in_language(self, language)

    def url(self, path: str) -> str:
        """Return the canonical address of a path; an index page has its folder's (SPEC X4)."""
        if path == "index.html" or path.endswith("/index.html"):
            path = path.removesuffix("index.html")
        return f"{self.base_url}/{encoded_path(path)}"

    @property
    def index_now_path(self) -> str:
        """The path of the file that shows the key to search engines."""
        return f"{self.index_now_key}.txt"

    def formats_of(self, *kinds: ViewKind) -> tuple[Format, ...]:
        """Return the formats in which any of these kinds of views is published."""
        left_out = self.brand.left_out
        return tuple(
            one
            for one in self.formats
            if one not in left_out and not one.renders.keys().isdisjoint(kinds)
        )

    def paths(self, kind: ViewKind, base_path: str) -> tuple[str, ...]:
        """Return the paths of a view, one a format."""
        return tuple(f"{base_path}.{format_.extension}" for format_ in self.formats_of(kind))

    def tag(self, *names: str) -> str:
        return tag_uri(self.tag_authority, *names)

    def event_tag(self, event_id: str, guid: str | None = None) -> str:
        """Return the permanent id of an event in feeds (SPEC A2, J2); it may have had a guid.

        In RSS a guid stands as it is (SPEC R3).
        """
        return entry_id(self.tag_authority, event_id, guid)


@lru_cache(maxsize=256)
def _in_language(site: Site, language: str) -> Site:
    return replace(site, speaks=language)
