"""Which form of a text belongs to a count: the plural categories of CLDR for whole numbers."""

from collections.abc import Callable

PluralRule = Callable[[int], str]

_MILLION = 1_000_000


def _always_other(_count: int) -> str:
    return "other"


def _one(count: int) -> str:
    return "one" if count == 1 else "other"


def _one_or_none(count: int) -> str:
    return "one" if count in {0, 1} else "other"


def _millions(rule: PluralRule) -> PluralRule:
    """Return a rule of the Romance languages, which say "a million of events"."""
    return lambda count: "many" if count and count % _MILLION == 0 else rule(count)


def _hebrew(count: int) -> str:
    return {1: "one", 2: "two"}.get(count, "other")


def _is_few(count: int) -> bool:
    return count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}


def _polish(count: int) -> str:
    if count == 1:
        return "one"
    return "few" if _is_few(count) else "many"


def _east_slavic(count: int) -> str:
    if count % 10 == 1 and count % 100 != 11:  # noqa: PLR2004  # eleven is no "twenty-one"
        return "one"
    return "few" if _is_few(count) else "many"


def _arabic(count: int) -> str:
    by_count = {0: "zero", 1: "one", 2: "two"}
    if count in by_count:
        return by_count[count]
    if count % 100 in range(3, 11):
        return "few"
    return "many" if count % 100 in range(11, 100) else "other"


RULES: dict[str, PluralRule] = {
    "ar": _arabic,
    "de": _one,
    "en": _one,
    "es": _millions(_one),
    "fa": _one_or_none,
    "fr": _millions(_one_or_none),
    "he": _hebrew,
    "hi": _one_or_none,
    "id": _always_other,
    "it": _millions(_one),
    "ja": _always_other,
    "ko": _always_other,
    "nl": _one,
    "pl": _polish,
    "pt": _millions(_one_or_none),
    "ru": _east_slavic,
    "sw": _one,
    "tr": _one,
    "uk": _east_slavic,
    "zh-Hans": _always_other,
    "zh-Hant": _always_other,
}
