"""A life of an event, as those see it who follow its updates, corrections and history (SPEC V)."""

import json
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from tests.unit.publish.worlds import World, hours

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "schemas"
ATOM = "{http://www.w3.org/2005/Atom}"
DAY = "news/2026/07/4"
FOLDERS = ("", "topics/foxes/", "categories/nature/")
CORRECTION = {"kind": "correction", "note": "Six & <seven>, not five."}
RETRACTION = {"kind": "retraction", "note": "It never opened."}
READS_AGAIN = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # feedparser's own


class Shown(NamedTuple):
    """An entry as a reader sees it, in whatever format."""

    id: str
    title: str
    url: str
    published: str
    updated: str


def shown(number: int, title: str, slug: str, hour: int) -> Shown:
    at = f"2026-07-04T{8 + hour:02d}:00:00Z"
    url = f"https://gazette.example/{DAY}/{slug}.html"
    return Shown(f"tag:gazette.example,2026:revision/{number}/a", title, url, at, at)


CORRECTED = shown(3, "Correction: River opens", "river-opens", 2)
UPDATED = shown(4, "Update: River closes", "river-closes", 3)
WITHDRAWN = shown(5, "Withdrawn: River closes", "river-closes", 4)
REPUBLISHED = shown(6, "Update: River closes", "river-closes", 5)
STEPS: list[tuple[dict[str, object], list[Shown], list[Shown]]] = [
    ({"body": "It opens at five."}, [], []),
    ({"body": "It opens at 5.", "revision": {"kind": "minor"}}, [], []),
    ({"body": "It opens at 6.", "revision": CORRECTION}, [CORRECTED], [CORRECTED]),
    ({"body": "It opens at 6.", "title": "River closes"}, [UPDATED, CORRECTED], [CORRECTED]),
    (
        {"title": "River closes", "revision": RETRACTION},
        [WITHDRAWN, UPDATED, CORRECTED],
        [WITHDRAWN, CORRECTED],
    ),
    (
        {"title": "River closes", "body": "It opens at 7."},
        [REPUBLISHED, WITHDRAWN, UPDATED, CORRECTED],
        [WITHDRAWN, CORRECTED],
    ),
]


def live(world: World, steps: int = len(STEPS)) -> World:
    for hour, (fields, _, _) in enumerate(STEPS[:steps]):
        world.put("a", hours(hour), topics=["Foxes"], category="Nature", **fields)
        world.settle()
    return world


def body(world: World, path: str) -> bytes:
    return world.site()[path]


def read_atom(world: World, base_path: str) -> list[Shown]:
    feed = etree.fromstring(body(world, f"{base_path}.atom"))
    return [
        Shown(
            entry.findtext(f"{ATOM}id") or "",
            entry.findtext(f"{ATOM}title") or "",
            links(entry, "alternate")[0],
            *(entry.findtext(f"{ATOM}{name}") or "" for name in ("published", "updated")),
        )
        for entry in feed.iter(f"{ATOM}entry")
    ]


def read_rss(world: World, base_path: str) -> list[Shown]:
    return [
        Shown(
            entry.id,
            entry.title,
            entry.link,
            moment(entry.published_parsed),
            moment(entry.updated_parsed),
        )
        for entry in feedparser.parse(body(world, f"{base_path}.rss")).entries
    ]


def read_json(world: World, base_path: str) -> list[Shown]:
    names = ("id", "title", "url", "date_published", "date_modified")
    items = json.loads(body(world, f"{base_path}.json"))["items"]
    return [Shown(*(item[name] for name in names)) for item in items]


def moment(parts: tuple[int, ...]) -> str:
    return "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*parts[:6])


def links(entry: etree._Element, rel: str) -> list[str]:
    return [link.get("href", "") for link in entry.iter(f"{ATOM}link") if link.get("rel") == rel]


def entry_of(world: World, base_path: str, number: int) -> etree._Element:
    wanted = f"tag:gazette.example,2026:revision/{number}/a"
    feed = etree.fromstring(body(world, f"{base_path}.atom"))
    (found,) = (
        entry for entry in feed.iter(f"{ATOM}entry") if entry.findtext(f"{ATOM}id") == wanted
    )
    return found


