"""The index of categories (SPEC S10, A8)."""

import json

from lxml import etree, html

from gazette.models.ledger.aggregates import TopicCount
from gazette.models.product import TOPICS_PER_PAGE
from gazette.projections.topics.plain_index import CATEGORIES, plain_pages
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

ATOM = "{http://www.w3.org/2005/Atom}"
INDEX = "https://gazette.example/categories/"


def world_of(*categories: str) -> World:
    world = World()
    for number, category in enumerate(categories):
        world.put(f"e{number}", hours(number), title=f"Event {number}", category=category)
    world.settle()
    return world


def listed(world: World, path: str = "categories/index.html") -> list[tuple[str, str]]:
    root = html.fromstring(world.site()[path])
    return [(str(a.text), str(a.get("href"))) for a in root.iterfind(".//ul[@class='periods']//a")]


def test_all_categories_are_listed_with_their_pages_and_counts() -> None:
    world = world_of("Nature", "Harbour", "nature")
    assert listed(world) == [("Harbour", f"{INDEX}harbour/"), ("nature", f"{INDEX}nature/")]
    page = json.loads(world.site()["categories/index.json"])
    assert [one["count"] for one in page["periods"]] == [1, 2]
    assert "2 categories" in world.site()["categories/index.md"].decode()


def test_the_index_is_there_before_the_first_category() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    assert listed(world) == []
    assert b"0 categories" in world.site()["categories/index.html"]


def test_every_page_leads_to_the_index() -> None:
    world = world_of("Nature")
    for path, body in world.site().items():
        if path.endswith(".html"):
            links = [a.get("href") for a in html.fromstring(body).iter("a")]
            assert INDEX in links, path


def test_what_feeds_name_as_the_scheme_of_a_category_is_there() -> None:
    world = world_of("Nature")
    (category,) = etree.fromstring(world.site()["feed.atom"]).iter(f"{ATOM}category")
    path = category.get("scheme", "").removeprefix(f"{SITE.base_url}/")
    assert f"{path}index.html" in world.site()


def test_a_category_that_has_no_event_any_more_leaves_the_index() -> None:
    world = world_of("Nature", "Harbour")
    world.delete("e0", hours(5))
    world.settle()
    assert [label for label, _ in listed(world)] == ["Harbour"]


def test_a_lost_page_is_written_again_and_none_is_an_orphan() -> None:
    """SPEC V8."""
    world = world_of("Nature", "Harbour")
    before = dict(world.site())
    for path in [path for path in before if path.startswith("categories/index.")]:
        broken(world, path, b"?")
    state = reconcile(world)
    assert world.site() == before
    assert state.counts.orphans == 0


def test_a_very_long_list_is_cut_into_pages() -> None:
    counts = [
        TopicCount(slug=f"c{number:05d}", label=f"C {number}", count=1)
        for number in range(6 * TOPICS_PER_PAGE)
    ]
    pages = plain_pages(SITE, CATEGORIES, counts)
    assert next(iter(pages)) == "categories/index"
    assert all(path.startswith("categories/from-c") for path in list(pages)[1:])
    assert [link.text for page in pages.values() for link in page.periods] == [
        count.label for count in counts
    ]
    frames = [page.frame for page in pages.values()]
    assert [one.previous.url for one in frames[1:] if one.previous] == [
        one.url for one in frames[:-1]
    ]
    assert frames[0].next is not None
    assert frames[0].next.text == "Later categories"
