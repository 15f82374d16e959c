"""All paths of the site.

A base path is a path without its extension: all formats of a document share it. Paths are Unicode
and begin without a slash; `Site.url` turns them into addresses.
"""

import hashlib
from datetime import date

from gazette.models.ledger.partitions import Partition, PartitionKind, timeline_of

_TIMELINES = {
    PartitionKind.SITE: "",
    PartitionKind.TOPIC: "topics",
    PartitionKind.CATEGORY: "categories",
    PartitionKind.AUTHOR: "authors",
}

HOME = "index"
SITE_FEED = "feed"
TOPICS = "topics/index"
LARGEST_TOPICS = "topics/by-size/index"
CATEGORIES = "categories/index"
AUTHORS, AUTHOR_FEEDS = "authors/index", "authors"
SEARCH, SEARCH_SCRIPT = "search/index", "search/search.js"
TOPIC_FEEDS = "topics"
OPML = f"{TOPIC_FEEDS}.opml"
AUTHORS_OPML = f"{AUTHOR_FEEDS}.opml"
STYLESHEET = "assets/gazette.css"
ICON = "assets/icon.svg"
FAVICON = "favicon.ico"
CARD = "assets/card.png"
ROBOTS = "robots.txt"
LLMS = "llms.txt"
# The page for unknown paths; the settings of the distribution name it.
NOT_FOUND = "404"
SITEMAP = "sitemap.xml"
NEWS_SITEMAP = "news-sitemap.xml"
CONTRACT_SCHEMA = "schemas/event.json"
NEWS = "news/index"


def event_path(day: date, slug: str) -> str:
    return f"{_day_folder(day)}/{slug}"


def erased_path(day: date, identity: str) -> str:
    """Return the path of an event whose title is erased: a hash of its id, which never changes."""
    return event_path(day, hashlib.sha256(identity.encode()).hexdigest()[:16])


def path_hash(base_path: str) -> str:
    """Return a hash by which a path is known again, without the words of the title in it."""
    return hashlib.sha256(base_path.encode()).hexdigest()[:16]


def revision_path(base_path: str, number: int) -> str:
    """Return the permanent path of a revision, next to the path of the event at that time."""
    return f"{base_path}.r{number}"


def history_base_path(first_path: str, part: int | None = None) -> str:
    """Return the base path of an event's history, by the first path the event had.

    Full parts have a number; the history goes on from the newest full part.
    """
    return f"{first_path}.history{f'.{part}' if part else ''}"


def history_path(first_path: str, extension: str = "json") -> str:
    return f"{history_base_path(first_path)}.{extension}"


def day_path(day: date, part: str | None = None) -> str:
    """Return the index of a day, or the page of an older part; the slug of an event has no dot."""
    return f"{_day_folder(day)}/index{f'.{part}' if part else ''}"


def day_prefixes(day: date) -> tuple[str, str]:
    """Return how the paths of all parts and all urlsets of a day begin, and no other path."""
    return f"{_day_folder(day)}/index.", f"sitemaps/{day.isoformat()}."


def withdrawn_path(day: date, part: str | None = None) -> str:
    """Return the path of what was withdrawn from a day beyond the newest, or of an older part."""
    return f"{withdrawn_folder(day)}{part or 'index'}"


def withdrawn_folder(day: date) -> str:
    """Return the folder of a day's withdrawals, which nothing else is published in."""
    return f"{_day_folder(day)}/withdrawn/"


def month_path(year: int, month: int) -> str:
    return f"news/{year:04d}/{month:02d}/index"


def year_path(year: int) -> str:
    return f"news/{year:04d}/index"


def timeline_folder(partition: Partition) -> str:
    """Return the folder of a topic or category with a slash at its end; empty for the site."""
    folder = _TIMELINES[partition.kind]
    return f"{folder}/{partition.name}/" if folder else ""


def index_path(folder: str) -> str:
    return f"{folder}index"


def feed_path(folder: str) -> str:
    return f"{folder}feed"


def changes_path(partition: Partition) -> str:
    """Return the path of a feed of updates or corrections, next to the feed of its time line."""
    return f"{timeline_folder(timeline_of(partition))}{partition.kind.lower()}"


def changes_page_path(partition: Partition) -> str:
    """Return the page of updates or corrections, ``updates/index``, next to ``updates.rss``."""
    return index_path(f"{changes_path(partition)}/")


def archive_folder(partition: Partition) -> str:
    """Return the folder above the archive of a time line, or of its updates or corrections."""
    if partition.kind in _TIMELINES:
        return timeline_folder(partition)
    return f"{changes_path(partition)}/"


def archive_path(folder: str, segment: str) -> str:
    return f"{folder}archive/{segment}"


def initial_path(initial: str, first: str | None = None) -> str:
    """Return a page of topics with one initial: the index, or the page that begins at a topic."""
    return f"topics/a-z/{initial}/{f'from-{first}' if first else 'index'}"


def categories_path(first: str | None = None) -> str:
    """Return a page of categories: the index, or the page that begins at a category."""
    return f"categories/from-{first}" if first else CATEGORIES


def authors_path(first: str | None = None) -> str:
    """Return a page of authors: the index, or the page that begins at an author."""
    return f"authors/from-{first}" if first else AUTHORS


def search_path(name: str) -> str:
    """Return the path of what the search reads of a year, a month, or a part of a month."""
    return f"search/{name}.json"


def search_prefix(month: str) -> str:
    """Return how the paths of all parts of a month begin, and no other path."""
    return f"search/{month}."


def initial_feeds_path(initial: str) -> str:
    """Return the base path of the list of feeds of the topics that begin with a character."""
    return f"topics/a-z/{initial}"


def initial_opml_path(initial: str) -> str:
    return f"{initial_feeds_path(initial)}.opml"


def urlset_path(day: date, number: int = 0) -> str:
    """Return the urlset of a day, or a further one of a day that has too many events."""
    return f"sitemaps/{day.isoformat()}{f'.{number}' if number else ''}.xml"


def sitemap_path(number: int = 0) -> str:
    """Return the index of all urlsets, or a further one of an archive that has too many."""
    return f"sitemap-{number}.xml" if number else SITEMAP


def image_path(key: str) -> str:
    """Return the path of an image of the source bucket: ``images/a.jpg`` → ``image/a.jpg``."""
    return f"image/{key.removeprefix('images/')}"


def image_key(path: str) -> str:
    """Return the key of the image at a path, the inverse of `image_path`."""
    return f"images/{path.removeprefix('image/')}"


def thumbnail_path(key: str, width: int) -> str:
    """Return the path of a smaller copy of an image.

    It is not under ``image/``, where publishers choose the names: an image could have the name of
    our copy of another one and overwrite it.
    """
    return f"thumbnails/{width}/{key.removeprefix('images/')}.webp"


def _day_folder(day: date) -> str:
    return f"news/{day.year:04d}/{day.month:02d}/{day.day}"