@READS_AGAIN
@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_each_step_shows_the_current_state_of_the_event(steps: int) -> None:
    """SPEC V3, V4."""
    world = live(World(), steps)
    _, updates, corrections = STEPS[steps - 1]
    for name, expected in (("updates", updates), ("corrections", corrections)):
        for base_path in (f"{folder}{name}" for folder in FOLDERS):
            assert read_atom(world, base_path) == expected
            assert read_rss(world, base_path) == expected
            assert read_json(world, base_path) == expected


def test_the_feeds_of_events_keep_the_id_and_the_date_meanwhile() -> None:
    """SPEC V4, V6, T6: what is new there is `updated`."""
    world = live(World())
    (entry,) = read_atom(world, "topics/foxes/feed")
    url = f"https://gazette.example/{DAY}/river-closes.html"
    first, last = "2026-07-04T08:00:00Z", "2026-07-04T13:00:00Z"
    assert entry == Shown("tag:gazette.example,2026:event/a", "River closes", url, first, last)


def test_a_correction_says_why_and_what_changed() -> None:
    entry = entry_of(live(World()), "corrections", 3)
    content = html.fromstring(f"<div>{entry.findtext(f'{ATOM}content')}</div>")
    note, text, _ = ("".join(map(str, part.itertext())) for part in content.iter("p"))
    assert note == entry.findtext(f"{ATOM}summary") == CORRECTION["note"]
    assert text == "It opens at 5 6."
    (label,) = (heading.text for heading in content.iter("h3"))
    (deleted,), (new,) = ([mark.text for mark in content.iter(tag)] for tag in ("del", "ins"))
    assert (label, deleted, new) == ("Text", "5", "6")
    assert [link.get("href") for link in content.iter("a")] == [
        f"https://gazette.example/{DAY}/river-opens.r2.html",
        f"https://gazette.example/{DAY}/river-opens.html",
    ]


def test_a_difference_can_be_read_as_plain_text() -> None:
    items = json.loads(body(live(World()), "updates.json"))["items"]
    texts = [item["content_text"] for item in items]
    assert texts == [
        "Published again.",
        "It never opened.",
        "Changed: Title.\n\nTitle:\n\nRiver [-opens-] {+closes+}",
        "Six & <seven>, not five.\n\nText:\n\nIt opens at [-5-] {+6+}.",
    ]
    assert [item["summary"] for item in items] == [text.split("\n\n")[0] for text in texts]


def test_an_update_leads_to_the_version_before_to_the_event_and_to_its_history() -> None:
    """SPEC A7; RFC 5829."""
    world = live(World())
    entry = entry_of(world, "topics/foxes/updates", 4)
    base = f"https://gazette.example/{DAY}"
    assert links(entry, "predecessor-version") == [f"{base}/river-opens.r3.html"]
    assert links(entry, "latest-version") == [f"{base}/river-closes.html"]
    assert set(links(entry, "alternate")) == {f"{base}/river-closes.html"}
    assert links(entry, "related") == []
    assert links(entry, "version-history") == [
        f"{base}/river-opens.history.json",
        f"{base}/river-opens.history.atom",
    ]
    (item,) = (
        item
        for item in json.loads(body(world, "updates.json"))["items"]
        if item["_gazette"]["revision"] == 4
    )
    assert item["_gazette"]["kind"] == "update"
    assert item["_gazette"]["history_url"] == f"{base}/river-opens.history.json"
    assert item["tags"] == ["Foxes", "Nature"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sources": [{"url": "https://a.example/b", "title": "a.example"}]}, "Links, formatting"),
        ({"body": "word " * 3000}, "Changed: Text."),
    ],
)
def test_a_change_that_cannot_be_shown_is_named(fields: dict[str, object], said: str) -> None:
    world = World()
    world.put("a", hours(0), sources=[{"url": "https://a.example/a", "title": "a.example"}])
    world.settle()
    sources = {"sources": [{"url": "https://a.example/a", "title": "a.example"}]}
    world.put("a", hours(1), **(sources | fields))
    world.settle()
    (item,) = json.loads(body(world, "updates.json"))["items"]
    assert item["summary"].startswith(said)
    assert ("more than is shown" in item["content_html"]) is ("body" in fields)
    assert ("more than is shown" in item["content_text"]) is ("body" in fields)
    assert len(item["content_text"]) < 200


