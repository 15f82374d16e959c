"""What a partition publishes, read back from the site by parsers."""

import json
from datetime import UTC, datetime

import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.tasks.tasks import PublishTask, TaskKind, tasks_for
from gazette.runtime.builders import make_builders, make_finders
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import SITE, World, hours

ATOM = "{http://www.w3.org/2005/Atom}"
BASE_PATH = "news/2026/07/4/river-opens"
RETRACTION = {"kind": "retraction", "note": "It never opened."}


def found(document: etree._Element, path: str) -> list[str]:
    """Return the texts or attributes at a path."""
    result = document.xpath(path)
    assert isinstance(result, list)
    return [str(item) for item in result]


def page(world: World, path: str) -> etree._Element:
    return html.fromstring(world.site()[path])


def title(world: World, path: str) -> str:
    (text,) = found(page(world, path), "//head/title/text()")
    return text


def heading(world: World, path: str) -> str:
    return "".join(found(page(world, path), "//h1//text()")).strip()


def is_indexed(world: World, path: str) -> bool:
    robots = found(page(world, path), "//meta[@name='robots']/@content")
    return not any("noindex" in content for content in robots)


def entries(world: World, path: str) -> list[str | None]:
    feed = etree.fromstring(world.site()[path])
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


# Tasks for related events are replaced by those of pages.
BUILT = set(TaskKind) - {TaskKind.RELATED}


def test_every_kind_that_is_published_has_a_builder() -> None:
    world = World()
    builders = make_builders(SITE, world.ledger, world.source, lambda: world.now)
    assert set(builders) == BUILT
    assert set(make_finders(SITE, world.ledger)) == {
        TaskKind.REVISION,
        TaskKind.HISTORY,
        TaskKind.RELATED,
        TaskKind.SEGMENT,
    }


def test_what_is_loaded_twice_from_one_ledger_is_equal() -> None:
    """Otherwise the site writer would take every write of its own for one that came too late."""
    world = World()
    world.source.put("images/a.png", PNG, hours(0))
    image = {"key": "images/a.png", "alt": "A"}
    world.put("a", hours(1), topics=["Foxes"], category="Nature", image=image, translations=["b"])
    world.put("b", hours(2), topics=["Foxes"], category="Nature", body="*One* thing.")
    world.put("a", hours(3), topics=["Foxes"], revision={"kind": "correction", "note": "Why."})
    world.put("c", hours(4), topics=["Foxes"])
    world.delete("c", hours(5))
    for hour, title in enumerate(("One", "Two", "Three"), 6):
        world.put("d", hours(hour), title=title)
    ingested, published = world.settle()
    assert (ingested.failed, published.conflicts) == ([], 0)
    segments = [keys.SEGMENT + boundary for boundary in ("first", "2026-07-04T10:00:00Z#b")]
    tasks = {task for item_key in world.records() for task in tasks_for(item_key)}
    tasks |= {PublishTask(TaskKind.SEGMENT, partitions.SITE, sort) for sort in segments}
    built = [task for task in tasks if task.kind in BUILT]
    loaded = {task.kind for task in built if is_same_again(world, task)}
    assert loaded == BUILT


def is_same_again(world: World, task: PublishTask) -> bool:
    builder = world.writer.builders[task.kind]
    return builder.load(task) == builder.compose(task).loaded


def test_an_event_publishes_its_page_its_lists_and_the_calendar_above_it() -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"], category="Nature")
    world.settle()
    folders = ("topics/foxes", "categories/nature")
    formats, feeds = ("html", "md", "json"), ("rss", "atom", "json")
    in_formats = [
        *(BASE_PATH, "news/2026/07/4/index", "news/2026/07/index", "news/2026/index"),
        *("news/index", "index", "topics/index", "topics/by-size/index", "topics/a-z/f/index"),
        "categories/index",
    ]
    assert sorted(world.site()) == sorted(
        [f"{base_path}.{extension}" for base_path in in_formats for extension in formats]
        + [f"{base_path}.xml" for base_path in (BASE_PATH, "news/2026/07/4/index")]
        + [f"{BASE_PATH}.r1.json"]
        + [f"{folder}/index.html" for folder in folders]
        + [f"{folder}/feed.{extension}" for folder in folders for extension in feeds]
        + [f"feed.{extension}" for extension in feeds]
        + [
            f"{folder}{name}{end}"
            for folder in ("", *(f"{folder}/" for folder in folders))
            for name in ("updates", "corrections")
            for end in ("/index.html", *(f".{extension}" for extension in feeds))
        ]
        + ["topics.opml", "topics/a-z/f.opml"]
        + ["search/2026.json", "search/2026-07.json", "search/index.html", "search/search.js"]
        + ["sitemap.xml", "news-sitemap.xml", "sitemaps/2026-07-04.xml", "robots.txt"]
        + ["assets/gazette.css", "assets/icon.svg", "assets/card.png", "favicon.ico", "404.html"]
        + ["llms.txt", "schemas/event.json"]
    )


