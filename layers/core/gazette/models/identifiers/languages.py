"""Language tags (BCP 47, RFC 5646) and the direction of their scripts."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from gazette.models.identifiers.iso_639 import SHORTER

_WELL_FORMED = re.compile(
    r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8})(?:-[A-Za-z0-9]{1,8})*|[Xx](?:-[A-Za-z0-9]{1,8})+", re.ASCII
)
# The two-letter codes of the registry (IANA), obsolete ones included: no others will be added.
_SECOND_LETTERS = {
    "a": "abefkmnrsvyz",
    "b": "aeghimnors",
    "c": "aehorsuvy",
    "d": "aevz",
    "e": "elnostu",
    "f": "afijory",
    "g": "adlnuv",
    "h": "aeiortuyz",
    "i": "adegiknostuw",
    "j": "aivw",
    "k": "agijklmnorsuvwy",
    "l": "abginotuv",
    "m": "ghiklnorsty",
    "n": "abdeglnorvy",
    "o": "cjmrs",
    "p": "ailst",
    "q": "u",
    "r": "mnouw",
    "s": "acdeghiklmnoqrstuvw",
    "t": "aeghiklnorstwy",
    "u": "gkrz",
    "v": "eio",
    "w": "ao",
    "x": "h",
    "y": "io",
    "z": "ahu",
}
_TWO_LETTERS = frozenset(
    first + second for first, letters in _SECOND_LETTERS.items() for second in letters
)
_LONGEST_REGISTERED = 3
_RIGHT_TO_LEFT_SCRIPTS = frozenset(
    {"Adlm", "Arab", "Armi", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)
_HERE = Path(__file__).parent
_SCRIPT_LETTERS, _REGION_LETTERS = 4, 2


def canonical_language(tag: str) -> str:
    """Write a language tag in the case that RFC 5646 §2.1.1 recommends, with the shortest code.

    Raises:
        ValueError: the tag is not well formed, or names no registered language.
    """
    if not _WELL_FORMED.fullmatch(tag):
        raise ValueError(_malformed(tag))
    first, *rest = tag.lower().split("-")
    first = SHORTER.get(first, first)
    if not _is_registered(first):
        raise ValueError(_unregistered(first))
    written, after_singleton = [first], len(first) == 1
    for subtag in rest:
        is_cased = not after_singleton and subtag.isalpha()
        if is_cased and len(subtag) == _SCRIPT_LETTERS:
            written.append(subtag.title())
        else:
            is_region = is_cased and len(subtag) == _REGION_LETTERS
            written.append(subtag.upper() if is_region else subtag)
        after_singleton = after_singleton or len(subtag) == 1
    return "-".join(written)


def _malformed(tag: str) -> str:
    reason = "is not a BCP 47 language tag"
    try:
        # A locale is written with an underscore.
        meant = canonical_language(tag.replace("_", "-")) if "_" in tag else ""
    except ValueError:
        meant = ""
    return f"{reason}; did you mean {meant}?" if meant else reason


def _is_registered(language: str) -> bool:
    """Return whether a language can be registered; of three letters nearly all are."""
    if len(language) == 2:  # noqa: PLR2004  # the constant says so
        return language in _TWO_LETTERS
    return len(language) <= _LONGEST_REGISTERED


def _unregistered(language: str) -> str:
    code = _codes_by_name().get(language)
    meant = f"did you mean {code}? " if code else ""
    return f"is no registered language; {meant}write a tag such as en, pt-BR or zh-Hant"


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    """Return the codes of languages by their names, in English and in the language itself."""
    # Babel takes a fiftieth of a second to load, and only a mistake needs its names.
    from babel.core import Locale, UnknownLocaleError  # noqa: PLC0415

    names = {name.lower(): code for code, name in Locale("en").languages.items()}
    for code in sorted(_TWO_LETTERS):
        try:
            own = Locale(code).get_language_name()
        except UnknownLocaleError:
            continue
        names[str(own).lower()] = code
    return names


@lru_cache(maxsize=256)
def direction(tag: str) -> str:
    """Return ``rtl`` or ``ltr`` for a canonical language tag."""
    language, *subtags = tag.split("-")
    scripts = [sub for sub in subtags if len(sub) == _SCRIPT_LETTERS and sub.istitle()]
    if scripts:
        is_right_to_left = scripts[0] in _RIGHT_TO_LEFT_SCRIPTS
    else:
        is_right_to_left = _is_right_to_left(language, subtags)
    return "rtl" if is_right_to_left else "ltr"


def _is_right_to_left(language: str, subtags: list[str]) -> bool:
    regions = (f"{language}-{subtag}" for subtag in subtags if subtag.isupper())
    known = _right_to_left()
    return next((known[name] for name in (*regions, language) if name in known), False)


@cache
def _right_to_left() -> dict[str, bool]:
    """Return which languages are written from right to left, and regions that differ."""
    found: dict[str, bool] = json.loads((_HERE / "right_to_left.json").read_text(encoding="utf-8"))
    return found
