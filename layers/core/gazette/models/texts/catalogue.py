"""The words of the site in one language: its texts, and how it writes dates and numbers.

A language is loaded when its first document is made. A text that a translation lacks is English.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from gazette.models.texts.english import TEXTS, Text
from gazette.models.texts.forms import Forms
from gazette.models.texts.plurals import RULES, PluralRule

_HERE = Path(__file__).parent
ENGLISH = "en"
# The codes by which languages are known, too.
_SAME = {"iw": "he", "in": "id"}
_SCRIPTS = {"hans": "zh-Hans", "hant": "zh-Hant"}
_USUAL_SCRIPTS = {
    "ar": "arab",
    "fa": "arab",
    "he": "hebr",
    "hi": "deva",
    "ja": "jpan",
    "ko": "kore",
    "ru": "cyrl",
    "uk": "cyrl",
}
_TRADITIONAL = {"tw", "hk", "mo"}
_SCRIPT_LETTERS = 4
_TRANSLATION = TypeAdapter(dict[str, Text])
# The ledger has the first of these in the differences of revisions, the settings the last.
_STORED = {
    TEXTS[key]: key
    for key in TEXTS
    if key.startswith("field.") or key in {"difference.other", "site.description"}
}


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All texts in one language; call it with a key.

    A text has named placeholders, and a form for each plural category of the language where it
    depends on ``count``. Texts are plain: a renderer escapes them for its format.
    """

    language: str
    texts: Mapping[str, Text]
    forms: Forms
    plural: PluralRule

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled.

        Raises:
            KeyError: the catalogue has no such text, or a placeholder has no value.
        """
        return self.pattern(key, values.get("count")).format(**self.shown(values))

    def pattern(self, key: str, count: object = None) -> str:
        """Return a text with its placeholders, in the form for ``count`` if it has a plural.

        Raises:
            KeyError: the catalogue has no such text.
        """
        found = self.texts[key]
        if isinstance(found, str):
            return found
        return found[self.plural(count) if isinstance(count, int) else "other"]

    def shown(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the values of placeholders as readers see them: numbers are written out."""
        return {
            name: self._number(name, value) if isinstance(value, int) else value
            for name, value in values.items()
        }

    def _number(self, name: str, value: int) -> str:
        return self.number(value) if name == "count" else self.forms.digits(value)

    def number(self, count: int) -> str:
        return self.forms.grouped(count)

    def digits(self, number: int | str) -> str:
        return self.forms.digits(number)

    def stored(self, english: str) -> str:
        """Return a text that ledger or settings have in English; others stay as they are."""
        return self(_STORED[english]) if english in _STORED else english

    def joined(self, words: Iterable[str]) -> str:
        """Return words as a list, with the comma of the language."""
        return self("list.comma").join(words)

    def long_date(self, day: date) -> str:
        return self.forms.written(self.forms.day_month_year, day)

    def day_and_month(self, day: date) -> str:
        return self.forms.written(self.forms.day_and_month, day)

    def month_and_year(self, year: int, month: int) -> str:
        return _capital(self.forms.written(self.forms.month_and_year, date(year, month, 1)))

    def month_name(self, month: int) -> str:
        return _capital(self.forms.months_alone[month - 1])

    def moment(self, moment: datetime, zone: str = "UTC") -> str:
        """Return a moment as clocks in its zone show it, with the zone's name."""
        time = self.digits(f"{moment:%H:%M}")
        return self("date.moment", date=self.long_date(moment), time=time, zone=zone)


def _capital(name: str) -> str:
    """Return a name as a heading or a link begins with it."""
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=256)
def language_of(tag: str | None) -> str | None:
    """Return the language in which there is a catalogue for a tag (BCP 47), or None."""
    language, *subtags = (tag or "").lower().split("-")
    scripts = [each for each in subtags if len(each) == _SCRIPT_LETTERS and each.isalpha()]
    language = _SAME.get(language, language)
    if language == "zh":
        traditional = "hant" if _TRADITIONAL.intersection(subtags) else "hans"
        return _SCRIPTS.get(scripts[0] if scripts else traditional)
    is_usual = not scripts or scripts[0] == _USUAL_SCRIPTS.get(language, "latn")
    return language if language in RULES and is_usual else None


@lru_cache(maxsize=256)
def catalogue_of(tag: str | None) -> Catalogue:
    """Return the catalogue for a language tag, or the English one."""
    found = _catalogue(language_of(tag) or ENGLISH)
    own = found.forms.regions.keys() & (tag or "").upper().split("-")
    if not own:
        return found
    zero, group = found.forms.regions[own.pop()]
    forms = found.forms.model_copy(update={"zero": zero, "group": group})
    return replace(found, forms=forms)


@cache
def _catalogue(language: str) -> Catalogue:
    forms = Forms.model_validate_json(_file("cldr", language))
    return Catalogue(language, TEXTS | _translated(language), forms, RULES[language])


def _translated(language: str) -> dict[str, Text]:
    if language == ENGLISH:
        return {}
    return _TRANSLATION.validate_json(_file("translations", language))


def _file(folder: str, language: str) -> bytes:
    return (_HERE / folder / f"{language}.json").read_bytes()
