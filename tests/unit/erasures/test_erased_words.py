"""What stands in place of erased words is in the language of the site; programs read English."""

from dataclasses import replace

import pytest

from gazette.models.texts.catalogue import catalogue_of
from gazette.projections.erasures.erased_words import with_erased_words
from tests.unit.erasures.erasing import erase, worded
from tests.unit.publish.worlds import SITE, World, hours

GERMAN = replace(SITE, language="de")
SHOWN = (".html", ".md", ".rss", ".atom", ".xml", "feed.json", "updates.json", "corrections.json")


def erased_site(revisions: object) -> dict[str, str]:
    """Return what a German site shows of an event with erased revisions."""
    world = World(GERMAN)
    world.put("a", hours(0), **worded("wone"))
    world.ingest("a")
    world.settle()
    world.put("a", hours(1), **worded("wtwo"))
    world.ingest("a")
    erase(world, "a", hours(2), revisions)
    world.now = hours(2)
    world.ingest("a")
    world.settle()
    documents = world.store.documents.items()
    return {path: document.body.decode(errors="ignore") for path, document in documents}


@pytest.mark.parametrize("revisions", [[1], "all"])
def test_no_english_words_stand_in_place_of_erased_ones(revisions: object) -> None:
    """SPEC V10, V15."""
    site = erased_site(revisions)
    english = [
        path
        for path, body in site.items()
        if path.endswith(SHOWN) and ("event of 4 July" in body or "Erased on" in body)
    ]
    assert english == []
    pages = [body for path, body in site.items() if path.endswith(".r1.html")]
    assert "Meldung vom 4. Juli 2026" in pages[0]
    assert "Gelöscht am 4. Juli 2026: Personal data." in pages[0]


@pytest.mark.parametrize("revisions", [[1], "all"])
def test_the_history_for_programs_has_the_words_of_the_ledger(revisions: object) -> None:
    history = next(body for path, body in erased_site(revisions).items() if "history.json" in path)
    assert '"event of 4 July 2026"' in history
    assert "Erased on 4 July 2026: Personal data." in history


def test_a_revision_that_is_not_erased_keeps_its_words() -> None:
    world = World(GERMAN)
    world.put("a", hours(0), **worded("wone"))
    world.ingest("a")
    entry = world.newest("a")
    assert with_erased_words(catalogue_of("de"), entry) is entry
    elsewhere = entry.model_copy(update={"base_path": "elsewhere"})
    assert with_erased_words(catalogue_of("de"), elsewhere) is elsewhere
