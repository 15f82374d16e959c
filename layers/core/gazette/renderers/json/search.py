"""Renders what the script of the search page reads; it is as short as JSON can be."""

import json
import re
from collections.abc import Iterable, Sequence

from gazette.models.paths import event_path
from gazette.models.search.search_rows import SearchPart, SearchRow

_OTHER_SIGNS = re.compile("[^a-z0-9]+")


def render_search_part(rows: Sequence[SearchRow], language: str) -> bytes:
    """Render the events of a month, or of a part of it, newest first.

    An event is a list: its day, path, title, the positions of its topics, and its language if that
    is not ``language``. The path is left empty where the script can make it from the title.
    """
    topics = dict.fromkeys((topic.slug, topic.label) for row in rows for topic in row.topics)
    positions = {topic: position for position, topic in enumerate(topics)}
    events = [
        [
            row.day.isoformat(),
            "" if row.base_path == _plain_path(row) else row.base_path,
            row.title,
            [positions[topic.slug, topic.label] for topic in row.topics],
            *([row.language] if row.language and row.language != language else []),
        ]
        for row in rows
    ]
    return _compact({"topics": list(topics), "events": events})


def _plain_path(row: SearchRow) -> str | None:
    """Return the path that follows from the day and the letters and digits of an English title."""
    if not row.title.isascii():
        return None
    return event_path(row.day, _OTHER_SIGNS.sub("-", row.title.lower()).strip("-"))


def render_search_year(parts: Iterable[SearchPart]) -> bytes:
    """Render the parts of the months of a year, newest first: their names, then their filters."""
    return _compact({"parts": [[part.name, part.words] for part in parts]})


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
