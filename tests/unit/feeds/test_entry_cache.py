"""An entry is rendered once, and its copies have the same bytes as a new rendering."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from feedgen.entry import FeedEntry

from gazette.models.views.feed import Feed
from gazette.renderers.feeds.atom import render_atom
from gazette.renderers.feeds.json_feed import render_json_feed
from gazette.renderers.feeds.rss import render_rss
from tests.unit.feeds.feeds_examples import IMAGE, bare_item, feed, item

Render = Callable[[Feed], bytes]
Change = Callable[[Feed], Feed]
WRITERS = pytest.mark.parametrize("render", [render_rss, render_atom, render_json_feed])


def new_feed() -> Feed:
    """Make a feed of new objects, which no cache can hold."""
    return feed(item(), bare_item(1), bare_item(2, image=IMAGE, language="de"))


@WRITERS
def test_cached_entries_give_the_bytes_of_new_ones(render: Render) -> None:
    """SPEC X6: in the same feed again, in one of another language, in an archive, in part."""
    cached = new_feed()
    assert render(cached) == render(cached) == render(new_feed())
    changes: tuple[Change, ...] = (
        lambda shown: replace(shown, title="Another", language="de"),
        lambda shown: replace(shown, current=f"{shown.address}-now"),
        lambda shown: replace(shown, items=shown.items[::-1]),
        lambda shown: replace(shown, items=shown.items[2:]),
    )
    for change in changes:
        assert render(change(cached)) == render(change(new_feed()))


@pytest.mark.parametrize(
    ("render", "method"), [(render_rss, "rss_entry"), (render_atom, "atom_entry")]
)
def test_an_entry_is_rendered_once(
    render: Render, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    original = getattr(FeedEntry, method)

    def counted(entry: FeedEntry, extensions: bool = True) -> object:  # feedgen's signature
        rendered.append(str(entry.id()))
        return original(entry, extensions)

    monkeypatch.setattr(FeedEntry, method, counted)
    shown = new_feed()
    for _ in range(3):
        render(shown)
    assert len(rendered) == len(shown.items)
