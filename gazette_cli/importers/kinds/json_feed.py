"""Reads JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Found, LeftOut
from gazette_cli.importers.html_bodies import html_body, text_body
from gazette_cli.importers.kinds.feed_item import FeedItem, FeedPage, draft_of
from gazette_cli.importers.reading import is_address


def read_json_page(data: bytes, address: str) -> FeedPage:
    """Read a document of a JSON Feed.

    Raises:
        SourceError: it is none.
    """
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{address}: is no JSON; correct it, or name a feed") from error
    version = feed.get("version") if isinstance(feed, dict) else None
    if not str(version).startswith(("https://jsonfeed.org/", "http://jsonfeed.org/")):
        raise SourceError(f"{address}: is no JSON Feed; its version is missing")
    items = feed.get("items")
    found = _found(items if isinstance(items, list) else [], feed, address)
    return FeedPage(list(found), _text(feed, "next_url"))


def _found(items: list[Any], feed: Mapping[str, Any], address: str) -> Iterator[Found]:
    home = _text(feed, "home_page_url") or address
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield draft_of(_item(item, feed), home)
        else:
            reason = "is no object; correct the feed"
            yield LeftOut(f"item {number}", Problem("items", reason))


def _item(item: Mapping[str, Any], feed: Mapping[str, Any]) -> FeedItem:
    link = _text(item, "url")
    base = next(filter(is_address, (link, _text(feed, "home_page_url"))), "")
    html = html_body(_text(item, "content_html"), base)
    image = _text(item, "image") or _text(item, "banner_image")
    title = _text(item, "title")
    external = _text(item, "external_url")
    return FeedItem(
        guid=_text(item, "id"),
        link=link,
        title=title,
        body=html or text_body(_text(item, "content_text")),
        summary=text_body(_text(item, "summary")),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        authors=_authors(item, feed) or _authors(feed, feed),
        language=_text(item, "language") or _text(feed, "language"),
        topics=[str(tag) for tag in _list(item, "tags")],
        sources=[{"url": external}] if external and external != link else [],
        attachments=list(_attachments(item)),
        image={"url": image, "alt": title or image} if image else {},
    )


def _authors(of: Mapping[str, Any], feed: Mapping[str, Any]) -> list[str]:
    """Return the names of authors; a feed that names itself names no person."""
    authors = [*_list(of, "authors"), of.get("author")]
    names = (_text(author, "name") for author in authors if isinstance(author, dict))
    return [name for name in names if name and name != _text(feed, "title")]


def _attachments(item: Mapping[str, Any]) -> Iterator[Fields]:
    for one in _list(item, "attachments"):
        if isinstance(one, dict) and _text(one, "url"):
            url = _text(one, "url")
            found: Fields = {"title": _text(one, "title") or url.rpartition("/")[2] or url}
            found |= {"url": url, "type": _text(one, "mime_type")}
            size = one.get("size_in_bytes")
            yield found | ({"length": size} if isinstance(size, int) else {})


def _text(of: Mapping[str, Any], name: str) -> str:
    """Return a field as text; an id may be a number."""
    value = of.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _list(of: Mapping[str, Any], name: str) -> list[Any]:
    value = of.get(name)
    return value if isinstance(value, list) else []
