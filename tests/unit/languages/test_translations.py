"""The catalogue in every language: nothing is missing, and every form fits its count and CLDR."""

import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from runpy import run_path

import pytest
from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.identifiers.languages import direction
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


def latin(text: str) -> str:
    """Write digits of any script as Babel does, which knows only ours."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


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


@IN_LANGUAGES
def test_a_plural_follows_cldr(language: str) -> None:
    rule = Locale.parse(LOCALES[language]).plural_form
    assert {n: RULES[language](n) for n in COUNTS} == {n: rule(n) for n in COUNTS}


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


@IN_LANGUAGES
def test_the_forms_are_those_that_make_cldr_writes(language: str) -> None:
    written = (FOLDER / "cldr" / f"{language}.json").read_text(encoding="utf-8")
    assert written == GENERATOR["written"](language)


@IN_LANGUAGES
def test_dates_are_those_of_cldr(language: str) -> None:
    texts, locale = catalogue_of(language), LOCALES[language]
    for day in (date(2026, 1, 1) + timedelta(days=days) for days in range(0, 366, 5)):
        assert latin(texts.long_date(day)) == format_date(day, "long", locale)
        assert latin(texts.day_and_month(day)) == format_skeleton("MMMMd", day, locale=locale)
        month = latin(texts.month_and_year(day.year, day.month))
        expected = format_skeleton("yMMMM", day, locale=locale)
        assert month == expected[:1].upper() + expected[1:]


@IN_LANGUAGES
@given(st.integers(0, 10**12))
def test_numbers_are_those_of_cldr(language: str, number: int) -> None:
    locale = Locale.parse(LOCALES[language])
    expected = format_decimal(number, locale=locale, numbering_system="default")
    assert latin(catalogue_of(language).number(number)) == expected


@pytest.mark.parametrize(
    ("language", "day", "month", "number", "moment"),
    [
        ("en", "16 October 2026", "October 2026", "1,234", "16 October 2026, 08:05 UTC"),
        ("de", "16. Oktober 2026", "Oktober 2026", "1.234", "16. Oktober 2026, 08:05 UTC"),
        ("es", "16 de octubre de 2026", "Octubre de 2026", "1.234", None),
        ("pl", "16 października 2026", "Październik 2026", "1\xa0234", None),
        ("he", "16 באוקטובר 2026", "אוקטובר 2026", "1,234", "16 באוקטובר 2026, 08:05 UTC"),
        ("fa", "۱۶ اکتبر ۲۰۲۶", "اکتبر ۲۰۲۶", "۱٬۲۳۴", "۱۶ اکتبر ۲۰۲۶، ۰۸:۰۵ UTC"),
        ("ar", "16 أكتوبر 2026", "أكتوبر 2026", "1,234", "16 أكتوبر 2026، 08:05 UTC"),
        ("ar-EG", "١٦ أكتوبر ٢٠٢٦", "أكتوبر ٢٠٢٦", "١٬٢٣٤", "١٦ أكتوبر ٢٠٢٦، ٠٨:٠٥ UTC"),
        ("ja", "2026年10月16日", "2026年10月", "1,234", "2026年10月16日 08:05 UTC"),
        ("pt-BR", "16 de outubro de 2026", "Outubro de 2026", "1.234", None),
    ],
)
def test_a_day_a_month_a_number_and_a_moment_are_written_out(
    language: str, day: str, month: str, number: str, moment: str | None
) -> None:
    texts, at = catalogue_of(language), datetime(2026, 10, 16, 8, 5, tzinfo=UTC)
    assert texts.long_date(at) == day
    assert texts.month_and_year(2026, 10) == month
    assert texts.number(1234) == number
    assert moment in (None, texts.moment(at))


@IN_LANGUAGES
def test_a_weekday_fits_the_column_of_a_telephone_and_has_its_full_name(language: str) -> None:
    data = catalogue_of(language).forms
    assert max(map(len, data.weekdays)) <= 5
    assert len(data.weekdays) == 7
    assert len(data.weekdays_full) in {0, 7}


def test_hindi_has_groups_of_two_digits() -> None:
    assert catalogue_of("hi").number(123456789) == "12,34,56,789"


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


def test_the_directions_are_those_of_cldr() -> None:
    file = FOLDER.parent / "identifiers" / "right_to_left.json"
    assert file.read_text(encoding="utf-8") == GENERATOR["right_to_left"]()
    for tag, likely in get_global("likely_subtags").items():
        language, *subtags = tag.split("_")
        if all(len(subtag) == 2 for subtag in subtags):
            script = likely.split("_")[1]
            expected = direction(f"{language}-{script}")
            assert direction(tag.replace("_", "-")) == expected, tag


def test_a_site_is_published_without_babel() -> None:
    """Loading it would make each cold start longer."""
    program = """
import sys
from tests.unit.languages.test_site_language import published
assert published("ar")["index.html"]
assert "babel" not in sys.modules, "loaded"
"""
    core = str(FOLDER.parents[2])
    root = str(Path(__file__).parents[3])
    done = subprocess.run(  # noqa: S603  # a program of our own
        [sys.executable, "-c", program],
        env={"PYTHONPATH": f"{root}:{core}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
