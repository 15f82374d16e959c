"""The catalogue in every language: nothing is missing, and every form fits its count and CLDR."""

import re
from collections.abc import Iterable
from pathlib import Path
from runpy import run_path

import pytest
from babel import Locale

from gazette.models.texts import catalogue
from gazette.models.texts.catalogue import Catalogue, catalogue_of, language_of
from gazette.models.texts.english import TEXTS, Text
from gazette.models.texts.plurals import RULES

FOLDER = Path(catalogue.__file__).parent
TRANSLATIONS = sorted(
    file.name.removesuffix(".json") for file in (FOLDER / "translations").glob("*.json")
)
GENERATOR = run_path(str(Path(__file__).parents[3] / ".ci" / "cldr.py"))
LOCALES: dict[str, str] = GENERATOR["LOCALES"]
COUNTS = (*range(300), 1_000, 1_001, 5_000, 1_000_000, 2_000_000, 1_000_005)
ASKED = [
    "en",
    "es",
    "fr",
    "de",
    "pt",
    "it",
    "nl",
    "pl",
    "uk",
    "ru",
    "tr",
    "ar",
    "he",
    "fa",
    "hi",
    "zh-Hans",
    "zh-Hant",
    "ja",
    "ko",
    "id",
    "sw",
]
FIELD = re.compile(r"\{[a-z0-9_]*\}")
IN_LANGUAGES = pytest.mark.parametrize("language", sorted(RULES))
IN_TRANSLATIONS = pytest.mark.parametrize("language", TRANSLATIONS)


def translation(language: str) -> dict[str, Text]:
    texts = catalogue._TRANSLATION.validate_json(catalogue._file("translations", language))
    return dict(texts)


def forms_of(text: Text) -> tuple[str, ...]:
    return tuple(text.values()) if isinstance(text, dict) else (text,)


def categories(language: str) -> set[str]:
    return {"other", *Locale.parse(LOCALES[language]).plural_form.tags}


def counts_of(language: str, category: str) -> list[int]:
    return [count for count in COUNTS if RULES[language](count) == category]


def test_every_language_has_its_texts_its_plurals_and_its_forms() -> None:
    assert set(RULES) == set(LOCALES) == set(ASKED)
    assert {*TRANSLATIONS, "en"} == set(RULES)
    assert {file.name.removesuffix(".json") for file in (FOLDER / "cldr").iterdir()} == set(RULES)


@IN_TRANSLATIONS
def test_no_text_is_missing(language: str) -> None:
    missing = sorted(set(TEXTS) - set(translation(language)))
    unknown = sorted(set(translation(language)) - set(TEXTS))
    assert (missing, unknown) == ([], [])


@IN_TRANSLATIONS
def test_the_order_is_that_of_the_english_texts(language: str) -> None:
    assert list(translation(language)) == list(TEXTS)


@IN_TRANSLATIONS
def test_a_translation_has_the_placeholders_of_the_english_text(language: str) -> None:
    for key, text in translation(language).items():
        expected = set(FIELD.findall(forms_of(TEXTS[key])[-1]))
        assert isinstance(text, dict) == isinstance(TEXTS[key], dict), key
        for form in forms_of(text):
            left_out = expected - set(FIELD.findall(form))
            assert set(FIELD.findall(form)) <= expected, (key, form)
            assert left_out <= {"{count}"}, (key, form)
            if left_out:
                assert isinstance(text, dict)
                category = next(name for name, each in text.items() if each == form)
                # "Two events" names its count.
                assert len(counts_of(language, category)) == 1, (key, form)


@IN_LANGUAGES
def test_a_plural_has_the_forms_of_its_language(language: str) -> None:
    plurals = [text for text in catalogue_of(language).texts.values() if isinstance(text, dict)]
    assert len(plurals) > 5
    assert {frozenset(text) for text in plurals} == {frozenset(categories(language))}


@IN_TRANSLATIONS
def test_a_text_is_plain_and_has_no_stray_space(language: str) -> None:
    for key, text in translation(language).items():
        for form in forms_of(text):
            assert not re.search(r"[<>&\"\\\n\t]|  ", form), (key, form)
            assert form, key
            assert key == "list.comma" or form == form.strip(), (key, form)


@IN_TRANSLATIONS
def test_most_texts_are_not_the_english_ones(language: str) -> None:
    sentences = [key for key, text in TEXTS.items() if " " in forms_of(text)[-1].strip(" ,{}")]
    same = [key for key in sentences if translation(language)[key] == TEXTS[key]]
    allowed = {"page.title", "subscribe.link", "kind.title", "feed.title", "changes_feed.title"}
    allowed |= {"changes.kind_and_time", "event.ended", "date.moment", "fingerprint.hash"}
    assert set(same) <= allowed


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("pl", 5, "5 wiadomości"),
        ("pl", 22, "22 wiadomości"),
        ("ru", 21, "21 новость"),
        ("ru", 11, "11 новостей"),
        ("ar", 2, "خبران"),
        ("ar", 3, "3 أخبار"),
        ("ar-EG", 11, "١١ خبرًا"),
        ("he", 2, "שתי ידיעות"),
        ("ja", 1, "1件の記事"),
        ("fr", 0, "0 article"),
        ("fr", 1_000_000, "1\u202f000\u202f000 d’articles"),
    ],
)
def test_a_count_has_the_form_of_its_number(language: str, count: int, expected: str) -> None:
    assert catalogue_of(language)("count.event", count=count) == expected


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("pt-BR", "pt"),
        ("de-CH-1996", "de"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Latn", None),
        ("ZH-tw", "zh-Hant"),
        ("ar-Arab-EG", "ar"),
        ("de-Latn", "de"),
        ("PT-br", "pt"),
        ("hi-Latn", None),
        ("iw", "he"),
        ("in", "id"),
        ("gu", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_has_the_catalogue_of_its_language_in_its_script(
    tag: str | None, language: str | None
) -> None:
    assert language_of(tag) == language
    assert catalogue_of(tag).language == (language or "en")


def test_a_text_that_a_translation_lacks_is_english() -> None:
    lacking = {key: text for key, text in translation("de").items() if key != "page.next"}
    texts = TEXTS | lacking
    shown = Catalogue("de", texts, catalogue_of("de").forms, RULES["de"])
    assert (shown("page.next"), shown("page.previous")) == ("Next", "Zurück")


@IN_LANGUAGES
def test_a_label_of_the_ledger_is_shown_in_the_language(language: str) -> None:
    texts = catalogue_of(language)
    assert texts.stored("Sources") == texts("field.sources")
    assert texts.stored("Links, formatting or other data changed.") == texts("difference.other")
    assert texts.stored("words of an event") == "words of an event"


def test_a_list_has_the_comma_of_the_language() -> None:
    names: Iterable[str] = ("a", "b")
    assert [catalogue_of(tag).joined(names) for tag in ("en", "ar", "ja")] == [
        "a, b",
        "a، b",
        "a、b",
    ]
