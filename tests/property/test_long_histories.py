"""Long histories: any order of events, batches and rebuilds gives the site of one by one."""

import json
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.tasks.reconciliation import Outcome
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import WRITES, emptied, reconcile

SHORT = replace(SITE, history_part=2, revisions_shown=2)
BASE, HISTORY = "https://gazette.example", "news/2026/07/4/one.history"
# A title for a version, None for a delete marker. Few titles, so that addresses come back.
TITLES = st.lists(
    st.sampled_from(("One", "Two", "Three", "Four", None)), min_size=4, max_size=9
).map(lambda titles: ["One", *titles])
FEW = settings(max_examples=settings().max_examples // 10)


def upload(world: World, number: int, title: str | None) -> None:
    if title is None:
        world.delete("a", hours(number))
    else:
        kind = "correction" if number % 5 == 4 else "update"
        revision = {"kind": kind, "note": f"Note {number}."}
        world.put("a", hours(number), title=title, body=f"Text {number}.", revision=revision)


def one_by_one(titles: list[str | None]) -> World:
    world = World(SHORT)
    for number, title in enumerate(titles):
        upload(world, number, title)
        world.settle()
    return world


@given(TITLES, st.randoms(use_true_random=False), st.integers(1, 30))
@FEW
def test_batches_in_any_order_make_the_site_of_one_by_one(
    titles: list[str | None], random: Random, step: int
) -> None:
    world = World(SHORT)
    for number, title in enumerate(titles):
        upload(world, number, title)
        if number % step == 0:
            world.ingest("a")
    world.ingest("a")
    waiting = list(world.changes)
    random.shuffle(waiting)
    while waiting:
        batch, waiting = waiting[:7], waiting[7:]
        world.publish(batch)
    world.notifications.clear()
    world.settle()
    assert world.site() == one_by_one(titles).site()


@given(TITLES)
@FEW
def test_a_rebuild_makes_the_same_site_and_a_healthy_one_is_only_read(
    titles: list[str | None],
) -> None:
    """SPEC V8; no part and no notice is an orphan."""
    world = one_by_one(titles)
    before = world.site()
    emptied(world)
    assert reconcile(world).outcome is Outcome.SETTLED
    assert world.site() == before
    calls = world.calls.copy()
    state = reconcile(world, iterations=1)
    assert state.outcome is Outcome.SETTLED
    # Other paths are not of the event: without live events the news sitemap is an orphan.
    assert [path for path in state.orphans if path.startswith("news/")] == []
    assert not any((world.calls - calls)[name] for name in WRITES)


@given(TITLES)
@FEW
def test_every_address_that_an_event_had_leads_to_the_current_one_in_two_steps(
    titles: list[str | None],
) -> None:
    world = one_by_one(titles)
    current = world.newest("a")
    site = world.site()
    had = {world.revision("a", n).entry.base_path for n in range(1, current.number + 1)}
    for path in had - {current.base_path}:
        target = json.loads(site[f"{path}.json"])["url"].removeprefix(f"{BASE}/")
        if path != current.first_path and target != f"{current.base_path}.html":
            assert target == f"{current.first_path}.html"
            target = json.loads(site[target.replace(".html", ".json")])["url"]
        assert target.removeprefix(f"{BASE}/") == f"{current.base_path}.html"


@given(TITLES)
@FEW
def test_full_parts_keep_their_bytes_through_every_later_version(
    titles: list[str | None],
) -> None:
    world = World(SHORT)
    full: dict[str, bytes] = {}
    for number, title in enumerate(titles):
        upload(world, number, title)
        world.settle()
        site = world.site()
        assert {path: site[path] for path in full} == full
        full = {path: body for path, body in site.items() if path.startswith(f"{HISTORY}.")}
        for form in ("json", "atom"):
            full.pop(f"{HISTORY}.{form}", None)
    assert len(full) == (world.newest("a").number - 1) // SHORT.history_part * 2
