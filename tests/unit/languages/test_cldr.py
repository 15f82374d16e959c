"""Dates, numbers, plurals and directions are those of CLDR, as Babel has them."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.identifiers.languages import direction
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.texts.plurals import RULES
from tests.unit.languages.test_translations import (
    COUNTS,
    FOLDER,
    GENERATOR,
    IN_LANGUAGES,
    LOCALES,
)


def latin(text: str) -> str:
    """Write digits of any script as Babel does, which knows only ours."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


@IN_LANGUAGES
def test_a_plural_follows_cldr(language: str) -> None:
    rule = Locale.parse(LOCALES[language]).plural_form
    assert {n: RULES[language](n) for n in COUNTS} == {n: rule(n) for n in COUNTS}


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
