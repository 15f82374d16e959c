"""The site a deployment publishes: its address, its names, its settings."""

from dataclasses import dataclass
from urllib.parse import quote

from gazette.models.contract.identity import tag_uri
from gazette.models.formats import FORMATS, Format, ViewKind

_SAFE_IN_PATH = "/-._~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class Site:
    """What is the same in every document.

    ``base_url`` ends without a slash and may move; ``tag_authority`` (``example.org,2026``) makes
    the feed ids and never may. ``feed_entries`` is the least number of entries of a subscription
    document, ``max_age`` its freshness in seconds, ``tombstone_days`` how long it remembers a
    retraction.
    """

    base_url: str
    tag_authority: str
    title: str = "Gazette"
    description: str = "Events, with every correction as visible as the news."
    language: str = "en"
    author: str = "Gazette"
    hubs: tuple[str, ...] = ()
    feed_entries: int = 50
    tombstone_days: int = 30
    max_age: int = 60
    formats: tuple[Format, ...] = FORMATS

    def url(self, path: str) -> str:
        """Return the canonical address of a path; index pages go by their folder (SPEC X4)."""
        if path == "index.html" or path.endswith("/index.html"):
            path = path.removesuffix("index.html")
        return f"{self.base_url}/{quote(path, safe=_SAFE_IN_PATH)}"

    def formats_of(self, kind: ViewKind) -> tuple[Format, ...]:
        """Return the formats in which a kind of view is published."""
        return tuple(format_ for format_ in self.formats if kind in format_.renders)

    def paths(self, kind: ViewKind, base_path: str) -> tuple[str, ...]:
        """Return the paths of a view, one a format."""
        return tuple(f"{base_path}.{format_.extension}" for format_ in self.formats_of(kind))

    def tag(self, *names: str) -> str:
        return tag_uri(self.tag_authority, *names)

    def event_tag(self, event_id: str) -> str:
        """Return the permanent id of an event in every feed (SPEC R3, A2, J2)."""
        return self.tag("event", event_id)
