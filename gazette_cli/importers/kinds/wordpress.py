"""Imports an export of WordPress (WXR): posts, and pages if they are asked for.

Drafts, private and protected posts are skipped: WordPress does not show them to everybody.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

from lxml import etree

from gazette.models.characters import drop_unprintable, one_line
from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImportOptions, LeftOut
from gazette_cli.importers.html_bodies import html_body, text_of_html
from gazette_cli.importers.ids import id_of_guid
from gazette_cli.importers.kinds.wordpress_html import post_html, shortcodes
from gazette_cli.importers.reading import read_source_bytes
from gazette_cli.importers.times import moment_of, times

_WP = re.compile(r"\{http://wordpress\.org/export/[\d.]+/\}")
_NAMES = {
    "{http://purl.org/rss/1.0/modules/content/}encoded": "content",
    "{http://purl.org/dc/elements/1.1/}creator": "creator",
}
_EXCERPT = re.compile(r"\{http://wordpress\.org/export/[\d.]+/excerpt/\}encoded")
_PUBLIC = frozenset({"publish", "future"})
_DEFAULT_CATEGORY = "uncategorized"
_NEVER, _A_DAY = "0000", timedelta(hours=24)
_ENCODING = re.compile(r"\A\s*<\?xml[^>]*?encoding=[\"']([^\"']+)[^>]*\?>")


def read_export(options: ImportOptions) -> Iterator[Found]:
    """Yield the event of each post.

    Raises:
        SourceError: it is no export.
        OSError: the file cannot be read.
    """
    channel = _channel(options.source)
    items = [(item, _texts(item)) for item in channel.iter("item")]
    site = _Site(channel, items)
    for item, texts in items:
        kind = texts.get("post_type", "post")
        if kind == "post" or (kind == "page" and options.with_pages):
            yield site.found(item, texts)
        elif kind == "page":
            reason = "is a page; --pages imports pages, too"
            yield LeftOut(_label(texts), Problem("post_type", reason), was_meant=True)


def _channel(source: str) -> etree._Element:
    data = read_source_bytes(source).data
    try:
        # Old posts hold control characters, which XML forbids.
        text = drop_unprintable(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{source}: is not in UTF-8; export it again") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(_ENCODING.sub("", text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{source}: is no XML: {error.msg}; export it again") from error
    channel = root.find("channel")
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(f"{source}: declares a document type, which no export has")
    if channel is None or not any(_WP.match(str(item.tag)) for item in channel.iter()):
        raise SourceError(f"{source}: is no export of WordPress (Tools, Export, All content)")
    return channel


def _texts(item: etree._Element) -> dict[str, str]:
    """Return the texts of an element by their names without namespace."""
    found: dict[str, str] = {}
    for child in item.iterchildren(tag=etree.Element):
        tag = str(child.tag)
        name = "excerpt" if _EXCERPT.fullmatch(tag) else _NAMES.get(tag) or _WP.sub("", tag)
        found.setdefault(name, child.text or "")
    return found


def _label(texts: Mapping[str, str]) -> str:
    kind, number = texts.get("post_type", "post"), texts.get("post_id", "?")
    return f'{kind} {number} "{one_line(texts.get("title", ""))}"'


class _Site:
    """What posts refer to: authors and attachments."""

    def __init__(
        self, channel: etree._Element, items: list[tuple[etree._Element, dict[str, str]]]
    ) -> None:
        said = _texts(channel)
        self._language = said.get("language", "")
        self._address = said.get("base_blog_url") or said.get("link", "")
        authors = [_texts(e) for e in channel.iterchildren() if _WP.sub("", str(e.tag)) == "author"]
        self._authors = {one.get("author_login"): one.get("author_display_name") for one in authors}
        self._files = {
            texts.get("post_id", ""): (texts.get("attachment_url", ""), _alt(item, texts))
            for item, texts in items
            if texts.get("post_type") == "attachment"
        }

    def found(self, item: etree._Element, texts: Mapping[str, str]) -> Found:
        label = _label(texts)
        if reason := _why_skipped(texts):
            return LeftOut(label, Problem("status", reason), was_meant=True)
        guid = texts.get("guid", "").strip() or f"{self._address}/?p={texts.get('post_id', '')}"
        published = _moment(texts, "post_date") or moment_of(texts.get("pubDate"))
        if not published:
            return LeftOut(label, Problem("date", "is missing; set one in WordPress"))
        link, content = texts.get("link", ""), post_html(texts.get("content", ""))
        title = text_of_html(texts.get("title", ""))
        creator = texts.get("creator", "")
        fields: Fields = {
            "title": title,
            **times(published, _moment(texts, "post_modified")),
            "topics": [*_topics(item)],
            "summary": text_of_html(texts.get("excerpt", "")),
            "body": html_body(content, link or self._address),
            "image": self._image(item, title),
            "language": self._language,
            "byline": self._authors.get(creator) or creator,
            "slug": unquote(texts.get("post_name", "")),
            "guid": guid,
            "aliases": [link] if link and "?" not in link else [],
        }
        remarks = (Problem("body", f"{code} is shown as text") for code in shortcodes(content))
        return Draft(label, id_of_guid(guid), fields, tuple(remarks))

    def _image(self, item: etree._Element, title: str) -> Fields:
        """Return the featured image of a post."""
        url, alt = self._files.get(_meta(item).get("_thumbnail_id", ""), ("", ""))
        return {"url": url, "alt": alt or title or url} if url else {}


def _why_skipped(texts: Mapping[str, str]) -> str:
    status = texts.get("status", "publish")
    if status not in _PUBLIC:
        return f"is {status}; publish it in WordPress, and export again"
    if texts.get("post_password"):
        return "has a password; remove it in WordPress, and export again"
    return ""


def _moment(texts: Mapping[str, str], name: str) -> datetime | None:
    """Return a time with the zone of the site, which follows from its two clocks."""
    local, world = (texts.get(f"{name}{suffix}", "") for suffix in ("", "_gmt"))
    at_site, utc = (None if text.startswith(_NEVER) else moment_of(text) for text in (local, world))
    if at_site is None or utc is None:
        return utc or at_site
    offset = timedelta(minutes=round((at_site - utc).total_seconds() / 60))
    return utc.astimezone(timezone(offset)) if abs(offset) < _A_DAY else utc


def _topics(item: etree._Element) -> list[str]:
    found = [
        one_line(category.text or "")
        for category in item.iterchildren("category")
        if category.get("domain") in {"category", "post_tag"}
        and category.get("nicename") != _DEFAULT_CATEGORY
    ]
    return list(dict.fromkeys(filter(None, found)))


def _meta(item: etree._Element) -> dict[str, str]:
    children = (
        _texts(one) for one in item.iterchildren() if _WP.sub("", str(one.tag)) == "postmeta"
    )
    return {one.get("meta_key", ""): one.get("meta_value", "") for one in children}


def _alt(item: etree._Element, texts: Mapping[str, str]) -> str:
    return one_line(_meta(item).get("_wp_attachment_image_alt", "") or texts.get("title", ""))