def words_of_a_note(before: dict[str, object] | None, note: str) -> tuple[list[str], list[str]]:
    """Return what feeds and pages show of a correction that changes its note alone."""
    world = World()
    for hour, revision in enumerate((before, {"kind": "correction", "note": note})):
        fields: dict[str, object] = {"revision": revision} if revision else {}
        world.put("a", hours(hour), topics=["Foxes"], **fields)
        world.settle()
    (item, *_) = json.loads(body(world, "corrections.json"))["items"]
    content = html.fromstring(item["content_html"])
    texts = [item["content_text"], "".join(map(str, content.itertext()))]
    page = html.fromstring(body(world, "corrections/index.html"))
    newest = next(part for part in page.iter("div") if part.get("class") == "difference")
    shown = "".join(map(str, newest.itertext()))
    return [*texts, shown], [item["summary"], item["_gazette"]["note"]]


def test_a_correction_of_a_note_alone_shows_its_note_once() -> None:
    note = "The mayor opened it, not the bishop."
    shown, fields = words_of_a_note(None, note)
    assert [text.count(note) for text in shown] == [1, 1, 1]
    assert fields == [note, note]


def test_a_note_that_replaces_another_one_shows_both() -> None:
    before: dict[str, object] = {"kind": "correction", "note": "The bishop opened it."}
    shown, _ = words_of_a_note(before, "The mayor opened it.")
    assert all("bishop" in text for text in shown)
    assert [text.count("The mayor opened it.") for text in shown] == [1, 1, 1]


def test_a_deletion_is_shown_without_a_note() -> None:
    """SPEC T7."""
    world = live(World(), 1)
    world.delete("a", hours(1))
    world.settle()
    (item,) = json.loads(body(world, "corrections.json"))["items"]
    assert item["summary"] == item["content_text"] == "Withdrawn by the publisher."
    assert "note" not in item["_gazette"]


@pytest.mark.parametrize(
    ("base_path", "title"),
    [
        ("updates", "Gazette: updates"),
        ("corrections", "Gazette: corrections"),
        ("topics/foxes/updates", "Gazette: Foxes: updates"),
        ("categories/nature/corrections", "Gazette: Nature: corrections"),
    ],
)
@pytest.mark.parametrize("steps", [1, len(STEPS)])
def test_a_feed_of_changes_is_named_after_its_time_line_even_if_it_is_empty(
    base_path: str, title: str, steps: int
) -> None:
    feed = etree.fromstring(body(live(World(), steps), f"{base_path}.atom"))
    assert feed.findtext(f"{ATOM}id") == f"tag:gazette.example,2026:{base_path}"
    assert feed.findtext(f"{ATOM}title") == title
    own = [link for link in feed if link.tag == f"{ATOM}link"]
    assert {link.get("rel"): link.get("href") for link in own} == {
        "alternate": f"https://gazette.example/{base_path}/",
        "self": f"https://gazette.example/{base_path}.atom",
    }


def test_a_topic_that_no_update_names_goes_by_its_last_label() -> None:
    """A retraction has the topics of the version before it, which had no topics here."""
    world = World()
    world.put("a", hours(0), topics=["Red Foxes"], category="Nature")
    world.put("a", hours(1), revision=RETRACTION)
    world.put("a", hours(2), revision=RETRACTION | {"note": "Never."})
    world.ingest("a")
    first = keys.change_key(
        partitions.updates_partition(partitions.topic_partition("red-foxes")), hours(1), "a", 2
    )
    for partition in (
        partitions.topic_partition("red-foxes"),
        partitions.category_partition("nature"),
    ):
        items = world.ledger._partitions[partitions.updates_partition(partition)]
        items.sorts.remove(first.sort)
    world.settle()
    feeds = [
        json.loads(body(world, f"{folder}/updates.json"))["title"]
        for folder in ("topics/red-foxes", "categories/nature")
    ]
    assert feeds == ["Gazette: Red Foxes: updates", "Gazette: Nature: updates"]


