"""Reads the settings of a published site from its feed, which says them in three formats.

So a changed character in one format does not change the settings: the other two say otherwise.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar
from xml.etree import ElementTree as ET

from gazette.models.branding.brand import DEFAULT_BRAND, Brand
from gazette.models.contract.identity import tag_uri
from gazette.models.site import Site
from gazette_cli.verification.hash_chain import History
from gazette_cli.verification.published_site import UNREADABLE, PublishedSite

_Value = TypeVar("_Value")
_ATOM = "{http://www.w3.org/2005/Atom}"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_FEEDS = {"feed.atom": ":site", "updates.atom": ":updates", "corrections.atom": ":corrections"}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class _Said(NamedTuple):
    """What one format says of the site."""

    title: str
    description: str
    language: str
    author: str
    hubs: tuple[str, ...]


def settings_of(site: PublishedSite, histories: Sequence[History]) -> Site:
    """Return the settings of a site; what no document says has the value of this release."""
    base_url = _usual(history.url.partition("/news/")[0] for history in histories)
    known = Site(base_url=base_url, tag_authority=_authority(site, histories), brand=_brand(site))
    if parts := [history.part for history in histories if history.part]:
        known = replace(known, history_part=_usual(parts))
    said = list(_said(site))
    if not said:
        return known
    fields = zip(_Said._fields, map(_usual, zip(*said, strict=True)), strict=True)
    return replace(known, **dict[str, Any](fields))


def _brand(site: PublishedSite) -> Brand:
    """Return what the home says of the brand; every page shows it, so a change is found there."""
    try:
        return Brand.model_validate(json.loads(site.read_path("index.json")).get("brand", {}))
    except UNREADABLE:
        return DEFAULT_BRAND


def _authority(site: PublishedSite, histories: Sequence[History]) -> str:
    """Return the authority in the ids that the site gives; events with a guid do not say it."""
    ends = [tag_uri("", "event", history.event).removeprefix("tag:") for history in histories]
    tags = [history.tag.removeprefix("tag:") for history in histories]
    own = [tag.removesuffix(end) for tag, end in zip(tags, ends, strict=True) if tag.endswith(end)]
    return _usual(own or _authorities_of_feeds(site) or [""])


def _authorities_of_feeds(site: PublishedSite) -> list[str]:
    found = []
    for path, end in _FEEDS.items():
        try:
            tag = _parsed(site.read_path(path)).findtext(f"{_ATOM}id", "")
        except UNREADABLE:
            continue
        found.append(tag.removeprefix("tag:").removesuffix(end))
    return found


def _usual(values: Iterable[_Value]) -> _Value:
    return Counter(values).most_common(1)[0][0]


def _said(site: PublishedSite) -> Iterator[_Said]:
    for path, read in (("feed.json", _json), ("feed.atom", _atom), ("feed.rss", _rss)):
        try:
            yield read(site.read_path(path))
        except UNREADABLE:
            continue


def _json(raw: bytes) -> _Said:
    feed = json.loads(raw)
    hubs = tuple(hub["url"] for hub in feed.get("hubs", ()))
    author = feed["authors"][0]["name"]
    return _Said(feed["title"], feed["description"], feed["language"], author, hubs)


def _atom(raw: bytes) -> _Said:
    feed = _parsed(raw)
    return _Said(
        feed.findtext(f"{_ATOM}title", ""),
        feed.findtext(f"{_ATOM}subtitle", ""),
        feed.attrib[_LANGUAGE],
        feed.findtext(f"{_ATOM}author/{_ATOM}name", ""),
        _hubs(feed),
    )


def _rss(raw: bytes) -> _Said:
    channel = _parsed(raw)[0]
    names = ("title", "description", "language", _CREATOR)
    title, description, language, author = (channel.findtext(name, "") for name in names)
    return _Said(title, description, language, author, _hubs(channel))


def _parsed(raw: bytes) -> ET.Element:
    return ET.fromstring(raw)  # noqa: S314  # a site its owner verifies


def _hubs(feed: ET.Element) -> tuple[str, ...]:
    links = feed.iterfind(f"{_ATOM}link[@rel='hub']")
    return tuple(link.attrib["href"] for link in links)
