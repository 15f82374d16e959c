"""What is rendered once and used again depends on the language of the site.

A warm function serves one site, but tests, previews and commands make several in one process.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import gazette
from gazette.models.ledger.entry import CorrectionRef
from gazette.models.site import Site
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.views.feed import Feed
from gazette.projections.feeds.event_feeds import feed_items
from gazette.projections.pages.lists import list_events
from gazette.renderers.feeds.atom import render_atom
from gazette.renderers.feeds.json_feed import render_json_feed
from gazette.renderers.feeds.rss import render_rss
from gazette.renderers.pages.html import _listed_event
from gazette.runtime.code_digest import release_of
from tests.unit.feeds.feeds_examples import feed
from tests.unit.pages.page_examples import ENTRY, make_frame
from tests.unit.publish.worlds import SITE

GERMAN = replace(SITE, language="de")
# Each entry is one object, as in a warm function.
_CORRECTION = CorrectionRef(
    number=2, at=ENTRY.updated, note="There are three.", base_path=ENTRY.base_path
)
CORRECTED = ENTRY.model_copy(update={"language": None, "corrections": (_CORRECTION,)})


def listed(site: Site, language: str) -> str:
    (event,) = list_events(site, (CORRECTED,))
    frame = replace(make_frame(), language="de", texts=catalogue_of(language))
    return str(_listed_event(event, 2, frame, is_brief=False))


def test_a_listed_event_has_the_words_of_the_page_around_it() -> None:
    english, german = listed(SITE, "en"), listed(SITE, "de")
    assert "Corrected" in english
    assert "Korrigiert am" in german
    assert listed(SITE, "en") == english


@pytest.mark.parametrize("render", [render_rss, render_atom, render_json_feed])
def test_an_entry_of_a_feed_has_the_words_of_its_site(render: Callable[[Feed], bytes]) -> None:
    def content(site: Site) -> str:
        return render(feed(*feed_items(site, (CORRECTED,)))).decode()

    english, german = content(SITE), content(GERMAN)
    assert "What changed" in english
    assert "Was sich geändert hat" in german
    assert "What changed" not in german
    assert content(SITE) == english


def test_a_setting_of_the_language_gives_another_release() -> None:
    assert release_of(SITE) != release_of(GERMAN)


@pytest.mark.parametrize("file", ["translations/de.json", "cldr/de.json", "english.py"])
def test_a_corrected_text_gives_another_release(tmp_path: Path, file: str) -> None:
    """A night compares all documents again after a release of another name."""
    copy = tmp_path / "gazette"
    package = Path(gazette.__file__).parent
    copytree(package, copy, ignore=ignore_patterns("__pycache__"))
    text = copy / "models" / "texts" / file
    text.write_text(text.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert release_of(SITE, copy) != release_of(SITE)
