"""A site in another language: only the words of its events are in theirs."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import etree, html

from gazette.delivery.memory import MemorySiteStore
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.texts.english import TEXTS
from gazette.models.texts.plurals import RULES
from gazette.renderers.pages.html import (
    render_calendar,
    render_event,
    render_home,
    render_list,
    render_missing,
    render_moved,
    render_revision,
)
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.golden.changes import CHANGES
from tests.golden.test_golden import SITE
from tests.unit.pages import page_examples as examples
from tests.unit.pages import revision_examples as revisions
from tests.unit.publish.worlds import World, hours

# Names of formats and of the program are no texts, and these words are the same elsewhere.
NAMES = {"UTC", "SHA-256", "RSS", "OPML", "JSON", "Gazette"}
FIELD = re.compile(r"\{[a-z0-9_]*\}")
SITES = pytest.mark.parametrize("language", ["ar", "de", "ja"])


@cache
def published(language: str) -> dict[str, str]:
    """Return the documents of the golden archive, by path, as a site in a language."""
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(replace(SITE, language=language), store, calls)
    for change in CHANGES:
        engine.apply(change)
        engine.settle()
    return {path: each.body.decode(errors="ignore") for path, each in store.documents.items()}


def pages(language: str) -> Iterator[tuple[str, html.HtmlElement]]:
    """Yield the pages that speak the language of the site."""
    for path, body in published(language).items():
        if path.endswith(".html"):
            page = html.document_fromstring(body.encode())
            if page.get("lang") == language:
                yield path, page


def literals(language: str) -> set[str]:
    """Return what the texts of a language say around their fields."""
    texts = catalogue_of(language).texts.values()
    shown = [
        form for text in texts for form in (text.values() if isinstance(text, dict) else [text])
    ]
    pieces = {piece.strip(" .,:;()–") for form in shown for piece in FIELD.split(form)}
    return {piece for piece in pieces if len(piece) > 1} - NAMES


def said(page: html.HtmlElement) -> Iterator[str]:
    """Yield the words of a page that readers see or hear."""
    yield from page.itertext("title")
    for element in page.find("body").iter():
        if element.get("aria-label"):
            yield element.get("aria-label")
        yield from filter(None, (element.text, element.tail))


def english_in(page: html.HtmlElement, english: set[str]) -> set[str]:
    return {words.strip(" .,:;()\n") for words in said(page)} & english


def test_an_english_site_has_english_labels() -> None:
    english = literals("en")
    found = {words for _, page in pages("en") for words in english_in(page, english)}
    assert len(found) > 60


@SITES
def test_no_english_label_is_on_a_page_of_a_site_in_another_language(language: str) -> None:
    english = literals("en") - literals(language)
    found = {path: words for path, page in pages(language) if (words := english_in(page, english))}
    assert found == {}


def example_pages(language: str) -> Iterator[bytes]:
    """Yield a page of each kind in a language."""
    texts = catalogue_of(language)
    own = {"language": language, "texts": texts, "site_language": language}
    words = {"site_title": "X", "title": "X", "description": "X", "breadcrumb": (), "feeds": ()}
    frame = replace(examples.make_frame(), **own, **words)  # type: ignore[arg-type]
    event = replace(revisions.make_page_with_history(), frame=frame, language=language)
    yield render_event(event)
    yield render_event(replace(examples.make_withdrawn_page(), frame=frame))
    yield render_revision(replace(revisions.make_revision_page(), event=event))
    yield render_moved(replace(examples.make_moved_page(), frame=frame))
    yield render_missing(frame)
    yield render_list(replace(examples.make_list_page(), frame=frame, count=2))
    yield render_home(replace(examples.make_list_page(), frame=frame))
    yield render_calendar(replace(examples.make_calendar_page(), frame=frame))


@pytest.mark.parametrize("language", sorted(set(RULES) - {"en"}))
def test_no_page_of_any_kind_has_an_english_label(language: str) -> None:
    english, own = literals("en") - literals(language), literals(language)
    for body in example_pages(language):
        page = html.document_fromstring(body)
        assert english_in(page, english) == set()
        assert english_in(page, own)


@SITES
def test_every_page_has_labels_of_the_language(language: str) -> None:
    own = literals(language)
    shown = [(path, len(english_in(page, own))) for path, page in pages(language)]
    assert len(shown) > 30
    assert [path for path, count in shown if count < 8] == []


@SITES
def test_no_english_sentence_is_in_markdown_or_a_feed(language: str) -> None:
    sentences = {each for each in literals("en") if " " in each and len(each) > 10}
    found = {
        (path, sentence)
        for path, body in published(language).items()
        if path.endswith((".md", ".rss", ".atom", ".opml", "feed.json", ".xml"))
        for sentence in sentences
        if sentence in body and sentence not in BY_EVENTS
    }
    assert found == set()


# What the events of the archive say themselves.
BY_EVENTS = {"published"}


@SITES
def test_markdown_and_feeds_have_labels_of_the_language(language: str) -> None:
    texts, site = catalogue_of(language), published(language)
    calendar = site["news/index.md"]
    assert texts("calendar.title") in calendar
    assert texts("subscribe.heading") in calendar
    feed = etree.fromstring(site["corrections.atom"].encode())
    titles = [element.text or "" for element in feed.iter("{*}title")]
    assert texts("corrections.name") in titles[0]
    assert any(title.startswith(texts("kind.correction")) for title in titles[1:])
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language


@SITES
def test_what_a_difference_says_aloud_is_in_the_language(language: str) -> None:
    css = published(language)["assets/gazette.css"]
    texts = catalogue_of(language)
    assert f"[{texts('difference.inserted')}]" in css
    assert "[inserted]" not in css


def test_an_event_of_another_language_has_a_page_in_its_own() -> None:
    """The page, its Markdown and its history are in Arabic; its entry on a German list is not."""
    arabic, german = catalogue_of("ar"), catalogue_of("de")
    site = published("de")
    own = next(path for path in site if path.endswith("جديد.html"))
    page = html.document_fromstring(site[own].encode())
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert not english_in(page, literals("de") - literals("ar"))
    assert arabic("changes.heading") in site[own.replace(".html", ".md")]
    home = html.document_fromstring(site["index.html"].encode())
    assert home.get("lang") == "de"
    headlines = (each for each in home.iter("h2", "h3") if each.get("lang") == "ar")
    headline = next(headlines)
    assert (headline.get("dir"), headline[0].get("hreflang")) == ("rtl", "ar")
    assert german("section.corrections") in [text.strip() for text in home.itertext()]


def test_the_history_and_the_revisions_of_an_event_speak_its_language() -> None:
    arabic = catalogue_of("ar")
    world = World(replace(SITE, language="de"))
    for hour, body in enumerate(("One.", "Two.")):
        world.put("a", hours(hour), title="Lantern", language="ar", body=body)
    world.settle()
    site, base_path = world.site(), "news/2026/07/4/lantern"
    assert arabic("history.title", title="") in site[f"{base_path}.history.atom"].decode()
    assert arabic("notice.is_superseded") in site[f"{base_path}.r1.html"].decode()


def test_the_name_of_the_site_and_its_menu_lead_to_its_language() -> None:
    site = published("de")
    own = next(path for path in site if path.endswith("جديد.html"))
    page = html.document_fromstring(site[own].encode())
    menu = [link for link in page.iter("a") if link.get("href", "").endswith("/topics/")]
    assert [link.get("hreflang") for link in menu] == ["de"]
    name = next(link for link in page.iter("a") if link.text == SITE.title)
    assert name.get("lang") == "de"
    home = html.document_fromstring(site["index.html"].encode())
    assert all(link.get("hreflang") in {None, "ar"} for link in home.iter("a"))


def test_a_description_that_nobody_has_written_is_in_the_language() -> None:
    german = replace(SITE, language="de")
    assert german.shown_description == catalogue_of("de")("site.description")
    assert german.in_language("ja").shown_description == catalogue_of("ja")("site.description")
    template = Path(__file__).parents[3] / "template.yaml"
    assert f"Default: {TEXTS['site.description']}" in template.read_text()
    written = replace(german, description="Aus dem Hafen.")
    assert written.shown_description == "Aus dem Hafen."


def test_a_narrow_weekday_says_its_name() -> None:
    months = [page for path, page in pages("ar") if path.endswith("2026/03/index.html")]
    heads = [(cell.text, cell.get("aria-label")) for cell in months[0].iter("th")]
    assert heads[0] == ("ن", "الاثنين")


def test_an_event_of_a_language_without_texts_has_those_of_the_site() -> None:
    german = SITE.__class__(SITE.base_url, SITE.tag_authority, language="de")
    assert german.in_language("gu") is german
    assert german.in_language(None) is german
    assert german.in_language("de") is german
    assert german.in_language("ja").texts.language == "ja"


def test_a_site_of_a_language_without_texts_is_english() -> None:
    gujarati = replace(SITE, language="gu")
    assert gujarati.texts.language == "en"


def test_programs_read_the_same_labels_in_every_language() -> None:
    """The verification of a history compares its labels."""
    histories = [
        {path: body for path, body in published(language).items() if ".history.json" in path}
        for language in ("en", "de")
    ]
    assert histories[0] == histories[1]
