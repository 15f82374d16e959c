"""Language tags (BCP 47, RFC 5646) and the direction of their scripts."""

import re
from functools import lru_cache

_WELL_FORMED = re.compile(
    r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8})(?:-[A-Za-z0-9]{1,8})*|[Xx](?:-[A-Za-z0-9]{1,8})+", re.ASCII
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset(
    {"Adlm", "Arab", "Armi", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)
# CLDR files Western Punjabi under the macrolanguage.
_SCRIPTS_UNKNOWN_TO_CLDR = {"pnb": "Arab"}
_SCRIPT_LETTERS, _REGION_LETTERS = 4, 2


def canonical_language(tag: str) -> str:
    """Write a language tag in the case that RFC 5646 §2.1.1 recommends.

    Raises:
        ValueError: the tag is not well formed.
    """
    if not _WELL_FORMED.fullmatch(tag):
        reason = "is not a BCP 47 language tag"
        raise ValueError(reason)
    first, *rest = tag.lower().split("-")
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


@lru_cache(maxsize=256)
def direction(tag: str) -> str:
    """Return ``rtl`` or ``ltr`` for a canonical language tag."""
    language, *subtags = tag.split("-")
    scripts = [sub for sub in subtags if len(sub) == _SCRIPT_LETTERS and sub.istitle()]
    script = scripts[0] if scripts else _likely_script(language, subtags)
    return "rtl" if script in _RIGHT_TO_LEFT_SCRIPTS else "ltr"


def _likely_script(language: str, subtags: list[str]) -> str:
    # Babel takes a fiftieth of a second to load, and only publishing needs it.
    from babel.core import get_global  # noqa: PLC0415

    likely = get_global("likely_subtags")
    regions = (f"{language}_{subtag}" for subtag in subtags if subtag.isupper())
    names = (likely[name] for name in (*regions, language) if name in likely)
    known = next(names, None)
    return known.split("_")[1] if known else _SCRIPTS_UNKNOWN_TO_CLDR.get(language, "")
