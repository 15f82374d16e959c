"""What a search in an archive of 10,000 events over ten years transfers, for docs/search.md.

The titles have words of a vocabulary in which some are much more frequent than others, as in any
language.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from gazette.models import paths
from gazette.models.identifiers.slugs import title_slug, topic_slug
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import Entry, TopicRef
from gazette.models.search.search_rows import SearchPart, SearchRow
from gazette.models.site import Site
from gazette.projections.search.rows import parts_of_month, search_row, with_filters
from gazette.projections.search.search_page import search_page
from gazette.renderers.json.search import render_search_part, render_search_year
from gazette.renderers.pages import brand_files
from gazette.renderers.pages.html import render_search
from tests.bench.numbers import whole
from tests.cost.report import Sheet

EVENTS, YEARS, END = 10_000, 10, date(2026, 6, 30)
_WORDS, _WORDS_A_TITLE, _TOPICS, _TOPICS_AN_EVENT = 12_000, 8, 300, 3
_SYLLABLES = [f"{first}{vowel}" for first in "bcdfghklmnprstvz" for vowel in "aeiou"]
_START = datetime(2016, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"search/\d{4}(-\d\d(?:\.\d+)?)?\.json")
# A word of the oldest event only.
RARE = "xylophone"


def archive(events: int = EVENTS) -> Iterator[Entry]:
    """Yield the events, newest first."""
    random = Random(15)  # noqa: S311  # the same titles each time
    words = ["".join(random.choices(_SYLLABLES, k=random.randint(1, 4))) for _ in range(_WORDS)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(_WORDS)))
    for number in range(events):
        title = " ".join(random.choices(words, cum_weights=weights, k=_WORDS_A_TITLE))
        title = f"{RARE} {title}" if number == events - 1 else title
        day = END - timedelta(days=number * YEARS * 365 // events)
        topics = random.sample(range(_TOPICS), _TOPICS_AN_EVENT)
        yield _entry(number, day, title, [f"Topic {words[topic + 100]}" for topic in topics])


def _entry(number: int, day: date, title: str, topics: list[str]) -> Entry:
    base_path = paths.event_path(day, title_slug(title))
    return Entry(
        event_id=f"event-{number}",
        number=1,
        kind=RevisionKind.PUBLICATION,
        at=_START,
        published=_START,
        updated=_START,
        title=title.capitalize(),
        date=day,
        base_path=base_path,
        first_path=base_path,
        topics=tuple(TopicRef(slug=topic_slug(label), label=label) for label in topics),
        summary="",
        sha256="",
        has_full_text=True,
    )


def search_documents(site: Site, events: int = EVENTS) -> dict[str, bytes]:
    """Return what the search of a site reads, by path."""
    months: dict[str, list[SearchRow]] = defaultdict(list)
    for entry in archive(events):
        months[f"{entry.date:%Y-%m}"].append(search_row(entry))
    documents: dict[str, bytes] = {}
    years: dict[str, list[SearchPart]] = defaultdict(list)
    for name in sorted(months, reverse=True):
        parts = parts_of_month(name, months[name])
        years[name[:4]] += with_filters(parts)
        for part, rows in parts.items():
            documents[paths.search_path(part)] = render_search_part(rows, site.language)
    for year, noted in years.items():
        documents[paths.search_path(year)] = render_search_year(noted)
    return documents | _page(site, years)


def _page(site: Site, years: Mapping[str, object]) -> dict[str, bytes]:
    return {
        f"{paths.SEARCH}.html": render_search(search_page(site, years)),
        paths.SEARCH_SCRIPT: brand_files.search_script(),
        paths.STYLESHEET: brand_files.stylesheet(site.brand, site.texts),
        paths.ICON: brand_files.icon(site.brand),
        f"{paths.TOPICS}.json": b'{"periods": []}',
    }


def search_sheet() -> Sheet:
    """Return how many bytes a browser reads, with gzip, in archives of several sizes."""
    site = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
    rows = []
    for events in (1_000, EVENTS, 30_000):
        documents = search_documents(site, events)
        years, months, page = [0], [0], [0]
        for path, body in documents.items():
            found = _NAME.fullmatch(path)
            kind = page if found is None else months if found[1] else years
            kind.append(len(gzip.compress(body)))
        monthly = sum(months) / (len(months) - 1)
        rows.append([whole(events), *map(whole, (sum(page), sum(years), monthly))])
    columns = ("events", "page and script", "all years", "a month, or a part of it")
    return Sheet("Bytes of the search of ten years, with gzip", columns, rows)
