"""`/llms.txt` says to language models what the site has (llmstxt.org)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gazette.models.branding.brand import Brand
from gazette.models.site import Site
from gazette.models.texts.catalogue import catalogue_of
from gazette.renderers.markdown.llms import render_llms
from gazette.runtime.builders import make_site_writer
from tests.property.test_dead_links import dead_links, paths_in
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

PATH = "llms.txt"


def published(site: Site = SITE) -> World:
    world = World(site)
    world.put("a", hours(0), topics=["Foxes"], category="Nature")
    world.settle()
    return world


def tokens(site: Site) -> Sequence[Token]:
    return MarkdownIt().parse(render_llms(site).decode())


def headings(site: Site) -> list[tuple[str, str]]:
    found = tokens(site)
    return [
        (one.tag, found[number + 1].content)
        for number, one in enumerate(found)
        if one.type == "heading_open"
    ]


def test_it_has_the_form_that_its_readers_expect() -> None:
    """A title, a summary as a quotation, text, then sections with nothing but lists of links."""
    site = replace(SITE, title="The Post", brand=Brand(tagline="Every tide"))
    found = tokens(site)
    assert [one.type for one in found if one.level == 0 and one.nesting >= 0] == [
        *("heading_open", "blockquote_open", "paragraph_open", "paragraph_open"),
        *("heading_open", "bullet_list_open") * 3,
    ]
    assert [tag for tag, _ in headings(site)] == ["h1", "h2", "h2", "h2"]
    assert headings(site)[0] == ("h1", "The Post")
    assert headings(site)[-1] == ("h2", "Optional")
    items = [one for number, one in enumerate(found) if found[number - 2].type == "list_item_open"]
    assert items
    for item in items:
        assert item.children
        assert item.children[0].type == "link_open"


def test_it_leads_to_markdown_feeds_topics_search_and_sitemaps() -> None:
    """SPEC S10, S6, S8."""
    assert paths_in(PATH, render_llms(SITE)) == {
        *("index.md", "news/index.md", "topics/index.md", "topics/by-size/index.md"),
        "categories/index.md",
        *(f"{name}.{end}" for name in ("feed", "updates", "corrections") for end in FEEDS),
        *("topics.opml", "search/index.html", "sitemap.xml", "news-sitemap.xml"),
        "schemas/event.json",
    }


FEEDS = ("rss", "atom", "json")


def test_it_names_no_format_and_no_page_that_the_site_has_not() -> None:
    found = render_llms(replace(SITE, brand=Brand(formats=(), search=False))).decode()
    assert "HTML (`.html`), JSON (`.json`)\n" in found
    for left_out in (".md", ".rss", "/search/"):
        assert left_out not in found
    assert "/news/index.json" in found


def test_every_link_of_it_leads_to_a_document() -> None:
    for brand in (Brand(), Brand(formats=(), search=False)):
        assert dead_links(published(replace(SITE, brand=brand)).site()) == set()


def test_no_name_of_the_site_becomes_markup() -> None:
    site = replace(SITE, title="# [Post](x) <b>", description="1. *One*")
    assert headings(site)[0][1].replace("\\", "") == "# [Post](x) &lt;b&gt;"
    inline = [child.type for one in tokens(site)[:7] for child in one.children or ()]
    assert set(inline) == {"text"}


def test_it_speaks_the_language_of_the_site() -> None:
    found = render_llms(replace(SITE, language="de")).decode()
    assert f"## {catalogue_of('de')('subscribe.heading')}\n" in found
    assert "dieselbe Adresse" in found


def test_it_is_published_with_the_first_event_and_never_asked_for_by_a_later_one() -> None:
    world = published()
    assert world.store.documents[PATH].media_type == "text/plain; charset=utf-8"
    assert world.site()[PATH] == render_llms(SITE)
    broken(world, PATH, None)
    world.put("b", hours(1), topics=["Bears"], title="Sea")
    world.settle()
    assert PATH not in world.site()


@pytest.mark.parametrize("body", [None, b"# Another"])
def test_a_rebuild_brings_it_to_a_site_without_it(body: bytes | None) -> None:
    world = published()
    before = world.site()
    broken(world, PATH, body)
    assert reconcile(world).counts.orphans == 0
    assert world.site() == before


def test_a_rebuild_with_other_settings_writes_what_a_new_site_would_have() -> None:
    brand = Brand(refused_crawlers=("ai-training",), content_signals=("ai-train=no",))
    other, world = replace(SITE, title="Another", brand=brand), published()
    world.writer = make_site_writer(other, world.ledger, world.store, world.source, world.clock)
    reconcile(world)
    assert world.site() == published(other).site()
    assert b"User-agent: GPTBot" in world.site()["robots.txt"]
    assert world.site()[PATH].startswith(b"# Another")