def test_a_moved_event_leaves_a_notice_with_a_link_to_the_new_address() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    world.put("a", hours(1), title="River closes")
    world.settle()
    target = "https://gazette.example/news/2026/07/4/river-closes.html"
    assert target in found(page(world, f"{BASE_PATH}.html"), "//a/@href")
    assert not is_indexed(world, f"{BASE_PATH}.html")
    assert heading(world, "news/2026/07/4/river-closes.html") == "River closes"
    entry = etree.fromstring(world.site()[f"{BASE_PATH}.xml"])
    assert entry.findtext(f"{ATOM}id") == "tag:gazette.example,2026:event/a"


@pytest.mark.parametrize("by", ["document", "deletion"])
def test_a_withdrawn_event_says_so_and_leaves_every_list(by: str) -> None:
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.put("b", hours(0), topics=["Foxes"], title="B")
    world.settle()
    if by == "document":
        world.put("a", hours(1), topics=["Foxes"], revision=RETRACTION)
    else:
        world.delete("a", hours(1))
    world.settle()
    assert title(world, f"{BASE_PATH}.html").startswith("Withdrawn: River opens")
    assert not is_indexed(world, f"{BASE_PATH}.html")
    for feed in ("feed.atom", "topics/foxes/feed.atom"):
        assert entries(world, feed) == ["B", "Withdrawn: River opens"]
    assert entries(world, "news/2026/07/4/index.xml") == ["B"]
    urlset = etree.fromstring(world.site()["sitemaps/2026-07-04.xml"])
    assert found(urlset, "//*[local-name()='loc']/text()") == [
        "https://gazette.example/news/2026/07/4/",
        "https://gazette.example/news/2026/07/4/b.html",
    ]


def test_an_event_published_again_is_back_at_its_place() -> None:
    world = World()
    world.put("a", hours(0))
    world.delete("a", hours(1))
    world.settle()
    world.put("a", hours(2))
    world.settle()
    assert heading(world, f"{BASE_PATH}.html") == "River opens"
    assert entries(world, "feed.atom") == ["River opens"]


def test_a_bad_version_leaves_the_page_of_the_last_good_one() -> None:
    world = World()
    world.put("a", hours(0), body="One.")
    world.settle()
    before = world.site()
    world.put_raw("a", hours(1), b"{}")
    world.settle()
    assert world.site() == before
    world.put("a", hours(2), body="Two.")
    world.settle()
    assert "Two." in json.dumps(json.loads(world.site()[f"{BASE_PATH}.json"]))


def test_a_minor_revision_does_not_move_updated_in_any_feed() -> None:
    world = World()
    world.put("a", hours(0))
    world.settle()
    world.put("a", hours(5), body="Now with a body.", revision={"kind": "minor"})
    world.settle()
    feed = etree.fromstring(world.site()["feed.atom"])
    moments = [updated.text for updated in feed.iter(f"{ATOM}updated")]
    assert moments == ["2026-07-04T08:00:00Z"] * 2
    assert b"Now with a body." in world.site()["feed.atom"]


def test_a_topic_is_labelled_as_its_newest_entry_writes_it() -> None:
    world = World()
    world.put("a", hours(0), topics=["Bears", "red foxes"])
    world.put("b", hours(1), title="B", topics=["Red Foxes"], category="Nature")
    world.put("c", hours(0), title="C", category="NATURE")
    world.settle()
    assert heading(world, "topics/red-foxes/index.html") == "Red Foxes"
    assert heading(world, "categories/nature/index.html") == "Nature"


