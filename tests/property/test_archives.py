"""Time lines with archives, whatever comes, goes and comes back (DESIGN.md, promise 1; SPEC P)."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from random import Random

import feedparser
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette.models.site import Site
from gazette.projections.feeds.timelines import is_boundary
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import Change

BASE = "https://gazette.example"
SITE = Site(base_url=BASE, tag_authority="gazette.example,2026", feed_entries=3)
START = datetime(2026, 3, 30, tzinfo=UTC)
TOPICS = ("Rivers", "Seas")


def identities(wanted: int) -> list[str]:
    """Return ids of which every third is a boundary, so that segments are short."""
    boundaries = (f"b{number}" for number in count() if is_boundary(f"b{number}"))
    others = (f"o{number}" for number in count() if not is_boundary(f"o{number}"))
    return [next(boundaries) if position % 3 == 0 else next(others) for position in range(wanted)]


IDS = identities(14)
STEPS = st.tuples(
    st.sampled_from(IDS),
    # One in five is a deletion; an event is published, and dated, on one of a few days.
    st.one_of(
        st.none(),
        *[
            st.tuples(
                st.integers(0, 5), st.sampled_from([(0,), (1,), (0, 1), ()]), st.integers(0, 1)
            )
        ]
        * 4,
    ),
)
HISTORIES = st.lists(STEPS, min_size=4, max_size=40)
Step = tuple[str, tuple[int, tuple[int, ...], int] | None]


def change(number: int, step: Step) -> Change:
    identity, what = step
    at, key = START + timedelta(days=10, minutes=number), f"events/{identity}.json"
    if what is None:
        return Change(at, key, None)
    day, topics, title = what
    published = START + timedelta(days=day, minutes=IDS.index(identity))
    document = {
        "title": f"Event {identity} {title}",
        "date": published.date().isoformat(),
        "published": published.isoformat(),
        "topics": [TOPICS[topic] for topic in topics],
    }
    return Change(at, key, json.dumps(document).encode())


def published(changes: Sequence[Change], sizes: Iterator[int]) -> dict[str, bytes]:
    """Publish in bursts of these sizes."""
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    rest = iter(changes)
    while burst := list(islice(rest, next(sizes))):
        for one in burst:
            engine.apply(one)
        engine.settle()
    return {path: document.body for path, document in store.documents.items()}


def shuffled(changes: Sequence[Change], random: Random) -> list[Change]:
    """Mix events among each other; the versions of one keep their order."""
    queues: dict[str, list[Change]] = {}
    for one in changes:
        queues.setdefault(one.key, []).append(one)
    order = [one.key for one in changes]
    random.shuffle(order)
    # The clock of the engine follows the changes, so the newest of all comes last in both.
    mixed = [queues[key].pop(0) for key in order]
    return [*mixed, Change(START + timedelta(days=11), "images/none", b"")]


@given(history=HISTORIES, random=st.randoms(use_true_random=False))
@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
def test_any_order_and_any_burst_ends_in_the_same_archives(
    history: list[Step], random: Random
) -> None:
    """SPEC V8, X7."""
    changes = [change(number, step) for number, step in enumerate(history)]
    last = Change(START + timedelta(days=11), "images/none", b"")
    one_by_one = published([*changes, last], iter(lambda: 1, 0))
    at_once = published([*changes, last], iter(lambda: 1000, 0))
    assert at_once == one_by_one
    mixed = shuffled(changes, random)
    assert published(mixed, iter(lambda: random.randint(1, 6), 0)) == one_by_one


@given(history=HISTORIES)
@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
def test_the_archives_of_a_time_line_hold_every_live_event_once(history: list[Step]) -> None:
    """SPEC P4, P6: a walk from the subscription document meets each once, in every format."""
    site = published(
        [change(number, step) for number, step in enumerate(history)], iter(lambda: 3, 0)
    )
    newest = dict(history)
    live = {identity: what for identity, what in newest.items() if what is not None}
    for folder, wanted in folders(live):
        tags = sorted(f"tag:gazette.example,2026:event/{identity}" for identity in wanted)
        for kind in (".rss", ".atom", ".json"):
            ids, documents = walk(site, f"{folder}feed{kind}")
            assert sorted(ids) == tags
            # No archive document stands that the walk does not meet.
            archived = (path for path in site if path.startswith(f"{folder}archive/"))
            assert {path for path in archived if path.endswith(kind)} == set(documents[1:])


def folders(
    live: dict[str, tuple[int, tuple[int, ...], int]],
) -> Iterator[tuple[str, list[str]]]:
    if live:
        yield "", list(live)
    for number, topic in enumerate(TOPICS):
        inside = [identity for identity, (_, topics, _) in live.items() if number in topics]
        if inside:
            yield f"topics/{topic.lower()}/", inside


def walk(site: dict[str, bytes], path: str) -> tuple[list[str], list[str]]:
    """Follow prev-archive, or next_url; return the live ids met and the documents, in order."""
    ids: list[str] = []
    documents: list[str] = []
    following: str | None = path
    while following:
        documents.append(following)
        found, following = read(site[following], following)
        ids += found
    return ids, documents


def read(body: bytes, path: str) -> tuple[list[str], str | None]:
    if path.endswith(".json"):
        feed = json.loads(body)
        items = [item for item in feed["items"] if not item["title"].startswith("Withdrawn: ")]
        return [item["id"] for item in items], to_path(feed.get("next_url"))
    parsed = feedparser.parse(body)
    entries = [entry for entry in parsed.entries if not entry.title.startswith("Withdrawn: ")]
    links = [link.href for link in parsed.feed.links if link.rel == "prev-archive"]
    return [entry.id for entry in entries], to_path(links[0] if links else None)


def to_path(address: str | None) -> str | None:
    return address.removeprefix(f"{BASE}/") if address else None
