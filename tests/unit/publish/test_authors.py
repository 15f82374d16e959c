"""An author has a page and feeds, as a topic has (SPEC L1)."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from gazette.models.branding.brand import Brand
from gazette.models.identifiers.slugs import author_slug, topic_slug
from gazette.models.ledger import partitions
from gazette.models.limits import MAX_SLUG_BYTES, MAX_SLUG_CHARACTERS
from gazette.models.site import Site
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.runtime.builders import make_site_writer
from gazette.services.publish.builder import Builder
from gazette.services.publish.topic.without_authors import WithoutAuthors
from tests.property.test_dead_links import dead_links
from tests.unit.erasures.erasing import erase
from tests.unit.publish.worlds import SITE as WITHOUT
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import emptied, reconcile

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = replace(WITHOUT, brand=Brand(authors=True))
PAGE = "news/2026/07/4/river-opens"
FORMATS = ("rss", "atom", "json")


def published(*bylines: object, site: Site = SITE) -> World:
    """Publish an event a byline, an hour apart."""
    world = World(site)
    for number, byline in enumerate(bylines):
        world.put(f"e{number}", hours(number), title=f"River {number}", byline=byline)
    world.settle()
    return world


def entries(world: World, path: str) -> dict[str, str]:
    """Return the titles of the entries of an Atom feed by id."""
    root = etree.fromstring(world.site()[path])
    return {
        str(one.findtext(f"{ATOM}id")): str(one.findtext(f"{ATOM}title"))
        for one in root.iterfind(f"{ATOM}entry")
    }


def of_authors(site: Mapping[str, bytes]) -> list[str]:
    return [path for path in site if path.startswith("authors")]


def linked(world: World, path: str) -> dict[str, str]:
    return {
        str(a.get("href")): "".join(map(str, a.itertext()))
        for a in html.fromstring(world.site()[path]).iterfind(".//a")
    }


def rebuilt(world: World, site: Site) -> World:
    """Give a world other settings, and rebuild it."""
    world.writer = make_site_writer(site, world.ledger, world.store, world.source, world.clock)
    reconcile(world)
    return world


def test_an_author_has_a_page_feeds_and_feeds_of_updates_and_corrections() -> None:
    """SPEC L1, P7: an own feed id, the entries have the ids that they have elsewhere."""
    world = published("Ada Moss", "Bo Fern", ["Ada Moss", "Cy"])
    folder = "authors/ada-moss"
    assert {
        f"{folder}/index.html",
        *(
            f"{folder}/{name}.{end}"
            for name in ("feed", "updates", "corrections")
            for end in FORMATS
        ),
        *(f"{folder}/{name}/index.html" for name in ("updates", "corrections")),
    } <= world.site().keys()
    feed = etree.fromstring(world.site()[f"{folder}/feed.atom"])
    assert feed.findtext(f"{ATOM}id") == "tag:gazette.example,2026:authors/ada-moss"
    assert feed.findtext(f"{ATOM}title") == "Gazette: Ada Moss"
    found = entries(world, f"{folder}/feed.atom")
    assert list(found.values()) == ["River 2", "River 0"]
    assert found.items() <= entries(world, "feed.atom").items()
    assert dead_links(world.site()) == set()


def test_an_event_leads_to_its_authors_in_every_format() -> None:
    world = published(["Ada Moss", "Bo & Fern"])
    path, base = "news/2026/07/4/river-0", "https://gazette.example/authors"
    urls = {f"{base}/ada-moss/": "Ada Moss", f"{base}/bo-fern/": "Bo & Fern"}
    assert urls.items() <= linked(world, f"{path}.html").items()
    page = html.fromstring(world.site()[f"{path}.html"])
    described = json.loads(str(page.findtext(".//script[@type='application/ld+json']")))
    assert {one["url"]: one["name"] for one in described["author"]} == urls
    form = json.loads(world.site()[f"{path}.json"])
    assert {one["url"]: one["name"] for one in form["authors"]} == urls
    assert f"[Ada Moss]({base}/ada-moss/)" in world.site()[f"{path}.md"].decode()


def test_names_that_differ_by_case_are_one_author_who_is_named_as_in_the_newest_event() -> None:
    world = published("ADA MOSS", ["Ada Moss", "ada moss"])
    assert [path for path in of_authors(world.site()) if path.endswith("/feed.atom")] == [
        "authors/ada-moss/feed.atom"
    ]
    assert html.fromstring(world.site()["authors/ada-moss/index.html"]).findtext(".//h1") == (
        "Ada Moss"
    )


def test_an_event_without_an_author_changes_no_document_of_authors() -> None:
    world = published("Ada Moss")
    before = {path: world.site()[path] for path in of_authors(world.site())}
    world.calls.clear()
    world.put("b", hours(5), title="Sea")
    world.settle()
    assert {path: world.site()[path] for path in of_authors(world.site())} == before


@pytest.mark.parametrize("how", ["delete", "retract", "expire"])
def test_a_withdrawal_is_seen_in_the_feeds_of_the_author(how: str) -> None:
    """SPEC T1, T3."""
    world = published("Ada Moss", "Ada Moss")
    fields: dict[str, object] = {"title": "River 0", "byline": "Ada Moss"}
    if how == "delete":
        world.delete("e0", hours(3))
    elif how == "retract":
        note = {"kind": "retraction", "note": "It never opened."}
        world.put("e0", hours(3), **fields, revision=note)
    else:
        world.put("e0", hours(3), **fields, expires="2026-07-04T09:00:00Z")
    world.settle()
    titles = list(entries(world, "authors/ada-moss/feed.atom").values())
    assert [title for title in titles if title != "River 1"] == [
        f"{'Expired' if how == 'expire' else 'Withdrawn'}: River 0"
    ]
    assert len(entries(world, "authors/ada-moss/updates.atom")) == 1
    expected = 0 if how == "expire" else 1
    assert len(entries(world, "authors/ada-moss/corrections.atom")) == expected


def test_another_byline_moves_an_event_to_another_author() -> None:
    """SPEC V7."""
    world = published("Ada Moss", "Ada Moss")
    world.put("e0", hours(3), title="River 0", byline="Bo Fern")
    world.settle()
    assert list(entries(world, "authors/ada-moss/feed.atom").values()) == ["River 1"]
    assert list(entries(world, "authors/bo-fern/feed.atom").values()) == ["River 0"]
    assert dead_links(world.site()) == set()


def test_a_correction_is_in_the_feeds_of_each_author() -> None:
    """SPEC V4."""
    world = published(["Ada Moss", "Bo Fern"])
    note = {"kind": "correction", "note": "It was the other one."}
    world.put("e0", hours(2), title="River 0", byline=["Ada Moss", "Bo Fern"], revision=note)
    world.settle()
    for slug in ("ada-moss", "bo-fern"):
        assert len(entries(world, f"authors/{slug}/corrections.atom")) == 1


def test_the_index_and_the_list_of_feeds_name_every_author() -> None:
    """SPEC S8, S10."""
    world = published("Ada Moss", ["Bo Fern", "Ada Moss"])
    page = html.fromstring(world.site()["authors/index.html"])
    links = page.iterfind(".//ul[@class='periods']//a")
    assert [(a.text, a.get("href")) for a in links] == [
        ("Ada Moss", "https://gazette.example/authors/ada-moss/"),
        ("Bo Fern", "https://gazette.example/authors/bo-fern/"),
    ]
    assert "2 authors" in world.site()["authors/index.md"].decode()
    outlines = list(etree.fromstring(world.site()["authors.opml"]).iter("outline"))
    assert [one.get("xmlUrl") for one in outlines] == [
        "https://gazette.example/authors/ada-moss/feed.rss",
        "https://gazette.example/authors/bo-fern/feed.rss",
    ]


def test_the_home_leads_to_the_authors_if_there_are_any() -> None:
    with_authors, without = published("Ada Moss"), published(None)
    links = linked(with_authors, "index.html")
    assert links["https://gazette.example/authors/"] == "Authors"
    assert links["https://gazette.example/authors.opml"] == "Authors (OPML)"
    assert not [url for url in linked(without, "index.html") if "/authors" in url]
    assert "authors/index.html" in without.site()


def test_a_site_may_have_no_pages_of_authors() -> None:
    world = published("Ada Moss", site=WITHOUT)
    assert of_authors(world.site()) == []
    assert b"/authors" not in b"".join(world.site().values())
    page = html.fromstring(world.site()["news/2026/07/4/river-0.html"])
    assert page.findtext(".//span[@class='byline']/bdi") == "Ada Moss"
    assert dead_links(world.site()) == set()


def test_what_loads_and_builds_by_itself_gets_everything_else() -> None:
    """`gazette verify` does."""
    world = published("Ada Moss", site=WITHOUT)
    builder = world.writer.builders[TaskKind.SITE]
    assert isinstance(builder, WithoutAuthors)
    result = Builder.compose(builder, PublishTask(TaskKind.SITE, partitions.SITE))
    assert {view.base_path for view in result.views} == {"index", "feed", "404"}
    authors = PublishTask(TaskKind.TIMELINE, partitions.author_partition("ada-moss"))
    builder = world.writer.builders[TaskKind.TIMELINE]
    assert isinstance(builder, WithoutAuthors)
    assert Builder.compose(builder, authors).removals == builder.paths(authors)


def test_the_setting_is_followed_by_a_rebuild_in_both_directions() -> None:
    def changed(site: Site) -> World:
        world = published("Ada Moss", ["Ada Moss", "Bo Fern"], site=site)
        note = {"kind": "correction", "note": "It was the other one."}
        world.put("e0", hours(3), title="River 0", byline="Ada Moss", revision=note)
        world.settle()
        return world

    with_authors, without = changed(SITE).site(), changed(WITHOUT).site()
    world = rebuilt(changed(SITE), WITHOUT)
    assert world.site() == without
    assert rebuilt(world, SITE).site() == with_authors


@pytest.mark.parametrize("revisions", [[1], [2], "all"])
def test_an_erasure_takes_the_name_and_leaves_its_slug(revisions: object) -> None:
    """SPEC V10, V8: as it leaves topics, under which the event is withdrawn."""
    worlds = []
    for erased_at in (0.5, 5):  # before the events arrive, and after
        world = World(SITE)
        if erased_at < 1:
            erase(world, "a", hours(4), revisions)
        for hour in (1, 2):
            world.put("a", hours(hour), byline="Ada MOSS", body=f"Text {hour}.")
        if erased_at > 1:
            world.settle()
            erase(world, "a", hours(4), revisions)
        world.settle()
        worlds.append(world)
    first, second = worlds
    assert first.site() == second.site()
    assert dead_links(first.site()) == set()
    before = second.site()
    emptied(second)
    reconcile(second)
    assert second.site() == before
    feed = first.site()["authors/ada-moss/feed.atom"]
    assert (b"Ada MOSS" in b"".join(first.site().values())) is (revisions != "all")
    assert b"river-opens" in feed or b"Withdrawn" in feed


@given(st.text(min_size=1, max_size=300))
def test_the_slug_of_a_slug_is_the_slug(name: str) -> None:
    slug = author_slug(name)
    assert author_slug(slug) == slug
    assert 0 < len(slug) <= MAX_SLUG_CHARACTERS
    assert len(slug.encode()) <= MAX_SLUG_BYTES
    assert "/" not in slug


@pytest.mark.parametrize("name", ["", "!", "x" * 400, "é" * 150, "By Size", "from-a"])
def test_a_name_of_any_form_has_a_slug(name: str) -> None:
    slug = author_slug(name)
    assert author_slug(slug) == slug
    assert slug.startswith((topic_slug(name)[:7], "author-"))
