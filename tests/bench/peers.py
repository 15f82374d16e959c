"""What one more event costs, here and in generators that build the whole site again.

Each contestant gets the same events and publishes a page each, lists and feeds of topics, a site
feed and a sitemap. A contestant counts only if it shows the new event in the feed of its topic.
"""

import json
import resource
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.identity import event_key
from gazette_cli.engines.acts import BURST, Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.bench.numbers import hundredths, spread, tenths, whole
from tests.cost.counts import END, SITE, START, day_of, event
from tests.cost.report import Sheet

NEW_EVENTS = 5
SIZES = (1_000, 10_000)
_TOPIC = "place-0"


class NotShownError(Exception):
    """A contestant has not published the new event."""


class Contestant(Protocol):
    """A publisher with an archive of its own."""

    def publish(self, documents: Sequence[Mapping[str, Any]]) -> float:
        """Add events and publish; return the seconds of processor time."""

    def feed(self) -> str:
        """Return the feed of a topic."""

    def files(self) -> int:
        """Return how many files the site has."""


class Gazette:
    """The memory engine: ingest, publishing and all documents, without AWS."""

    def __init__(self, _folder: Path) -> None:
        self._store = MemorySiteStore(Counter())
        self._engine = MemoryEngine(SITE, self._store, Counter())
        self._written = 0

    def publish(self, documents: Sequence[Mapping[str, Any]]) -> float:
        began = time.process_time()
        for position, document in enumerate(documents, start=1):
            at = START + timedelta(hours=self._written)
            key = event_key(f"event-{self._written:07d}")
            self._engine.apply(Change(at, key, json.dumps(document).encode()))
            self._written += 1
            if position % BURST == 0 or position == len(documents):
                self._engine.settle()
        return time.process_time() - began

    def feed(self) -> str:
        return self._store.documents[f"topics/{_TOPIC}/feed.rss"].body.decode()

    def files(self) -> int:
        return len(self._store.documents)


@dataclass
class Generator:
    """A program that builds a folder of Markdown files."""

    folder: Path
    program: Sequence[str]
    settings: Mapping[str, str]
    content: str
    feed_path: str
    front_matter: Callable[[Mapping[str, Any]], str]
    _written: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        for path, text in self.settings.items():
            _write(self.folder / path, text)

    def publish(self, documents: Sequence[Mapping[str, Any]]) -> float:
        for document in documents:
            text = f"{self.front_matter(document)}\n\n{document['body']}\n"
            _write(self.folder / self.content / f"event-{self._written:07d}.md", text)
            self._written += 1
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(self.program, cwd=self.folder, check=True, capture_output=True)  # noqa: S603  # a contestant
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def feed(self) -> str:
        return (self.folder / self.feed_path).read_text(encoding="utf-8")

    def files(self) -> int:
        return sum(path.is_file() for path in (self.folder / "public").rglob("*"))


_HUGO_LIST = """<!doctype html><html lang="en"><title>{{ .Title }}</title><h1>{{ .Title }}</h1>
{{ $all := .Pages }}{{ if .IsHome }}{{ $all = .Site.RegularPages }}{{ end }}
{{ $pages := .Paginate $all 50 }}
{{ range $pages.Pages }}<h2><a href="{{ .Permalink }}">{{ .Title }}</a></h2>
<p>{{ .Params.summary }}</p>{{ end }}
{{ template "_internal/pagination.html" . }}</html>
"""
_HUGO = {
    "config.toml": """baseURL = "https://gazette.example/"
title = "Gazette"
languageCode = "en"
rssLimit = 50
timeout = "600s"
[taxonomies]
topic = "topics"
category = "categories"
""",
    "layouts/_default/list.html": _HUGO_LIST,
    "layouts/_default/single.html": """<!doctype html><html lang="en"><title>{{ .Title }}</title>
<h1>{{ .Title }}</h1><p>{{ .Date.Format "2 January 2006" }}</p><p>{{ .Params.summary }}</p>
{{ .Content }}{{ range .GetTerms "topics" }}<a href="{{ .Permalink }}">{{ .Title }}</a>{{ end }}
</html>
""",
}
_PELICAN = {
    "pelicanconf.py": """AUTHOR = "Gazette"
SITENAME = "Gazette"
SITEURL = "https://gazette.example"
PATH = "content"
OUTPUT_PATH = "public"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_PAGINATION = 50
TAG_SAVE_AS = TAG_URL = "topics/{slug}/index.html"
CATEGORY_SAVE_AS = CATEGORY_URL = "categories/{slug}/index.html"
FEED_ALL_RSS = "feed.rss"
TAG_FEED_RSS = "topics/{slug}/feed.rss"
CATEGORY_FEED_RSS = "categories/{slug}/feed.rss"
FEED_MAX_ITEMS = 50
"""
}


