"""The generated part of docs/addresses.md, from a small site that has each kind of document."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gazette.delivery.memory import MemorySiteStore
from gazette.models.views.site_document import Document
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.golden.changes import CHANGES
from tests.golden.test_golden import SITE

BEGIN, END = "<!-- begin: make reference -->", "<!-- end -->"
# What an address has in place of these words; the first that matches says it.
_SHAPES = (
    (r"^news/\d{4}/\d\d/\d+/index\.", "news/YYYY/MM/D/index."),
    (r"^news/\d{4}/\d\d/\d+/[^/]+?(\.r\d+|\.history)?\.(?=\w+$)", r"news/YYYY/MM/D/SLUG\1."),
    (r"^news/\d{4}/\d\d/", "news/YYYY/MM/"),
    (r"^news/\d{4}/", "news/YYYY/"),
    (r"^topics/a-z/[^/.]+", "topics/a-z/INITIAL"),
    (r"^(topics|categories|authors)/(?!a-z/|by-size/|index\.)[^/]+/", r"\1/SLUG/"),
    (r"^sitemaps/.*\.", "sitemaps/YYYY-MM-DD."),
    (r"^search/\d{4}-\d\d\.", "search/YYYY-MM."),
    (r"^search/\d{4}\.", "search/YYYY."),
    (r"^image/.*\.", "image/NAME."),
    (r"^thumbnails/\d+/.*\.", "thumbnails/WIDTH/NAME."),
)
_REVISION = re.compile(r"\.r\d+\.")
_CACHED = re.compile(r"max-age=(\d+)")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Row(NamedTuple):
    """An address without its ending, with the endings that it has."""

    address: str
    endings: tuple[str, ...]
    cached: str


def addresses_block() -> str:
    """Return the block with its markers."""
    documents = _published()
    lines = [
        BEGIN,
        "",
        "| address | endings | kept by browsers |",
        "|---|---|---|",
        *(
            f"| `/{row.address}` | {', '.join(row.endings)} | {row.cached} |"
            for row in _rows(documents)
        ),
        "",
        "| ending | media type |",
        "|---|---|",
        *_types(documents),
        "",
        END,
    ]
    return "\n".join(lines)


def shape_of(path: str) -> str:
    """Return a path with capital words for what differs between two documents of a kind."""
    for pattern, shape in _SHAPES:
        changed = re.sub(pattern, shape, path)
        if changed != path:
            return _REVISION.sub(".rN.", changed)
    return path


def _published() -> Sequence[Document]:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for change in CHANGES:
        engine.apply(change)
        engine.settle()
    return sorted(store.documents.values(), key=lambda document: document.path)


def _rows(documents: Sequence[Document]) -> Iterator[Row]:
    found: dict[tuple[str, str], set[str]] = {}
    for document in documents:
        address, _, ending = shape_of(document.path).rpartition(".")
        key = address, _cached(document.cache_control)
        found.setdefault(key, set()).add(f"`{ending}`")
    for (address, cached), endings in sorted(found.items()):
        yield Row(address, tuple(sorted(endings)), cached)


def _types(documents: Sequence[Document]) -> Iterator[str]:
    types: dict[str, set[str]] = {}
    for document in documents:
        ending = document.path.rpartition(".")[2]
        kind = document.media_type.partition("; charset")[0]
        types.setdefault(ending, set()).add(f"`{kind}`")
    for ending, kinds in sorted(types.items()):
        yield f"| `{ending}` | {', '.join(sorted(kinds))} |"


def _cached(cache_control: str) -> str:
    found = _CACHED.search(cache_control)
    if not found:
        return "not at all"
    seconds = int(found[1])
    for size, unit in _UNITS:
        if seconds and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} seconds"
