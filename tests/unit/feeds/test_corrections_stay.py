"""A correction is said where people look, and stays; so is a withdrawal (SPEC E, T1, V12)."""

import json
from datetime import timedelta

import feedparser
import pytest
from lxml import etree

from gazette.models.kinds import RevisionKind
from gazette.models.limits import MAX_ENTRY_CORRECTIONS_BYTES
from gazette.models.product import CORRECTIONS_IN_FEEDS
from tests.unit.erasures.erasing import erase, places_of, undo
from tests.unit.publish.worlds import SITE, World, hours

NOTE = "Seven, not six."
PAGE = "news/2026/07/4/river-opens"
FEEDS = ["feed", "topics/harbour/feed"]
FORMS = ["rss", "atom", "json"]
LINE = "Correction, 4 July 2026:"


def put(world: World, hour: int, body: str, kind: str | None = None, note: str = NOTE) -> None:
    revision = {"revision": {"kind": kind, "note": note}} if kind else {}
    world.put("a", hours(hour), topics=["Harbour"], body=body, **revision)
    world.settle()


def corrected_world() -> World:
    world = World()
    put(world, 0, "It closes at six.")
    put(world, 1, "It closes at seven.", "correction")
    return world


def content(world: World, feed: str, form: str) -> str:
    """Return the title and content of the only entry as a reader shows them."""
    body = world.site()[f"{feed}.{form}"]
    if form == "json":
        (item,) = json.loads(body)["items"]
        return f"{item['title']} {item['content_html']}"
    (entry,) = feedparser.parse(body).entries
    return f"{entry.title} {entry.content[0].value}"


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("form", FORMS)
def test_an_entry_says_what_was_corrected_also_after_a_minor_edit(feed: str, form: str) -> None:
    """SPEC E1, E4, V12: case 75."""
    world = corrected_world()
    link = f'href="{SITE.url(f"{PAGE}.html")}#correction-2"'
    for _ in range(2):
        shown = content(world, feed, form)
        assert shown.index(LINE) < shown.index(NOTE) < shown.index(link) < shown.index("It closes")
        put(world, 2, "It closes at seven sharp.", "minor", "A word.")


@pytest.mark.parametrize("form", FORMS)
def test_a_later_update_keeps_a_line_for_the_correction_after_the_text(form: str) -> None:
    """SPEC E1."""
    world = corrected_world()
    put(world, 2, "It closed at seven.", "update", "It has closed.")
    shown = content(world, "feed", form)
    assert shown.index("It closed at seven.") < shown.index(LINE) < shown.index(NOTE)


@pytest.mark.parametrize("form", FORMS)
def test_a_subscriber_of_any_format_sees_the_withdrawal_with_its_note(form: str) -> None:
    """SPEC T1: case 75."""
    world = corrected_world()
    put(world, 3, "It closes at seven.", "retraction", "The gate stays open.")
    shown = content(world, "topics/harbour/feed", form)
    assert shown.startswith("Withdrawn: River opens")
    assert "The gate stays open." in shown
    assert "It closes" not in shown


def test_page_and_metadata_keep_every_correction() -> None:
    """SPEC V12, S7: case 75."""
    world = corrected_world()
    put(world, 2, "It closes at eight.", "correction", "Eight it is.")
    put(world, 3, "It closes at eight sharp.", "minor", "A word.")
    html = world.site()[f"{PAGE}.html"].decode()
    article = etree.HTML(html)
    described = json.loads(article.findtext(".//script") or "")
    assert [each["text"] for each in described["correction"]] == ["Eight it is.", NOTE]
    notes = article.findall(".//aside[@class='note correction']")
    assert [note.get("id") for note in notes] == ["correction-3", "correction-2"]
    links = [note.findall(".//a")[0].get("href") for note in notes]
    assert links == [f"{SITE.url(f'{PAGE}.r{number}.html')}#difference" for number in (3, 2)]
    for number in (2, 3):
        assert 'id="difference"' in world.site()[f"{PAGE}.r{number}.html"].decode()
    as_json = json.loads(world.site()[f"{PAGE}.json"])
    assert [each["note"] for each in as_json["corrections"]] == ["Eight it is.", NOTE]
    markdown = world.site()[f"{PAGE}.md"].decode()
    assert markdown.index("Eight it is.") < markdown.index(NOTE) < markdown.index("It closes")