def hugo(folder: Path) -> Contestant:
    feed = f"public/topics/{_TOPIC}/index.xml"
    return Generator(folder, ("hugo", "--quiet"), _HUGO, "content/news", feed, _hugo_front)


def pelican(folder: Path) -> Contestant:
    program = ("pelican", "content", "--settings", "pelicanconf.py", "--quiet")
    feed = f"public/topics/{_TOPIC}/feed.rss"
    return Generator(folder, program, _PELICAN, "content", feed, _pelican_front)


CONTESTANTS: Mapping[str, Callable[[Path], Contestant]] = {
    "Gazette": Gazette,
    "hugo": hugo,
    "pelican": pelican,
}


class Result(NamedTuple):
    """Seconds for the first publication and for each event after that, and the files of both."""

    first: float
    more: Sequence[float]
    files: int


def missing() -> list[str]:
    """Return the contestants that are not installed."""
    return [name for name in CONTESTANTS if name != "Gazette" and shutil.which(name) is None]


def peers_sheet(sizes: Sequence[int] = SIZES) -> Sheet:
    """Measure every contestant that is installed, in archives of so many events."""
    rows = [row for size in sizes for row in _rows(size)]
    columns = ("events", "", "files", "s, all", "files a s", "s, one more", "longest", "times ours")
    return Sheet("Processor time of a whole site, and of one more event", columns, rows)


def _rows(size: int) -> Iterator[tuple[str, ...]]:
    absent = missing()
    results = {name: measure(name, size) for name in CONTESTANTS if name not in absent}
    ours = spread(results["Gazette"].more).p50
    for name, (first, more, files) in results.items():
        one = spread(more)
        yield (
            f"{size:,}",
            name,
            whole(files),
            tenths(first),
            whole(files / first),
            hundredths(one.p50),
            hundredths(one.most),
            tenths(one.p50 / ours),
        )


def measure(name: str, size: int, new: int = NEW_EVENTS) -> Result:
    """Publish an archive, then one event after another.

    Raises:
        NotShownError: the feed of a topic does not show a new event.
    """
    archive = [_document(size - position, day_of(position, size)) for position in range(size)]
    with TemporaryDirectory() as folder:
        contestant = CONTESTANTS[name](Path(folder))
        first, more = contestant.publish(archive), []
        files = contestant.files()
        for number in range(new):
            document = _document(0, END + timedelta(days=1), title=f"New event {number} of {name}")
            more.append(contestant.publish([document]))
            if document["title"] not in contestant.feed():
                raise NotShownError(f"{name} does not show {document['title']!r}")
    return Result(first, more, files)


def _document(number: int, day: date, **fields: object) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(event(number, day, **fields))
    return document


def _hugo_front(document: Mapping[str, Any]) -> str:
    """Return front matter as JSON, which Hugo reads as it reads TOML."""
    fields = {
        "title": document["title"],
        "date": f"{document['date']}T12:00:00Z",
        "summary": document["summary"],
        "topics": document["topics"],
        "categories": [document["category"]],
    }
    return json.dumps(fields, indent=1)


def _pelican_front(document: Mapping[str, Any]) -> str:
    topics = ", ".join(document["topics"])
    return (
        f"Title: {document['title']}\nDate: {document['date']} 12:00\nTags: {topics}\n"
        f"Category: {document['category']}\nSummary: {document['summary']}"
    )


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
