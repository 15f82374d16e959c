"""Ids in feeds are unique and never change; an alias leads to the event that came first for it."""

import json
import re
from contextlib import suppress
from typing import Any, NamedTuple

import feedparser
from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.contract import identity
from gazette.models.contract.aliases import alias_path, canonical_alias
from gazette.models.ledger import keys
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from tests.property.test_event_history import CrashError, Mortal
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import reconcile

NAMES = ("a", "b", "c")
GUIDS = ("1 at old", "https://old.example/?p=1", "urn:x-old:1", "tag:gazette.example,2026:event/b")
ALIASES = ("/x/", "/old/y.html", "https://old.example/x", "/news/2026/07/4/river-a.html", "/z/")
PATHS = {alias_path(canonical_alias(alias)) for alias in ALIASES}
FORMATS = ("html", "json", "md", "xml")


class Step(NamedTuple):
    """A document of an event, or its deletion; ingest dies at a write, if it makes so many."""

    name: str
    document: dict[str, object] | None
    dies_at: int | None


DOCUMENTS = st.fixed_dictionaries(
    {"title": st.sampled_from(("River a", "River b", "Sea"))},
    optional={
        "guid": st.sampled_from(GUIDS),
        "aliases": st.lists(st.sampled_from(ALIASES), max_size=3),
        "topics": st.just(["Foxes"]),
    },
)
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(NAMES),
        st.one_of(DOCUMENTS, DOCUMENTS, DOCUMENTS, st.none()),
        st.one_of(st.none(), st.integers(0, 12)),
    ),
    max_size=8,
)


def take(world: World, step: Step, hour: int, *, dies: bool) -> None:
    if step.document is None:
        world.delete(step.name, hours(hour))
    else:
        world.put(step.name, hours(hour), **step.document)
    if dies and step.dies_at is not None:
        ledger = Mortal(world, step.dies_at, late=bool(hour % 2))
        dying = Ingestor(world.source, ledger, world.clock, authority=SITE.tag_authority)
        with suppress(CrashError):
            dying.ingest(identity.event_key(step.name), IngestReport())
    world.settle()


def shown_ids(world: World, name: str) -> set[str]:
    """Return the ids that feeds give an event; its page says which feeds there are."""
    items = [
        item
        for path, body in world.site().items()
        if path.endswith("feed.json")
        for item in json.loads(body)["items"]
        if is_of(world, name, item)
    ]
    return {item["id"] for item in items}


def is_of(world: World, name: str, item: dict[str, Any]) -> bool:
    """Return whether an item is of an event: its history says so, or its only address."""
    newest = world.newest(name)
    history = item["_gazette"].get("history_url")
    return (
        SITE.url(f"{newest.base_path}.html") == item["url"]
        if history is None
        else (f"/{newest.first_path}.history" in history)
    )


def expect_unique_ids(world: World) -> None:
    for path, body in world.site().items():
        if path.endswith(("feed.rss", "feed.atom", "feed.json")):
            if path.endswith("json"):
                ids = [item["id"] for item in json.loads(body)["items"]]
            else:
                ids = [entry["id"] for entry in feedparser.parse(body)["entries"]]
            assert len(ids) == len(set(ids)), path


def expect_aliases(world: World) -> None:
    """Each path of the pool has all its documents or none, and they are its owner's."""
    site = world.site()
    for path in PATHS:
        claim = world.records().get(keys.claim_key(path))
        there = {form for form in FORMATS if f"{path}.{form}" in site}
        assert there in (set(), set(FORMATS))
        if there:
            assert claim is not None
            owner = world.newest(claim.payload)
            moved = json.loads(site[f"{path}.json"])
            assert moved["id"] == SITE.event_tag(owner.event_id, owner.guid)
            if moved["status"] == "moved":
                target = re.sub(r"^https://gazette\.example/", "", moved["url"])
                assert target in {f"{owner.first_path}.html", f"{owner.base_path}.html"}
                assert target in site


@given(STEPS)
@settings(max_examples=60)
def test_ids_never_change_and_aliases_lead_to_the_event_that_came_first(steps: list[Step]) -> None:
    world, whole = World(), World()
    ids: dict[str, str] = {}
    served: set[str] = set()
    for hour, step in enumerate(steps):
        take(world, step, hour, dies=True)
        take(whole, step, hour, dies=False)
        for name in NAMES:
            if keys.revision_key(name, 1) in world.records():
                shown = shown_ids(world, name)
                assert shown <= {ids.setdefault(name, next(iter(shown), ""))}
        expect_unique_ids(world)
        expect_aliases(world)
        served = {path for path in served if path in world.site()} | {
            path for path in world.site() if path.removesuffix(".html") in PATHS
        }
        assert served <= set(world.site())
    assert world.site() == whole.site()
    state = reconcile(world)
    assert (state.outcome, state.orphans) == ("settled", ())
    assert world.site() == whole.site()