def test_an_entry_without_its_full_text_says_the_correction_before_the_summary() -> None:
    """SPEC P8, E1."""
    world = World()
    long = "Long words. " * 6_000
    put(world, 0, long, None)
    put(world, 1, f"{long} More.", "correction")
    for form in ("rss", "atom"):
        (entry,) = feedparser.parse(world.site()[f"feed.{form}"]).entries
        assert entry.summary.startswith(f"<p><strong>{LINE}</strong> {NOTE}")
        assert "content" not in entry
    (item,) = json.loads(world.site()["feed.json"])["items"]
    assert item["content_html"].startswith(f"<p><strong>{LINE}</strong> {NOTE}")
    assert item["content_text"].startswith(f"{LINE} {NOTE}")


def test_a_page_lists_every_correction_and_an_entry_the_newest_ones() -> None:
    """SPEC E1, V12, S7: however many there are, and whatever came later."""
    world = World()
    put(world, 0, "Text 0.")
    newest = 60
    for number in range(1, newest + 1):
        put(world, number, f"Text {number}.", "correction", f"Note {number}.")
    put(world, newest + 1, "Text.", "minor", "A word.")
    notes = [f"Note {number}." for number in range(newest, 0, -1)]
    as_json = json.loads(world.site()[f"{PAGE}.json"])
    assert [each["note"] for each in as_json["corrections"]] == notes
    page = etree.HTML(world.site()[f"{PAGE}.html"].decode())
    assert page.xpath("//aside[@class='note correction']/p[@class='text']/text()") == notes
    described = json.loads(page.findtext(".//script") or "")
    assert [each["text"] for each in described["correction"]] == notes
    markdown = world.site()[f"{PAGE}.md"].decode()
    assert [note for note in notes if f" {note}\n" not in markdown] == []
    shown = [each.note for each in world.newest("a").corrections]
    assert shown == notes[:CORRECTIONS_IN_FEEDS]
    assert content(world, "feed", "json").count("Correction, ") == CORRECTIONS_IN_FEEDS


@pytest.mark.parametrize("later", ["minor", "correction", "update"])
def test_an_erasure_takes_a_correction_from_all_later_revisions_until_it_is_undone(
    later: str,
) -> None:
    """SPEC V10: its note and difference are nowhere, and the other corrections stay."""
    world = World()
    texts = ["first", "erasedword", "third", "fourth"]
    for hour, (word, kind) in enumerate(
        zip(texts, [None, "correction", "correction", later], strict=True)
    ):
        put(world, hour, f"The {word} text.", kind, f"Note of the {word} one.")
    before = world.site()
    before_erasure = places_of(world, "erasedword")
    forms = {f"{PAGE}.{form}" for form in ("html", "json", "md", "xml", "r2.md", "r3.html")}
    assert forms <= {*before_erasure}
    erase(world, "a", hours(5), [2])
    world.settle()
    assert places_of(world, "erasedword") == []
    notes = [each["note"] for each in json.loads(world.site()[f"{PAGE}.json"])["corrections"]]
    assert notes == [f"Note of the {word} one." for word in texts[:1:-1]][-len(notes) :]
    assert "Note of the third one." in notes
    assert "Note of the third one." in content(world, "feed", "atom")
    undo(world, "a", hours(6))
    world.settle()
    assert places_of(world, "erasedword") == before_erasure
    for path, body in before.items():
        if path.startswith("news/"):
            assert world.site()[path] == body


def test_the_newest_correction_is_kept_with_the_longest_note() -> None:
    world = World()
    put(world, 0, "Text.")
    for number in (1, 2):
        put(world, number, f"Text {number}.", "correction", "\U0001f98a" * 5_000)
    (kept,) = world.newest("a").corrections
    assert kept.number == 3
    assert len(kept.model_dump_json().encode()) <= MAX_ENTRY_CORRECTIONS_BYTES


