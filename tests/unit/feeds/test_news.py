"""The news sitemap (SPEC S4): its events, its languages, and when events leave it."""

from datetime import timedelta

import pytest
from lxml import etree

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.product import NEWS_SITEMAP_ARTICLES
from gazette.projections.calendar.news_sitemap import hour_number, news_language
from gazette.services.expire.expiry import Expirer
from tests.unit.feeds.test_sitemaps import assert_valid
from tests.unit.publish.worlds import SITE, World, hours

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


def found(world: World, path: str) -> list[str]:
    document = etree.fromstring(world.site()["news-sitemap.xml"])
    result = document.xpath(f"{path}/text()", namespaces=NAMES)
    assert isinstance(result, list)
    return [str(item) for item in result]


def age(world: World) -> bool:
    """Run the schedule at the time of the world's clock; return whether the news sitemap aged."""
    has_aged_news = Expirer(world.ledger, SITE.tombstone_days).expire(world.now).has_aged_news
    world.settle()
    return has_aged_news


def test_the_newest_event_is_first_with_the_fields_that_google_requires() -> None:
    world = World()
    world.put("a", hours(-1), title="R & B", language="de-AT")
    world.put("b", hours(0), title="B", date="2026-07-05")
    world.settle()
    assert found(world, "//s:loc") == [
        "https://gazette.example/news/2026/07/5/b.html",
        "https://gazette.example/news/2026/07/4/r-b.html",
    ]
    assert found(world, "//n:news/n:publication/n:name") == [SITE.title] * 2
    assert found(world, "//n:news/n:publication/n:language") == ["en", "de"]
    assert found(world, "//n:news/n:publication_date") == [
        *("2026-07-04T08:00:00Z", "2026-07-04T07:00:00Z"),
    ]
    assert found(world, "//n:news/n:title") == ["B", "R & B"]
    assert_valid(world.site()["news-sitemap.xml"], "sitemap-all.xsd")


def test_an_event_first_published_earlier_is_no_news_even_when_updated_now() -> None:
    world = World()
    world.put("a", hours(-60))
    world.put("b", hours(-1), title="B", published="2026-01-01T00:00:00Z")
    world.put("a", hours(0), body="Now with a text.")
    world.settle()
    assert found(world, "//n:title") == []


def test_a_withdrawn_event_is_no_news() -> None:
    """SPEC T5."""
    world = World()
    world.put("a", hours(-1))
    world.settle()
    assert found(world, "//n:title") == ["River opens"]
    world.delete("a", hours(0))
    world.settle()
    assert found(world, "//n:title") == []


def test_without_news_it_lists_the_home_page_but_not_as_news() -> None:
    world = World()
    world.put("a", hours(-60))
    world.settle()
    assert found(world, "//s:loc") == ["https://gazette.example/"]
    assert_valid(world.site()["news-sitemap.xml"], "sitemap-all.xsd")


def test_robots_txt_names_the_news_sitemap() -> None:
    """SPEC S6."""
    world = World()
    world.put("a", hours(0))
    world.settle()
    assert b"Sitemap: https://gazette.example/news-sitemap.xml\n" in world.site()["robots.txt"]


@pytest.mark.parametrize(
    ("hours_later", "is_news"), [(47, True), (47.99, True), (48, False), (48.5, False)]
)
def test_an_event_leaves_in_the_hour_in_which_it_gets_two_days_old(
    hours_later: float, *, is_news: bool
) -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    world.now = hours(hours_later)
    assert age(world) is not is_news
    assert found(world, "//n:title") == (["River opens"] if is_news else [])


def test_an_hour_in_which_no_news_expires_requests_no_rebuild() -> None:
    world = World()
    assert not age(world)
    world.put("a", hours(0))
    world.put("b", hours(5), title="B")
    world.settle()
    world.now = hours(50)
    assert [age(world), age(world)] == [True, False]
    world.now = hours(51)
    assert not age(world)
    world.now = hours(53)
    assert age(world)
    assert world.records()[ItemKey(partitions.SITE, keys.AGED)].revision == hour_number(hours(5))


def test_the_home_page_is_not_rebuilt_for_the_news_sitemap() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    world.now = hours(50)
    Expirer(world.ledger, 30).expire(world.now)
    before = world.calls.copy()
    world.settle()
    assert (world.calls - before)["s3.PutObject"] == 1


def test_items_that_are_no_entries_are_no_news() -> None:
    world = World()
    world.ledger.put(LedgerItem(ItemKey(partitions.SITE, "AAA"), 1, "{}"))
    assert not age(world)


def test_a_thousand_are_the_most() -> None:
    world = World()
    world.put("a", hours(0))
    world.ingest("a")
    entry = world.newest("a")
    for number in range(NEWS_SITEMAP_ARTICLES + 1):
        at = hours(-1) + timedelta(seconds=number)
        one = entry.model_copy(update={"event_id": f"n{number}", "published": at})
        item_key = ItemKey(partitions.SITE, keys.entry_sort(at, one.event_id))
        world.ledger.put(LedgerItem(item_key, 1, one.model_dump_json()))
    world.publish([ItemKey(partitions.SITE, keys.AGED)])
    assert len(found(world, "//s:loc")) == NEWS_SITEMAP_ARTICLES
    assert found(world, "//n:publication_date")[0] == "2026-07-04T08:00:00Z"


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (("en-GB", "de"), "en"),
        ((None, "pt-BR"), "pt"),
        (("sgs", "en"), "sgs"),
        (("zh-Hant", "en"), "zh-tw"),
        (("zh-TW", "en"), "zh-tw"),
        (("zh", "en"), "zh-cn"),
        (("x-private", "en"), "en"),
        ((None, "x-private"), "und"),
    ],
)
def test_a_language_is_written_with_googles_code(
    tags: tuple[str | None, ...], language: str
) -> None:
    assert news_language(*tags) == language
