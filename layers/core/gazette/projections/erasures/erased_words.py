"""What stands in place of the words of an erased revision, in the language of its page (SPEC V15).

The ledger has it in English, and so has the JSON of a history, which programs compare.
"""

import re
from datetime import date
from typing import TypeVar

from gazette.models.ledger.entry import RevisionEntry
from gazette.models.texts.catalogue import ENGLISH, Catalogue, catalogue_of

_DAY = re.compile(r"news/(\d{4})/(\d\d)/(\d\d?)/")

AnyEntry = TypeVar("AnyEntry", bound=RevisionEntry)


def with_erased_words(texts: Catalogue, entry: AnyEntry) -> AnyEntry:
    """Return an erased revision with its title and note in a language, and others as they are.

    A withdrawal without a document has the title of the revision before it, also an erased one.
    """
    day = _DAY.match(entry.base_path)
    if texts.language == ENGLISH or day is None:
        return entry
    published = date(*map(int, day.groups()))
    words: dict[str, str] = {}
    if entry.title == _title(catalogue_of(ENGLISH), published):
        words["title"] = _title(texts, published)
    if erased := entry.erased:
        day_erased = texts.long_date(erased.on)
        words["note"] = texts("erasure.note", date=day_erased, reason=erased.reason)
    return entry.model_copy(update=words) if words else entry


def _title(texts: Catalogue, day: date) -> str:
    return texts("erasure.title", date=texts.long_date(day))
