"""The table of formats: every row can be rendered, and a new row is all that a format needs."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from gazette.models.formats import FORMATS, Format, ViewKind
from gazette.models.views.page import EventPage
from gazette.renderers.rendering import renderer
from tests.unit.publish.worlds import SITE, World, hours

BASE_PATH = "news/2026/07/4/river-opens"
PLAIN_TEXT = Format(
    "txt",
    "text/plain",
    "Plain text",
    {ViewKind.EVENT: "plain_text:render_event"},
    entry_title="Plain text",
)


def render_event(page: EventPage) -> bytes:
    return page.revision.entry.title.encode()


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.title)
def test_every_renderer_in_the_table_exists(format_: Format) -> None:
    assert all(callable(renderer(name)) for name in format_.renders.values())


@pytest.mark.parametrize("kind", ViewKind)
def test_no_two_formats_of_a_view_share_a_path(kind: ViewKind) -> None:
    paths = SITE.paths(kind, "a")
    assert paths
    assert len(set(paths)) == len(paths)


def test_a_new_format_of_an_event_is_one_renderer_and_one_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The document, the links of the page and those of the feed entries follow from the row."""
    module = ModuleType("gazette.renderers.plain_text")
    module.__dict__["render_event"] = render_event
    monkeypatch.setitem(sys.modules, module.__name__, module)
    world = World(replace(SITE, formats=(*FORMATS, PLAIN_TEXT)))
    world.put("a", hours(0), title="River opens", topics=["Rivers"])
    world.settle()
    site = world.site()
    address = SITE.url(f"{BASE_PATH}.txt")
    assert site[f"{BASE_PATH}.txt"] == b"River opens"
    assert address.encode() in site[f"{BASE_PATH}.html"]
    assert address.encode() in site[f"{BASE_PATH}.md"]
    assert address.encode() in site["topics/rivers/feed.atom"]
    assert "topics/rivers/index.txt" not in site
