"""Strategies: archives of many events with short subscription documents."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from typing import NamedTuple

from hypothesis import strategies as st

from gazette.models.branding.brand import Brand
from gazette.models.contract.identity import event_key
from gazette.models.tasks.reports import IngestReport
from gazette.projections.feeds.timelines import is_boundary
from tests.unit.publish.worlds import SITE, World, hours

SMALL = replace(SITE, feed_entries=3, brand=Brand(authors=True))
TOPICS = ("Foxes", "Bears", "Cats", "3 Wolves")
DAYS = ("2026-07-04", "2026-07-05", "2026-07-20", "2026-08-01", "2027-01-01")
REVISIONS = ({"kind": "correction", "note": "The date was wrong."}, {"kind": "minor"})
# Few values, so that ids often decide the order; and two moments of one day.
MOMENTS = tuple(
    f"2026-0{month}-0{day}T0{hour}:00:00Z" for month in (6, 7) for day in (1, 2) for hour in (1, 2)
)


class Change(NamedTuple):
    """A document of an event, or a deletion if ``raw`` is None."""

    name: str
    document: dict[str, object] | None


def names(number: int, wanted: Callable[[str], bool]) -> Iterator[str]:
    """Search for suitable ids."""
    return islice(filter(wanted, (f"e{trial}" for trial in count())), number)


# A third of them are boundaries of segments; of random ids one in 32 is.
NAMES = (*names(5, is_boundary), *names(10, lambda name: not is_boundary(name)))


def documents(name: str) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "title": st.sampled_from((f"River {name}", f"Sea {name}")),
            "date": st.sampled_from(DAYS),
            "topics": st.lists(st.sampled_from(TOPICS), unique=True, max_size=3),
        },
        optional={
            "published": st.sampled_from(MOMENTS),
            "category": st.just("Nature"),
            "byline": st.sampled_from(("Ada Moss", ("Bo Fern", "ada moss"))),
            "revision": st.sampled_from(REVISIONS),
            "translations": st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        },
    )


def _change(name: str) -> st.SearchStrategy[Change]:
    document = documents(name)
    return st.builds(Change, st.just(name), st.one_of(document, document, document, st.none()))


CHANGES = st.lists(st.sampled_from(NAMES).flatmap(_change), min_size=4, max_size=20)


def apply(world: World, number: int, change: Change) -> None:
    """Make the change with this number, an hour after the one before."""
    if change.document is None:
        world.delete(change.name, hours(number))
    else:
        world.put_raw(change.name, hours(number), json.dumps(change.document).encode())


def ingest_all(world: World, changes: Iterable[Change]) -> None:
    """Reconcile every key, with or without a notification."""
    for name in dict.fromkeys(change.name for change in changes):
        world.ingestor.ingest(event_key(name), IngestReport())


def published_at_once(changes: Sequence[Change]) -> World:
    """Publish everything as a backfill does, in batches of all waiting changes."""
    world = World(SMALL)
    for number, change in enumerate(changes):
        apply(world, number, change)
    ingest_all(world, changes)
    while world.changes:
        batch = list(dict.fromkeys(world.changes))
        world.changes.clear()
        world.publish(batch)
    return world