def test_a_partition_without_changes_publishes_nothing() -> None:
    world = World()
    world.publish(
        [keys.change_key(partitions.updates_partition(partitions.SITE), hours(0), "a", 2)]
    )
    assert world.site() == {}


def feeds_offered(world: World, path: str) -> list[str]:
    alternates = html.fromstring(body(world, path)).findall("./head/link[@rel='alternate']")
    titles = [link.get("title") or "" for link in alternates]
    return [title for title in titles if "(RSS)" in title]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("index.html", "Gazette"),
        ("topics/foxes/index.html", "Foxes"),
        ("categories/nature/index.html", "Nature"),
    ],
)
@pytest.mark.parametrize("steps", [1, 3])
def test_a_page_offers_its_feeds_its_own_first(path: str, title: str, steps: int) -> None:
    """SPEC P7: those of updates and corrections exist from the first publication."""
    own = [f"{title}{name} (RSS)" for name in ("", ": updates", ": corrections")]
    world = live(World(), steps)
    assert feeds_offered(world, path) == own
    page = html.fromstring(body(world, path))
    offered = [link.text or "" for link in page.findall(".//section[@class='subscribe']//a")]
    assert [text for text in offered if "(RSS)" in text] == own


def test_the_history_of_an_event_is_a_feed_of_all_its_revisions() -> None:
    world = live(World())
    first = shown(1, "First version: River opens", "river-opens", 0)
    minor = shown(2, "Minor edit: River opens", "river-opens", 1)
    base_path = f"{DAY}/river-opens.history"
    superseded = [
        one._replace(url=one.url.replace(".html", f".r{number}.html"))
        for number, one in enumerate((first, minor, CORRECTED, UPDATED, WITHDRAWN), 1)
    ]
    assert read_atom(world, base_path) == [REPUBLISHED, *superseded[::-1]]
    feed = etree.fromstring(body(world, f"{base_path}.atom"))
    assert feed.findtext(f"{ATOM}id") == "tag:gazette.example,2026:history/a"
    assert feed.findtext(f"{ATOM}title") == "River closes: history"
    assert feed.findtext(f"{ATOM}updated") == REPUBLISHED.updated
    summaries = [entry.findtext(f"{ATOM}summary") for entry in feed.iter(f"{ATOM}entry")]
    assert summaries[2:5] == ["Update.", CORRECTION["note"], "Minor edit."]


def test_pages_and_entries_lead_to_the_history_in_both_forms() -> None:
    """SPEC A7."""
    world = live(World())
    history = f"https://gazette.example/{DAY}/river-opens.history"
    page = html.fromstring(body(world, f"{DAY}/river-closes.html"))
    found = page.findall("./head/link[@rel='version-history']")
    assert [(link.get("type"), link.get("href")) for link in found] == [
        ("application/json", f"{history}.json"),
        ("application/atom+xml", f"{history}.atom"),
    ]
    (entry,) = etree.fromstring(body(world, "feed.atom")).iter(f"{ATOM}entry")
    assert links(entry, "version-history") == [f"{history}.json", f"{history}.atom"]


def test_every_atom_feed_of_changes_is_valid() -> None:
    """SPEC A1 to A6."""
    if not SCHEMAS.is_dir():
        pytest.skip("needs the schemas, which are not part of the repository")
    schema = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    site = live(World()).site()
    feeds = [path for path in site if path.endswith(("updates.atom", "corrections.atom"))]
    assert len(feeds) == 6
    for path in (*feeds, f"{DAY}/river-opens.history.atom"):
        schema.assertValid(etree.fromstring(site[path]))


def test_updates_that_arrive_at_once_make_the_same_site_as_one_by_one() -> None:
    """SPEC V8."""
    world = World()
    for hour, (fields, _, _) in enumerate(STEPS):
        world.put("a", hours(hour), topics=["Foxes"], category="Nature", **fields)
    world.settle()
    assert world.site() == live(World()).site()
