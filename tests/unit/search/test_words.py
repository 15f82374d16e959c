"""The words of a text, in Python and in the script of the search page."""

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazette.models.identifiers.slugs import title_slug
from gazette.models.paths import event_path
from gazette.models.search.search_rows import SearchRow
from gazette.projections.search.filters import word_filter
from gazette.projections.search.words import folded, words_of
from gazette.renderers.json.search import render_search_part
from tests.unit.search.script import call_script, needs_node

# A browser may know characters that this Python does not: unassigned ones are left out.
CHARACTERS = st.characters(exclude_categories=("Cs", "Cn", "Co"))
# Where texts differ from their folded form, or are cut in another way.
TRICKY = st.sampled_from(
    "ßẞςΣİıŉǆÅﬁ½²Ⅷ가각ｶﾞがは々ー・สวัสดีမြန်မာខ្មែរ\u0301\u064b\u0640\u05b0'\u2019-+#_.\u200d👩\U00020000"
)
TITLES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
TEXTS = st.text(st.one_of(CHARACTERS, TRICKY), max_size=30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Harbour's quota", {"the", "harbour", "s", "quota"}),
        ("ÉCLAIR éclair e\u0301clair", {"eclair"}),
        ("Straße STRASSE", {"strasse"}),
        ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", {"οδυσσευσ"}),
        ("Ёлка ёлка елка", {"елка"}),
        ("مُحَمَّد محمد محـمد", {"محمد"}),
        ("שָׁלוֹם שלום", {"שלום"}),
        ("हिन्दी में", {"हिन्दी", "में"}),
        ("港の再開", {"港の", "の再", "再開"}),
        ("서울은 비", {"서울", "울은", "비"}),
        ("iPhone版", {"iphone", "版"}),
        ("ｶﾞｽ 100㎞", {"ガス", "100km"}),
        ("3.5 % of C++", {"3", "5", "of", "c"}),
        ("— … !", set()),
        ("", set()),
    ],
)
def test_the_words_of_a_text(text: str, words: set[str]) -> None:
    assert words_of(text) == words


@given(TEXTS)
def test_case_and_form_do_not_count(text: str) -> None:
    assert words_of(unicodedata.normalize("NFD", text)) == words_of(text)
    assert words_of(unicodedata.normalize("NFKC", text).upper()) == words_of(text)


@needs_node
@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
@given(st.lists(TEXTS, min_size=100, max_size=200))
def test_the_script_has_the_same_words(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    calls = [[name, text] for text in texts for name in ("wordsOf", "folded")]
    found = call_script(tmp_path_factory.mktemp("search"), calls)
    assert [set(words) for words in found[::2]] == [set(words_of(text)) for text in texts]
    assert found[1::2] == [folded(text) for text in texts]


def test_a_filter_has_a_byte_a_word() -> None:
    assert word_filter(()) == ""
    assert word_filter({"a", "b", "c"}) == word_filter(["c", "b", "a"])
    assert len(word_filter({str(number) for number in range(300)})) == 400


@needs_node
def test_the_script_finds_every_word_in_a_filter_and_few_others(tmp_path: Path) -> None:
    words = [*(f"word {number}" for number in range(400)), *"港湾éñß"]
    others = [f"other {number}" for number in range(1000)]
    calls = [["mayHave", word_filter(words), word] for word in (*words, *others)]
    found = call_script(tmp_path, calls)
    assert all(found[: len(words)])
    assert sum(found[len(words) :]) < 50


@needs_node
def test_without_a_filter_any_word_may_be_there(tmp_path: Path) -> None:
    assert call_script(tmp_path, [["mayHave", "", "fox"]]) == [True]


@needs_node
def test_one_character_of_a_script_without_spaces_may_be_anywhere(tmp_path: Path) -> None:
    query = call_script(tmp_path, [["queryOf", "港 再開 Quota"]])[0]
    assert query == {"words": ["再開", "quota"], "alone": ["港"]}
    event = {"title": "Quota: 港の再開", "topics": []}
    other = {"title": "Quota", "topics": [{"slug": "x", "label": "再開"}]}
    assert call_script(tmp_path, [["hasAll", each, query] for each in (event, other)]) == [
        *(True, False)
    ]


def paths_of(rows: list[SearchRow], folder: Path) -> list[str]:
    """Return the paths to which the script leads."""
    events = json.loads(render_search_part(rows, "en"))["events"]
    made = call_script(folder, [["pathOf", event[0], event[2]] for event in events])
    return [event[1] or path for event, path in zip(events, made, strict=True)]


@needs_node
@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.dates(), st.one_of(TITLES, TEXTS)), min_size=50, max_size=100))
def test_the_script_leads_to_the_path_of_every_event(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[date, str]]
) -> None:
    rows = [
        SearchRow(day=day, position=0, title=title, base_path=event_path(day, title_slug(title)))
        for day, title in events
    ]
    rows.append(rows[0].model_copy(update={"base_path": "news/2026/07/4/elsewhere"}))
    assert paths_of(rows, tmp_path_factory.mktemp("search")) == [row.base_path for row in rows]


def test_a_path_that_follows_from_the_title_is_left_out() -> None:
    row = SearchRow(
        day=date(2026, 7, 4), position=0, title="Quota: cut!", base_path="news/2026/07/4/quota-cut"
    )
    assert json.loads(render_search_part([row], "en"))["events"][0][1] == ""
