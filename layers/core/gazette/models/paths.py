"""The paths of the site, all of them, in one place.

A *stem* is a path without its extension: the formats of one document share it. Paths are Unicode
and begin without a slash; `Site.url` makes addresses of them.
"""

from datetime import date

FORMATS = ("html", "md", "json", "xml")
FEED_FORMATS = ("rss", "atom", "json")

CALENDAR_FORMATS = ("html", "md", "json")

HOME = "index"
SITE_FEED = "feed"
STYLESHEET = "assets/gazette.css"
ROBOTS = "robots.txt"
SITEMAP = "sitemap.xml"
CONTRACT_SCHEMA = "schemas/event.json"
NEWS = "news/index"


def in_formats(stem: str, formats: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths of one document in its formats."""
    return tuple(f"{stem}.{extension}" for extension in formats)


def event_stem(day: date, slug: str) -> str:
    return f"{_day_folder(day)}/{slug}"


def revision_stem(stem: str, number: int) -> str:
    """Return where a revision stands for ever, beside the path the event had then."""
    return f"{stem}.r{number}"


def history_path(stem: str, extension: str = "json") -> str:
    """Return where the history of an event stands, by the first path it ever had."""
    return f"{stem}.history.{extension}"


def day_stem(day: date) -> str:
    return f"{_day_folder(day)}/index"


def month_stem(year: int, month: int) -> str:
    return f"news/{year:04d}/{month:02d}/index"


def year_stem(year: int) -> str:
    return f"news/{year:04d}/index"


def topic_stem(slug: str) -> str:
    return f"topics/{slug}/index"


def topic_feed_stem(slug: str) -> str:
    return f"topics/{slug}/feed"


def category_stem(slug: str) -> str:
    return f"categories/{slug}/index"


def category_feed_stem(slug: str) -> str:
    return f"categories/{slug}/feed"


def urlset_path(day: date) -> str:
    return f"sitemaps/{day.isoformat()}.xml"


def image_path(key: str) -> str:
    """Return where an image of the source bucket appears: ``images/a.jpg`` → ``image/a.jpg``."""
    return f"image/{key.removeprefix('images/')}"


def image_key(path: str) -> str:
    """Return which image appears at a path, the inverse of `image_path`."""
    return f"images/{path.removeprefix('image/')}"


def thumbnail_path(key: str, width: int) -> str:
    """Return where a smaller copy of an image stands.

    Not under ``image/``, where every path belongs to the publisher: a picture that happens to be
    called like our copy of another would otherwise overwrite it.
    """
    return f"thumbnails/{width}/{key.removeprefix('images/')}.webp"


def _day_folder(day: date) -> str:
    return f"news/{day.year:04d}/{day.month:02d}/{day.day}"
