"""Maps a path to the partition that publishes it: the inverse of `gazette.models.paths`."""

import re

from gazette.models.formats import FORMATS, ViewKind
from gazette.models.ledger.partitions import Partition, PartitionKind

# The extensions in which an event can be found at an alias.
_MOVED = "|".join(one.extension for one in FORMATS if ViewKind.MOVED in one.renders)
# Everything in these is the site's own, or will be.
_FOLDERS = (
    *("archive", "assets", "authors", "categories", "image", "images"),
    *("schemas", "sitemaps", "static"),
    *("thumbnails", "topics", r"\.well-known"),
)
# A pattern of paths, then the kind and name of the partition; the first match counts.
_ROUTES = tuple(
    (re.compile(pattern, re.DOTALL), kind, name)
    for pattern, kind, name in (
        (r"news/index\.\w+|sitemap(?:-\d+)?\.xml", PartitionKind.CALENDAR, ""),
        (r"news/(\d{4})/index\.\w+", PartitionKind.YEAR, "{}"),
        (r"news/(\d{4})/(\d\d)/index\.\w+", PartitionKind.MONTH, "{}-{}"),
        (r"news/(\d{4})/(\d\d)/(\d\d?)/index\.[^/]+", PartitionKind.DAY, "{}-{}-{:0>2}"),
        (r"news/(\d{4})/(\d\d)/(\d\d?)/withdrawn/\w+\.xml", PartitionKind.DAY, "{}-{}-{:0>2}"),
        (r"sitemaps/(\d{4}-\d\d-\d\d)(?:\.\d+)?\.xml", PartitionKind.DAY, "{}"),
        # A slug has no dot: a revision, a history or a format follows the first one.
        (r"(news/\d{4}/\d\d/\d\d?/[^/.]+)\.[^/]+", PartitionKind.PATH, "{}"),
        (r"image/(.+)", PartitionKind.IMAGE, "images/{}"),
        (r"thumbnails/\d+/(.+)\.webp", PartitionKind.IMAGE, "images/{}"),
        (r"topics/a-z/([^/])(?:\.opml|/.+)", PartitionKind.INITIAL, "{}"),
        (r"topics/(?:by-size/)?index\.\w+|topics\.opml", PartitionKind.TOPICS, ""),
        (r"favicon\.ico|llms\.txt|assets/card\.png|categories/[^/]+", PartitionKind.TOPICS, ""),
        (r"authors\.opml|authors/[^/]+", PartitionKind.TOPICS, ""),
        (r"search/(?:index\.\w+|search\.js)", PartitionKind.TOPICS, ""),
        (r"search/(\d{4})\.json", PartitionKind.SEARCH_YEAR, "{}"),
        (r"search/(\d{4}-\d\d)(?:\.\d+)?\.json", PartitionKind.SEARCH_MONTH, "{}"),
        (r"topics/([^/]+)/updates(?:\.\w+|/.+)", PartitionKind.UPDATES, "TOPIC#{}"),
        (r"topics/([^/]+)/corrections(?:\.\w+|/.+)", PartitionKind.CORRECTIONS, "TOPIC#{}"),
        (r"topics/([^/]+)/.+", PartitionKind.TOPIC, "{}"),
        (r"categories/([^/]+)/updates(?:\.\w+|/.+)", PartitionKind.UPDATES, "CATEGORY#{}"),
        (r"categories/([^/]+)/corrections(?:\.\w+|/.+)", PartitionKind.CORRECTIONS, "CATEGORY#{}"),
        (r"categories/([^/]+)/.+", PartitionKind.CATEGORY, "{}"),
        (r"authors/([^/]+)/updates(?:\.\w+|/.+)", PartitionKind.UPDATES, "AUTHOR#{}"),
        (r"authors/([^/]+)/corrections(?:\.\w+|/.+)", PartitionKind.CORRECTIONS, "AUTHOR#{}"),
        (r"authors/([^/]+)/.+", PartitionKind.AUTHOR, "{}"),
        (r"updates(?:\.\w+|/.+)", PartitionKind.UPDATES, "SITE#"),
        (r"corrections(?:\.\w+|/.+)", PartitionKind.CORRECTIONS, "SITE#"),
        (r"(?:index|feed|404|robots|news-sitemap)\.\w+", PartitionKind.SITE, ""),
        (rf"(?:{'|'.join(_FOLDERS)})/.+", PartitionKind.SITE, ""),
        # An alias of an event may be anywhere else.
        (rf"(.+)\.(?:{_MOVED})", PartitionKind.PATH, "{}"),
    )
)


# Names of others in a folder that programs know (RFC 8615).
_WELL_KNOWN = ".well-known/"


def is_published_by_site(path: str) -> bool:
    """Return whether something of the site itself is at a path, or may be one day.

    What an event may have as an alias is left to claims.
    """
    if path.startswith(_WELL_KNOWN):
        return False
    return any(pattern.fullmatch(path) for pattern, _, _ in _ROUTES[:-1])


def route_of(path: str) -> Partition:
    """Return the only partition that can publish a path.

    A path does not name its event, so event pages and aliases have ``PATH#<base path>``, whose
    claim does. All paths without a pattern are the site's own.
    """
    for pattern, kind, name in _ROUTES:
        if match := pattern.fullmatch(path):
            return Partition(kind, name.format(*match.groups()))
    return Partition(PartitionKind.SITE)
