"""The time to render a feed and an archive document, compared with feedgen alone."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from feedgen.feed import FeedGenerator

from gazette.models.kinds import RevisionKind
from gazette.models.views.feed import Feed, FeedItem, FeedLink, FeedTopic
from gazette.renderers.feeds.atom import render_atom
from gazette.renderers.feeds.json_feed import render_json_feed
from gazette.renderers.feeds.rss import render_rss
from tests.bench.documents import paragraphs
from tests.bench.numbers import hundredths, tenths
from tests.cost.report import Sheet

_SITE = "https://gazette.example"
_START = datetime(2026, 7, 4, tzinfo=UTC)
_SIZES = (50, 500)

Render = Callable[[Feed], bytes]


def rendering_sheet(iterations: int) -> Sheet:
    """Render in turn, and return medians in milliseconds of processor time.

    *New* entries were never rendered before. *Cached* entries were rendered once, like those of an
    event in its second topic or in the next batch.
    """
    rows = []
    for size in _SIZES:
        for name, ours, plain in _FORMATS:
            took: dict[str, list[float]] = {"new": [], "cached": [], "plain": []}
            for _ in range(iterations):
                feed = _feed(size)
                took["new"].append(_milliseconds(ours, feed))
                took["cached"].append(_milliseconds(ours, feed))
                if plain:
                    took["plain"].append(_milliseconds(plain, feed))
            rows.append((f"{size} entries", name, *_cells(took)))
    columns = ("", "format", "new", "cached", "feedgen alone", "new / feedgen", "cached / feedgen")
    return Sheet(f"Rendering entries of 3 kB, median of {iterations} in ms", columns, rows)


def _cells(took: dict[str, list[float]]) -> list[str]:
    new, cached = median(took["new"]), median(took["cached"])
    if not took["plain"]:
        return [tenths(new), tenths(cached), "", "", ""]
    plain = median(took["plain"])
    return [*map(tenths, (new, cached, plain)), hundredths(new / plain), hundredths(cached / plain)]


def _milliseconds(render: Render, feed: Feed) -> float:
    began = time.process_time()
    render(feed)
    return (time.process_time() - began) * 1000


def _feed(size: int) -> Feed:
    return Feed(
        id="tag:gazette.example,2026:topic/harbour",
        title="Harbour",
        description="Events about the harbour.",
        home_url=f"{_SITE}/topics/harbour/",
        address=f"{_SITE}/topics/harbour/feed",
        language="en",
        author="Gazette",
        updated=_START + timedelta(hours=size),
        generator="Gazette",
        generator_version="1",
        generator_url=_SITE,
        about_url=f"{_SITE}/about.html",
        items=tuple(_item(number) for number in range(size)),
        previous=f"{_SITE}/topics/harbour/archive/a",
    )


def _item(number: int) -> FeedItem:
    text, at = paragraphs(number), _START + timedelta(hours=number)
    base_path = f"{_SITE}/news/2026/07/4/{number}"
    return FeedItem(
        id=f"tag:gazette.example,2026:event/{number}",
        url=f"{base_path}.html",
        title=f"The swing bridge opens for the {number}th time",
        summary=text[0][:200],
        published=at,
        updated=at,
        revision=1,
        kind=RevisionKind.PUBLICATION,
        sha256="ab" * 32,
        content_html="".join(f"<p>{line}</p>\n" for line in text),
        content_text="\n\n".join(text),
        author="R. Moss",
        topics=(FeedTopic("harbour", "Harbour", f"{_SITE}/topics/"),),
        sources=(FeedLink("via", f"https://post.example/{number}", None, "Harbour Post"),),
        links=(
            FeedLink("alternate", f"{base_path}.md", "text/markdown"),
            FeedLink("alternate", f"{base_path}.json", "application/json"),
        ),
        history_url=f"{base_path}.history.json",
    )


def _plain(method: str, feed: Feed) -> bytes:
    """Render only what feedgen supports by itself."""
    generator = FeedGenerator()
    generator.id(feed.id)
    generator.title(feed.title)
    generator.description(feed.description)
    generator.link(href=feed.home_url, rel="alternate")
    generator.updated(feed.updated)
    for item in feed.items:
        entry = generator.add_entry(order="append")
        entry.id(item.id)
        entry.title(item.title)
        entry.link(href=item.url)
        entry.summary(item.summary)
        entry.content(item.content_html, type="html")
        entry.author(name=item.author, email="editor@gazette.example")
        entry.published(item.published)
        entry.updated(item.updated)
        for topic in item.topics:
            entry.category(term=topic.slug, scheme=topic.scheme, label=topic.label)
    return bytes(getattr(generator, method)(pretty=True))


_FORMATS: tuple[tuple[str, Render, Render | None], ...] = (
    ("RSS", render_rss, partial(_plain, "rss_str")),
    ("Atom", render_atom, partial(_plain, "atom_str")),
    ("JSON", render_json_feed, None),
)
