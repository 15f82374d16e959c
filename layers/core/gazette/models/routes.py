"""Whose document stands at a path: `gazette.models.paths` the other way round."""

import re

from gazette.models.ledger.keys import Partition, PartitionKind

# Which partition a path belongs to, in the words of the path; the first that fits.
_ROUTES = tuple(
    (re.compile(pattern, re.DOTALL), kind, name)
    for pattern, kind, name in (
        (r"news/index\.\w+|sitemap\.xml", PartitionKind.CALENDAR, ""),
        (r"news/(\d{4})/index\.\w+", PartitionKind.YEAR, "{}"),
        (r"news/(\d{4})/(\d\d)/index\.\w+", PartitionKind.MONTH, "{}-{}"),
        (r"news/(\d{4})/(\d\d)/(\d\d?)/index\.\w+", PartitionKind.DAY, "{}-{}-{:0>2}"),
        (r"sitemaps/(\d{4}-\d\d-\d\d)\.xml", PartitionKind.DAY, "{}"),
        # A slug has no dot, so what comes after the first one is a revision, a history, a format.
        (r"(news/\d{4}/\d\d/\d\d?/[^/.]+)\.[\w.]+", PartitionKind.PATH, "{}"),
        (r"image/(.+)", PartitionKind.IMAGE, "images/{}"),
        (r"thumbnails/\d+/(.+)\.webp", PartitionKind.IMAGE, "images/{}"),
        (r"topics/a-z/([^/])(?:\.opml|/.+)", PartitionKind.INITIAL, "{}"),
        (r"topics/(?:by-size/)?index\.\w+|topics\.opml", PartitionKind.TOPICS, ""),
        (r"topics/([^/]+)/updates\.\w+", PartitionKind.UPDATES, "TOPIC#{}"),
        (r"topics/([^/]+)/corrections\.\w+", PartitionKind.CORRECTIONS, "TOPIC#{}"),
        (r"topics/([^/]+)/.+", PartitionKind.TOPIC, "{}"),
        (r"categories/([^/]+)/updates\.\w+", PartitionKind.UPDATES, "CATEGORY#{}"),
        (r"categories/([^/]+)/corrections\.\w+", PartitionKind.CORRECTIONS, "CATEGORY#{}"),
        (r"categories/([^/]+)/.+", PartitionKind.CATEGORY, "{}"),
        (r"updates\.\w+", PartitionKind.UPDATES, "SITE#"),
        (r"corrections\.\w+", PartitionKind.CORRECTIONS, "SITE#"),
    )
)


def route_of(path: str) -> Partition:
    """Return the partition that alone could publish a path.

    That of an event is not told by its path: it is ``PATH#<stem>``, whose claim names the event.
    What fits nothing else could only be the site's own.
    """
    for pattern, kind, name in _ROUTES:
        if match := pattern.fullmatch(path):
            return Partition(kind, name.format(*match.groups()))
    return Partition(PartitionKind.SITE)
