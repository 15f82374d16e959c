"""Feeds to render in tests, small and complete, and readers of the results."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st
from lxml import etree

from gazette.models.characters import drop_unprintable
from gazette.models.kinds import RevisionKind
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.views.feed import Feed, FeedImage, FeedItem, FeedLink, FeedTopic, Tombstone

SITE = "https://news.example.org"
SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "schemas"

PUBLISHED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
UPDATED = datetime(2026, 3, 2, 18, 5, 7, tzinfo=UTC)

# Text that breaks feeds: markup, references, controls, surrogates, line ends, directions, astral.
hostile_text = st.one_of(
    st.text(st.characters(), max_size=40),
    st.text("<>&;\"'/!?#x13ltampgt\r\n\t\0\ud800\ufffe ]", max_size=40),
)
printable_text = hostile_text.map(drop_unprintable)

IMAGE = FeedImage(f"{SITE}/image/a.jpg", "A <red> fox & cub", "J. Doe", "image/jpeg", 640, 480)


def item(**changes: object) -> FeedItem:
    whole = FeedItem(
        id="tag:example.org,2026:event/fox",
        url=f"{SITE}/news/2026/3/1/fox.html",
        title="Fox seen at Smith & Sons",
        summary="A fox < 5 kg & its cub.",
        published=PUBLISHED,
        updated=UPDATED,
        revision=3,
        kind=RevisionKind.CORRECTION,
        sha256="ab" * 32,
        content_html="<p>A fox &lt; 5 kg &amp; its cub.</p>",
        content_text="A fox < 5 kg & its cub.",
        note="It was one cub.",
        language="en-GB",
        author="Ann Author",
        topics=(
            FeedTopic("foxes", "Foxes & cubs", f"{SITE}/topics/"),
            FeedTopic("nature", "Nature", f"{SITE}/categories/"),
        ),
        sources=(FeedLink("via", "https://source.example/?a=1&b=2", None, "The <Source>"),),
        links=(
            FeedLink("alternate", f"{SITE}/news/2026/3/1/fox.json", "application/json", "As JSON"),
            FeedLink("related", f"{SITE}/news/2026/2/1/cub.html", "text/html", "Cub"),
            FeedLink("version-history", f"{SITE}/history/fox.html", "text/html"),
        ),
        image=IMAGE,
        history_url=f"{SITE}/history/fox.html",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def bare_item(number: int, **changes: object) -> FeedItem:
    bare = FeedItem(
        id=f"tag:example.org,2026:event/{number}",
        url=f"{SITE}/news/2026/3/1/{number}.html",
        title=f"Event {number}",
        summary=f"Summary {number}",
        published=PUBLISHED,
        updated=PUBLISHED,
        revision=1,
        kind=RevisionKind.PUBLICATION,
        sha256="cd" * 32,
    )
    return replace(bare, **changes)  # type: ignore[arg-type]


def tombstone(**changes: object) -> Tombstone:
    withdrawn = Tombstone(
        id="tag:example.org,2026:event/hare",
        url=f"{SITE}/news/2026/2/2/hare.html",
        title="Hare & hounds",
        published=PUBLISHED,
        when=UPDATED,
        texts=catalogue_of("en"),
        note="There was no <hare>.",
        revision=2,
        sha256="ef" * 32,
        history_url=f"{SITE}/history/hare.json",
    )
    return replace(withdrawn, **changes)  # type: ignore[arg-type]


def feed(*items: FeedItem, **changes: object) -> Feed:
    subscription = Feed(
        id="tag:example.org,2026:topic/foxes",
        title="Foxes & cubs",
        description="Events about foxes < 5 kg.",
        home_url=f"{SITE}/topics/foxes/",
        address=f"{SITE}/topics/foxes/feed",
        language="en",
        author="Example News",
        updated=UPDATED,
        generator="Gazette",
        generator_version="1.2.3",
        generator_url="https://gazette.example/",
        about_url=f"{SITE}/about.html",
        items=items,
        hubs=("https://hub.example/", "https://other.example/"),
        previous=f"{SITE}/topics/foxes/archive/b",
        icon_url=f"{SITE}/assets/icon.png",
    )
    return replace(subscription, **changes)  # type: ignore[arg-type]


def archive(*items: FeedItem) -> Feed:
    return feed(
        *items,
        address=f"{SITE}/topics/foxes/archive/b",
        current=f"{SITE}/topics/foxes/feed",
        next=f"{SITE}/topics/foxes/archive/c",
        previous=f"{SITE}/topics/foxes/archive/a",
    )


NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def find(root: etree._Element, path: str) -> etree._Element:
    (only,) = root.findall(path, NAMES)
    return only


def texts(root: etree._Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path, NAMES)]


def all_attributes(root: etree._Element, path: str) -> list[dict[str, str]]:
    return [attributes(element) for element in root.findall(path, NAMES)]


def channel(document: bytes) -> etree._Element:
    """Return the channel of an RSS document."""
    root = etree.fromstring(document)
    assert root.tag == "rss"
    assert root.get("version") == "2.0"
    (only,) = root
    return only


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def schema(name: str) -> Path:
    """Return the file of a schema, or skip the test: the repository does not contain them."""
    path = SCHEMAS / name
    if not path.exists():
        pytest.skip(f"no {path}")
    return path
