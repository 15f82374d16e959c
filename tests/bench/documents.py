"""Events of about three kilobytes of invented words, the same in every run."""

import json
from collections.abc import Sequence
from random import Random

_SYLLABLES = [f"{first}{vowel}" for first in "bcdfghklmnprst" for vowel in "aeiou"]
_PARAGRAPHS, _WORDS = 5, 100


def paragraphs(number: int) -> list[str]:
    """Return the text of an event as paragraphs of about 600 bytes."""
    random = Random(number)  # noqa: S311  # words need no secrecy, and the same seed gives the same

    def word() -> str:
        return "".join(random.choices(_SYLLABLES, k=random.randint(1, 4)))

    return [" ".join(word() for _ in range(_WORDS)).capitalize() + "." for _ in range(_PARAGRAPHS)]


def event(number: int, topics: Sequence[str], **fields: object) -> bytes:
    """Return an event document; ``fields`` are added or replaced."""
    document = {
        "title": f"The swing bridge opens for the {number}th time",
        "date": "2026-07-04",
        "topics": topics,
        "category": "Nature",
        "summary": "The bridge opened, and everybody who had waited for it came over.",
        "body": "\n\n".join(paragraphs(number)),
        "sources": [{"title": "Harbour Post", "url": f"https://post.example/{number}"}],
        **fields,
    }
    return json.dumps(document).encode()
