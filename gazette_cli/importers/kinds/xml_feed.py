"""Reads RSS and Atom with feedparser."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser

from gazette.models.characters import one_line
from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Found, LeftOut
from gazette_cli.importers.html_bodies import body_of, html_body, text_body, text_of_html
from gazette_cli.importers.kinds.feed_item import FeedItem, FeedPage, draft_of
from gazette_cli.importers.reading import is_address

_Parsed = Mapping[str, Any]

# Such declarations can make a small document huge, or read files (CWE-776, CWE-611).
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# The archive of RFC 5005 §4, and the pages of §3.
_OLDER = ("prev-archive", "next")


def read_xml_page(data: bytes, address: str) -> FeedPage:
    """Read a document of RSS or Atom.

    Raises:
        SourceError: it is none.
    """
    if _ENTITY.search(data):
        raise SourceError(f"{address}: declares entities, which no feed needs; remove them")
    parsed = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise SourceError(f"{address}: is no feed in RSS, Atom or JSON Feed; name one")
    return FeedPage(list(_found(parsed, address)), _older(parsed.feed))


def _found(parsed: _Parsed, address: str) -> Iterator[Found]:
    error = parsed.get("bozo_exception")
    # What else feedparser notes, such as another encoding than declared, loses nothing.
    if error is not None and hasattr(error, "getLineNumber"):
        line, message = error.getLineNumber(), error.getMessage()
        reason = f"is no well-formed XML at line {line}: {message}; what can be read is imported"
        yield LeftOut(f"document {address}", Problem("feed", reason))
    feed = parsed["feed"]
    own = (link.get("href") for link in feed.get("links", []) if link.get("rel") == "self")
    home = str(feed.get("link") or next(own, "") or address)
    is_rss = str(parsed["version"]).startswith(("rss", "rdf"))
    for entry in parsed["entries"]:
        yield draft_of(_item(entry, feed, home, is_rss=is_rss), home)


def _older(feed: _Parsed) -> str:
    links = {link.get("rel"): str(link.get("href", "")) for link in feed.get("links", [])}
    return next((links[rel] for rel in _OLDER if links.get(rel)), "")


def _item(entry: _Parsed, feed: _Parsed, home: str, *, is_rss: bool) -> FeedItem:
    link = _link(entry, home)
    texts = entry.get("content") or []
    summary = entry.get("summary_detail") or {}
    body = "\n\n".join(_body(text, link or home, is_rss=is_rss) for text in texts)
    title = _title(entry.get("title_detail") or {}, is_rss=is_rss)
    language = next((text.get("language") for text in texts if text.get("language")), "")
    return FeedItem(
        guid=str(entry.get("id", "")),
        link=link,
        title=title,
        body=body,
        summary=_body(summary, link or home, is_rss=is_rss),
        published=_own(entry, "published"),
        updated=_own(entry, "updated"),
        authors=_authors(entry, feed) or _authors(feed, feed),
        language=str(language or feed.get("language", "")),
        topics=[str(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags", [])],
        sources=list(_sources(entry)),
        attachments=list(_attachments(entry)),
        image=_image(entry, title),
    )


def _link(entry: _Parsed, home: str) -> str:
    """Return the page of an entry: feedparser also gives any guid for a link."""
    pages = [one.get("href") for one in entry.get("links", []) if one.get("rel") == "alternate"]
    link = str(next(filter(None, pages), entry.get("link", "") if not pages else ""))
    try:
        whole = urljoin(home, link) if pages and link else link
    except ValueError:
        return ""
    return whole if is_address(whole) else ""


def _own(entry: _Parsed, name: str) -> str:
    """Return a field of the entry itself: feedparser gives the one time for the other."""
    return str(dict.get(entry, name, "")) if isinstance(entry, dict) else ""


def _body(text: _Parsed, base: str, *, is_rss: bool) -> str:
    value = str(text.get("value", ""))
    base = next(filter(is_address, (str(text.get("base") or ""), base)), "")
    if is_rss:
        return body_of(value, base)
    return html_body(value, base) if text.get("type") in _HTML_TYPES else text_body(value)


def _title(title: _Parsed, *, is_rss: bool) -> str:
    """Return a title as plain text.

    In RSS it is plain. Many feeds escape a sign twice there, such as `&amp;#8217;`.
    """
    value = str(title.get("value", ""))
    if is_rss:
        return one_line(unescape(value))
    return text_of_html(value) if title.get("type") in _HTML_TYPES else one_line(value)


def _authors(of: _Parsed, feed: _Parsed) -> list[str]:
    """Return the names of authors; a feed that names itself names no person."""
    names = [str(author.get("name", "")) for author in of.get("authors", [])]
    return [name for name in names if name and name != feed.get("title")]


def _sources(entry: _Parsed) -> Iterator[Fields]:
    for link in entry.get("links", []):
        if link.get("rel") == "via" and link.get("href"):
            title = {"title": str(link["title"])} if link.get("title") else {}
            yield {"url": str(link["href"]), **title}


def _attachments(entry: _Parsed) -> Iterator[Fields]:
    for file in entry.get("enclosures", []):
        url = str(file.get("href", ""))
        if not url or str(file.get("type", "")).startswith("image/"):
            continue
        found: Fields = {"title": str(file.get("title") or url.rpartition("/")[2] or url)}
        found |= {"url": url, "type": str(file.get("type", ""))}
        length = str(file.get("length", ""))
        yield found | ({"length": int(length)} if length.isascii() and length.isdigit() else {})


def _image(entry: _Parsed, title: str) -> Fields:
    """Return the first image that an entry names outside of its text."""
    named = [*entry.get("media_content", []), *entry.get("media_thumbnail", [])]
    images = [one for one in named if _is_image(one)]
    files = [one for one in entry.get("enclosures", []) if "image/" in str(one.get("type", ""))]
    addresses = (str(one.get("url") or one.get("href") or "") for one in (*images, *files))
    address = next(filter(None, addresses), "")
    return {"url": address, "alt": title or address} if address else {}


def _is_image(media: _Parsed) -> bool:
    return str(media.get("medium") or media.get("type") or "image").startswith("image")
