"""Imports a day of Wikipedia's Portal:Current events, from a file with its wikitext.

An entry has no id there. Its day and its first source name it, or its words if it shares them with
another one. So an entry may be worded otherwise, or move, and stays the same event.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from gazette.models.contract.tidying import Fields
from gazette.models.limits import MAX_TOPICS
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImportOptions, LeftOut
from gazette_cli.importers.ids import id_of_key
from gazette_cli.importers.kinds.wikitext import Line, read_line
from gazette_cli.importers.reading import read_file
from gazette_cli.importers.times import at_midnight, times

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PARAMETER = r"\|\s*{}\s*=\s*(\d+)"
_HEADER = re.compile(
    r"\{\{\s*current events header\s*\|\s*(\d{4})\s*\|\s*(\d+)\s*\|\s*(\d+)", re.IGNORECASE
)
_IN_NAME = re.compile(r"(\d{4})[ _-](\d{1,2}|[A-Z][a-z]+)[ _-](\d{1,2})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_BULLET = re.compile(r"([*#:]+)\s*(.*\S)")
_CATEGORY = re.compile(r"(?:'''|;|={2,})\s*([^'=;].*?)\s*(?:'''|={2,})?\s*:?\s*")
_TEMPLATE_EDGE = re.compile(r"\{\{.*|\|.*|\}\}|\|?\}\}|__[A-Z]+__|</?div[^>]*>|----+", re.DOTALL)
_LONE = frozenset({"mr", "mrs", "ms", "dr", "st", "gen", "lt", "col", "sgt", "rep", "sen", "gov"})
_LONE |= {"no", "vs", "jr", "sr", "prof", "capt", "maj"}
_SENTENCE_END = re.compile(r"(\S*?)[.!?][\"\u201d\u2019)]*\s+(?=[^a-z\s])")
_SHORTEST_SENTENCE = 20


class _Bullet(NamedTuple):
    """An entry with its depth in the list, and the category above it."""

    depth: int
    line: Line
    category: str


class _Page(NamedTuple):
    day: date
    language: str


def read_day_pages(options: ImportOptions) -> Iterator[Found]:
    """Yield the events of a page, or of each page in a folder.

    Raises:
        SourceError: it is no page of a day.
        OSError: the file cannot be read.
    """
    source = Path(options.source)
    wiki = f"https://{options.language or 'en'}.wikipedia.org/wiki/"
    files = sorted(file for file in source.rglob("*") if file.is_file()) if source.is_dir() else []
    for file in files or [source]:
        text = _COMMENT.sub("", read_file(file).decode(errors="replace"))
        day = _day_of(text, file.name)
        if day:
            yield from _events(text, day, wiki, options.language or "en")
        elif files:
            reason = "no day is in its template or its name; name it like 2026-03-04.txt"
            yield LeftOut(file.name, Problem("date", reason))
        else:
            raise SourceError(f"{file}: names no day; name the file like 2026-03-04.txt")


def _day_of(text: str, name: str) -> date | None:
    """Return the day that the template of a page names, or else its file."""
    header = _HEADER.search(text)
    parts = [re.search(_PARAMETER.format(part), text) for part in ("year", "month", "day")]
    found = [part[1] for part in parts if part]
    in_name = _IN_NAME.search(name)
    for numbers in (header and header.groups(), found, in_name and in_name.groups()):
        if not numbers or len(numbers) != len(parts):
            continue
        year, month, day = (str(number).lower() for number in numbers)
        number = _MONTHS.index(month) + 1 if month in _MONTHS else month
        try:
            return date(int(year), int(number), int(day))
        except ValueError:
            continue
    return None


def _events(text: str, day: date, wiki: str, language: str) -> Iterator[Found]:
    bullets: list[_Bullet] = []
    category = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if entry := _BULLET.fullmatch(line):
            bullets.append(_Bullet(len(entry[1]), read_line(entry[2], wiki), category))
        elif named := _CATEGORY.fullmatch(line):
            category = read_line(named[1], wiki).words
        elif line and not _TEMPLATE_EDGE.fullmatch(line):
            reason = "is neither an entry (*) nor a heading; correct the page"
            yield LeftOut(f"{day} line {number}", Problem("wikitext", reason))
    found = list(_with_headings(bullets))
    sources = Counter(_source(bullet) for bullet, _ in found)
    for bullet, headings in found:
        source = _source(bullet)
        is_enough = source and sources[source] == 1
        key = f"{day} {source}" if is_enough else f"{day} {source} {bullet.line.words}"
        yield _draft(id_of_key(key), bullet, headings, _Page(day, language))


def _with_headings(bullets: Sequence[_Bullet]) -> Iterator[tuple[_Bullet, list[Line]]]:
    """Yield each entry with the lines above it that only name what it is about."""
    above: list[_Bullet] = []
    for bullet, following in zip(bullets, [*bullets[1:], None], strict=True):
        above = [one for one in above if one.depth < bullet.depth]
        has_entries = following is not None and following.depth > bullet.depth
        if has_entries and not bullet.line.sources:
            above.append(bullet)
        else:
            yield bullet, [one.line for one in above]


def _source(bullet: _Bullet) -> str:
    return str(bullet.line.sources[0]["url"]) if bullet.line.sources else ""


def _draft(event_id: str, bullet: _Bullet, headings: Sequence[Line], page: _Page) -> Draft:
    line = bullet.line
    articles = [name for heading in headings for name in heading.articles or [heading.words]]
    title = _first_sentence(line.words)
    fields: Fields = {
        "title": title,
        **times(at_midnight(page.day), None, page.day),
        "topics": [*list(dict.fromkeys((*articles, *line.articles)))[:MAX_TOPICS]],
        "category": bullet.category,
        "body": f"<p>{line.html}</p>",
        "sources": list(line.sources),
        "language": page.language,
    }
    return Draft(f'{page.day} "{title}"', event_id, fields)


def _first_sentence(words: str) -> str:
    """Return the first sentence: the portal has no titles."""
    for end in _SENTENCE_END.finditer(words):
        word = end[1].strip('"\u201c\u201d()').lower()
        is_abbreviated = word in _LONE or "." in word or len(word) == 1
        if end.end() >= _SHORTEST_SENTENCE and not is_abbreviated:
            return words[: end.end()].strip()
    return words
