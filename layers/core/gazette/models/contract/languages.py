"""Language tags (BCP 47, RFC 5646) and the direction their scripts are read in."""

import re

_WELL_FORMED = re.compile(
    r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8})(?:-[A-Za-z0-9]{1,8})*|[Xx](?:-[A-Za-z0-9]{1,8})+", re.ASCII
)
_RIGHT_TO_LEFT_LANGUAGES = frozenset(
    {"ar", "arc", "arz", "azb", "bal", "ckb", "dv", "fa", "glk", "he", "ks", "lrc", "mzn", "nqo"}
    | {"pnb", "ps", "sd", "skr", "syr", "ug", "ur", "yi"},
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"})
_SCRIPT, _REGION = 4, 2


def canonical_language(tag: str) -> str:
    """Write a language tag in the case RFC 5646 §2.1.1 recommends.

    Raises:
        ValueError: it is not well formed.
    """
    if not _WELL_FORMED.fullmatch(tag):
        reason = "is not a BCP 47 language tag"
        raise ValueError(reason)
    first, *rest = tag.lower().split("-")
    written, after_singleton = [first], len(first) == 1
    for subtag in rest:
        if after_singleton or len(subtag) not in {_SCRIPT, _REGION} or not subtag.isalpha():
            written.append(subtag)
        else:
            written.append(subtag.title() if len(subtag) == _SCRIPT else subtag.upper())
        after_singleton = after_singleton or len(subtag) == 1
    return "-".join(written)


def direction(tag: str) -> str:
    """Return ``rtl`` or ``ltr`` for a canonical language tag."""
    language, *subtags = tag.split("-")
    scripts = [subtag for subtag in subtags if len(subtag) == _SCRIPT and subtag.istitle()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT_LANGUAGES else "ltr"