def test_a_topic_that_lost_its_last_event_keeps_its_label_and_is_not_indexed() -> None:
    world = World()
    world.put("a", hours(0), topics=["Red Foxes"], category="Nature")
    world.settle()
    world.put("a", hours(1), topics=["Bears"])
    world.settle()
    for path in ("topics/red-foxes/index.html", "categories/nature/index.html"):
        assert not is_indexed(world, path)
    assert heading(world, "topics/red-foxes/index.html") == "Red Foxes"
    assert heading(world, "categories/nature/index.html") == "Nature"
    feed = etree.fromstring(world.site()["topics/red-foxes/feed.atom"])
    assert feed.findtext(f"{ATOM}updated") == "2026-07-04T09:00:00Z"
    assert entries(world, "topics/red-foxes/feed.atom") == []


def test_a_feed_changes_with_the_departure_of_an_event() -> None:
    """RSS readers fetch a feed again only if it says that it changed."""
    world = World()
    world.put("a", hours(0), topics=["Foxes"])
    world.settle()
    before = world.site()["topics/foxes/feed.atom"]
    world.delete("a", hours(3))
    world.settle()
    assert world.site()["topics/foxes/feed.atom"] != before


def test_an_image_appears_and_disappears_with_its_object() -> None:
    world = World()
    world.source.put("images/2026/a.png", PNG, hours(0))
    world.settle()
    document = world.store.documents["image/2026/a.png"]
    assert (document.body, document.media_type) == (PNG, "image/png")
    world.source.delete("images/2026/a.png", hours(1))
    world.settle()
    assert world.site() == {}


def test_a_long_text_is_read_on_the_page_and_not_carried_in_feeds() -> None:
    world = World()
    body = "Long. " * 11_000 + "The end."
    sources = [{"url": f"https://a.example/{number}"} for number in range(25)]
    world.put("a", hours(0), body=body, sources=sources)
    world.settle()
    shown = page(world, f"{BASE_PATH}.html")
    assert "The end." in "".join(found(shown, "//text()"))
    assert "https://a.example/24" in found(shown, "//a/@href")
    (item,) = json.loads(world.site()["feed.json"])["items"]
    assert "The end." not in json.dumps(item)


ENTRY, AGGREGATE = "ENTRY#2026-07-04T08:00:00Z#a", keys.AGGREGATE


@pytest.mark.parametrize(
    "item_key",
    [
        keys.revision_key("a", 1),
        keys.image_key("images/a.png"),
        ItemKey(partitions.topic_partition("foxes"), ENTRY),
        ItemKey(partitions.category_partition("nature"), ENTRY),
        ItemKey(partitions.Partition(PartitionKind.DAY, "2026-07-04"), ENTRY),
        ItemKey(partitions.Partition(PartitionKind.MONTH, "2026-07"), f"{AGGREGATE}2026-07-04"),
        ItemKey(partitions.Partition(PartitionKind.YEAR, "2026"), f"{AGGREGATE}2026-07"),
        ItemKey(partitions.CALENDAR, f"{AGGREGATE}2026"),
    ],
    ids=str,
)
def test_a_partition_that_holds_nothing_publishes_nothing(item_key: ItemKey) -> None:
    world = World()
    world.publish([item_key])
    assert world.site() == {}
    assert world.records() == {}


def test_the_newest_event_is_first_everywhere() -> None:
    world = World()
    for hour, name in enumerate("abc"):
        world.put(name, hours(hour), title=name.upper())
    world.settle()
    assert entries(world, "feed.atom") == ["C", "B", "A"]
    assert entries(world, "news/2026/07/4/index.xml") == ["C", "B", "A"]
    assert datetime.fromisoformat(
        etree.fromstring(world.site()["feed.atom"]).findtext(f"{ATOM}updated") or ""
    ) == datetime(2026, 7, 4, 10, 0, tzinfo=UTC)


def test_a_site_without_a_first_entry_publishes_nothing() -> None:
    """The calendar may ask for its rebuild before the first entry is written."""
    builder = World().writer.builders[TaskKind.SITE]
    assert builder.load(PublishTask(TaskKind.SITE, partitions.SITE)) is None