def test_an_entry_shows_image_sources_topics_and_history_around_its_text() -> None:
    """SPEC E2, E3."""
    world = World()
    fields = {
        "topics": ["Harbour"],
        "sources": [
            {"title": "Port <log>", "url": "https://port.example/1", "publisher": "Port"},
            {"title": "Diary", "url": "https://diary.example/1"},
        ],
        "image": {"url": "https://port.example/a.jpg", "alt": "A gate", "credit": "R. Moss"},
    }
    world.put("a", hours(0), body="One.", **fields)
    world.settle()
    assert "History" not in content(world, "feed", "json")
    world.put("a", hours(1), body="Two.", **fields)
    world.settle()
    shown = content(world, "feed", "json")
    parts = [
        '<figure><img src="https://port.example/a.jpg" alt="A gate">',
        "<figcaption>R. Moss</figcaption>",
        "Two.",
        '<a href="https://port.example/1">Port &lt;log&gt;</a>, Port',
        '<a href="https://diary.example/1">Diary</a></li>',
        f'<a href="{SITE.url("topics/harbour/")}">Harbour</a>',
        f'<a href="{SITE.url(f"{PAGE}.html")}#changes">History</a>',
    ]
    positions = [shown.index(part) for part in parts]
    assert positions == sorted(positions)


def test_a_correction_that_does_not_move_its_modified_date_moves_updated() -> None:
    """SPEC V4: case 30; nothing hides the notice."""
    world = World()
    fixed = {"modified": (hours(0) - timedelta(hours=1)).isoformat()}
    world.put("a", hours(0), body="Six.", **fixed)
    world.put("a", hours(1), body="Seven.", revision={"kind": "correction", "note": NOTE}, **fixed)
    world.settle()
    entry = world.newest("a")
    assert (entry.kind, entry.updated, entry.is_corrected) == (
        RevisionKind.CORRECTION,
        hours(1),
        True,
    )


def test_the_xml_form_of_a_revision_has_its_kind_note_and_hashes() -> None:
    """SPEC V5: of each superseded revision, a withdrawal included."""
    world = corrected_world()
    put(world, 3, "It closes at seven.", "retraction", "The gate stays open.")
    put(world, 4, "It closes at seven.")
    hashes: list[str] = []
    for number, kind, note in (
        (1, "publication", None),
        (2, "correction", NOTE),
        (3, "retraction", "The gate stays open."),
    ):
        root = etree.fromstring(world.site()[f"{PAGE}.r{number}.xml"])
        (revision,) = root.findall("{urn:gazette:1}revision")
        assert (revision.get("number"), revision.get("kind")) == (str(number), kind)
        assert revision.get("note") == note
        assert revision.get("previous-sha256") == (hashes[-1] if hashes else None)
        hashes.append(revision.get("sha256") or "")
    assert hashes == [world.revision("a", number).entry.sha256 for number in (1, 2, 3)]


def test_the_page_of_the_current_version_shows_its_own_difference() -> None:
    """SPEC V5; the page of a superseded one does so after it."""
    world = corrected_world()
    page = etree.HTML(world.site()[f"{PAGE}.html"].decode())
    (shown,) = page.findall(".//section[@id='difference']")
    assert [each.text for each in shown.iter("ins")] == ["seven"]
    assert "<del>six</del>" in world.site()[f"{PAGE}.md"].decode()
    put(world, 2, "It closes at eight.", "minor", "A word.")
    page = etree.HTML(world.site()[f"{PAGE}.html"].decode())
    assert [each.text for each in page.findall(".//ins")] == ["eight"]
    put(world, 3, "It closes at eight.", "retraction", "It stays open.")
    page = etree.HTML(world.site()[f"{PAGE}.html"].decode())
    assert page.findall(".//section[@id='difference']") == []


def test_the_first_version_shows_no_difference() -> None:
    world = World()
    put(world, 0, "It closes at six.")
    page = etree.HTML(world.site()[f"{PAGE}.html"].decode())
    assert page.findall(".//section[@id='difference']") == []
