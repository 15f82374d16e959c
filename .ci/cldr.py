"""Writes the dates, numbers and plurals of the site's languages as data, from Babel's CLDR.

Run by `make cldr`. Lambda reads the files; loading Babel for it would make every cold start longer.
"""

import json
import re
from pathlib import Path

from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

_MODELS = Path(__file__).parents[1] / "layers/core/gazette/models"
_RIGHT_TO_LEFT_SCRIPTS = frozenset(
    {"Adlm", "Arab", "Armi", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)
# CLDR files Western Punjabi under the macrolanguage.
_UNKNOWN_TO_CLDR = {"pnb": True}
# By the name of the catalogue: which locale its forms are from. English dates are not American.
LOCALES = {
    "ar": "ar",
    "de": "de",
    "en": "en_001",
    "es": "es",
    "fa": "fa",
    "fr": "fr",
    "he": "he",
    "hi": "hi",
    "id": "id",
    "it": "it",
    "ja": "ja",
    "ko": "ko",
    "nl": "nl",
    "pl": "pl",
    "pt": "pt",
    "ru": "ru",
    "sw": "sw",
    "tr": "tr",
    "uk": "uk",
    "zh-Hans": "zh_Hans",
    "zh-Hant": "zh_Hant",
}
# A column of a month on a telephone.
_LONGEST_WEEKDAY = 5
_ZEROS = {"latn": "0", "arab": "\u0660", "arabext": "\u06f0"}
_FIELDS = {
    "d": "{day}",
    "M": "{number}",
    "MMMM": "{month}",
    "LLLL": "{alone}",
    "y": "{year}",
}
_PIECE = re.compile(r"'([^']*)'|([A-Za-z]+)|([^'A-Za-z]+)")


def forms_of(name: str) -> dict[str, object]:
    """Return what a page needs of a locale."""
    locale = Locale.parse(LOCALES[name])
    skeletons = locale.datetime_skeletons
    pattern = locale.decimal_formats[None].pattern.partition(".")[0]
    first, *rest = map(len, reversed(pattern.split(",")[1:]))
    zero, group = _digits(locale)
    is_long = max(map(len, _weekdays(locale, "abbreviated"))) > _LONGEST_WEEKDAY
    return {
        "day_month_year": _fields(locale.date_formats["long"].pattern),
        "month_and_year": _fields(skeletons["yMMMM"].pattern),
        "day_and_month": _fields(skeletons["MMMMd"].pattern),
        "months": [locale.months["format"]["wide"][month] for month in range(1, 13)],
        "months_alone": [locale.months["stand-alone"]["wide"][month] for month in range(1, 13)],
        "weekdays": _weekdays(locale, "narrow" if is_long else "abbreviated"),
        "weekdays_full": _weekdays(locale, "wide") if is_long else [],
        "zero": zero,
        "group": group,
        "groups": [first, *rest] if rest else [first, first],
        "regions": _regions(locale),
    }


def _weekdays(locale: Locale, width: str) -> list[str]:
    return [locale.days["stand-alone"][width][day] for day in range(7)]


def _digits(locale: Locale) -> tuple[str, str]:
    """Return the digit zero, and the sign between groups of digits."""
    system = locale.default_numbering_system
    return _ZEROS[system], locale.number_symbols[system]["group"]


def _regions(locale: Locale) -> dict[str, tuple[str, str]]:
    """Return the regions that write a language with other digits."""
    others = (Locale.parse(name) for name in sorted(locale_identifiers()))
    return {
        other.territory: _digits(other)
        for other in others
        if other.language == locale.language
        and other.territory
        and not other.script
        and other.default_numbering_system != locale.default_numbering_system
    }


def _fields(pattern: str) -> str:
    """Return a pattern of CLDR with named fields."""
    pieces = _PIECE.findall(pattern)
    return "".join(
        quoted or (_FIELDS[field] if field else other) for quoted, field, other in pieces
    )


def written(name: str) -> str:
    return json.dumps(forms_of(name), ensure_ascii=False, indent=1) + "\n"


def right_to_left() -> str:
    """Return the languages written from right to left, and the regions that differ from theirs."""
    likely = get_global("likely_subtags")
    by_tag = {
        tag.replace("_", "-"): subtags.split("_")[1] in _RIGHT_TO_LEFT_SCRIPTS
        for tag, subtags in likely.items()
        if re.fullmatch("[a-z]+(_[A-Z]{2})?", tag)
    } | _UNKNOWN_TO_CLDR
    found = {
        tag: is_right_to_left
        for tag, is_right_to_left in sorted(by_tag.items())
        if is_right_to_left != ("-" in tag and by_tag.get(tag.partition("-")[0], False))
    }
    return json.dumps(found, indent=0) + "\n"


def main() -> None:
    """Write one file a language, and that of the directions."""
    for name in LOCALES:
        (_MODELS / f"texts/cldr/{name}.json").write_text(written(name), encoding="utf-8")
    (_MODELS / "identifiers/right_to_left.json").write_text(right_to_left(), encoding="utf-8")


if __name__ == "__main__":
    main()
