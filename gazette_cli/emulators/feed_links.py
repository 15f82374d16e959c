"""The `Link` header of feeds, as the functions at the edge make it (SPEC W1)."""

import re
from dataclasses import dataclass

from gazette.models.site import encoded_path

_TIMELINE = r"(?:(?:topics|categories|authors)/[^/]+/)?"
_DAY = r"news/\d+/\d+/\d+/"
_FORMATS = r"(?:rss|atom|json)"
# Feeds that readers subscribe to.
_LIVE = re.compile(
    rf"{_TIMELINE}(?:feed|updates|corrections)\.{_FORMATS}"
    rf"|{_DAY}(?:index\.xml|[^/.]+\.history\.atom)",
    re.ASCII,
)
# Archives, and further parts of a day or a history: they do not name hubs (SPEC P2).
_ARCHIVED = re.compile(
    rf"{_TIMELINE}(?:(?:updates|corrections)/)?archive/[^/]+\.{_FORMATS}"
    rf"|{_DAY}(?:index\.[^/.]+\.xml|withdrawn/[^/]+\.xml|[^/.]+\.history\.\d+\.atom)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class FeedLinks:
    """The address of a site without a slash at its end, and its hubs in their order."""

    base_url: str
    hubs: tuple[str, ...] = ()

    def of(self, path: str) -> str:
        """Return the links of the document at a path, empty if it is no feed."""
        is_live = _LIVE.fullmatch(path) is not None
        if not (is_live or _ARCHIVED.fullmatch(path)):
            return ""
        hubs = [f'<{hub}>; rel="hub"' for hub in (self.hubs if is_live else ())]
        return ", ".join((*hubs, f'<{self.base_url}/{encoded_path(path)}>; rel="self"'))
