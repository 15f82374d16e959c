"""A feed as JSON Feed 1.1 (jsonfeed.org); the project's own fields are in ``_gazette`` (SPEC J)."""

import json
from sys import getsizeof

from gazette.models.byte_cache import IdentityCache
from gazette.models.frozen import rfc3339
from gazette.models.views.feed import Enclosure, Feed, FeedItem
from gazette.renderers.feeds.withdrawn import withdrawn_item

_VERSION = "https://jsonfeed.org/version/1.1"

Json = dict[str, object]


def render_json_feed(feed: Feed) -> bytes:
    """Render a feed; withdrawn events come last.

    Every field of the feed and every item is one line, so a diff of two feeds can be read.
    """
    fields = (
        f"{_compact(name)}: {_compact(value)},\n"
        for name, value in _present(_feed_fields(feed)).items()
    )
    items = (
        *(_ITEMS(item, feed.about_url) for item in feed.listed),
        *(_compact(json_feed_item(withdrawn_item(each), feed.about_url)) for each in feed.notices),
    )
    lines = ",\n".join(items)
    return f'{{\n{"".join(fields)}"items": [\n{lines}\n]\n}}\n'.encode()


def json_feed_item(item: FeedItem, about_url: str) -> Json:
    """Return an item by itself; ``about_url`` says what the project's own fields mean."""
    return _present(_item(item, about_url))


def _feed_fields(feed: Feed) -> Json:
    return {
        "version": _VERSION,
        "title": feed.title or feed.home_url,
        "home_page_url": feed.home_url,
        "feed_url": f"{feed.address}.json",
        "description": feed.description,
        "language": feed.language,
        "icon": feed.icon_url,
        "authors": [{"name": feed.author}],
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
        "next_url": f"{feed.previous}.json" if feed.previous else None,
    }


def _item(item: FeedItem, about_url: str) -> Json:
    return {
        "id": item.id,
        "url": item.url,
        "external_url": item.sources[0].url if item.sources else None,
        "title": item.title,
        "summary": item.summary,
        "content_html": item.content_html or item.summary_html,
        "content_text": item.content_text or item.summary or item.title or item.url,
        "image": item.image.url if item.image else None,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": [{"name": name} for name in item.authors],
        "tags": [topic.label for topic in item.topics],
        "language": item.language,
        "attachments": [_attachment(enclosure) for enclosure in item.enclosures],
        "_gazette": _present(
            {
                "about": about_url,
                "revision": item.revision,
                "kind": item.kind.value,
                "note": item.note,
                "history_url": item.history_url,
                "sha256": item.sha256,
            }
        ),
    }


def _attachment(enclosure: Enclosure) -> Json:
    return _present(
        {
            "url": enclosure.url,
            "mime_type": enclosure.media_type,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
        }
    )


_ITEMS: IdentityCache[FeedItem, str, str] = IdentityCache(
    lambda item, about_url: _compact(json_feed_item(item, about_url)),
    lambda item, text: item.memory + getsizeof(text),
)


def _present(fields: Json) -> Json:
    """Leave out absent and empty fields: JSON Feed has no null."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
