"""No word of an erased revision is anywhere, whatever happened in which order (SPEC V10, V8)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import Revision
from tests.unit.erasures.erasing import erase, places_of, undo, worded
from tests.unit.publish.worlds import World, hours

What: TypeAlias = Literal["put", "same title", "delete", "erase", "undo"]
NUMBERS = st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True)


class Step(NamedTuple):
    """What a publisher does to one event, and whether it is handled before the next."""

    what: What
    revisions: object
    kind: str
    is_handled: bool


STEPS = st.builds(
    Step,
    st.sampled_from(("put", "put", "same title", "delete", "erase", "erase", "undo")),
    st.one_of(st.just("all"), NUMBERS),
    st.sampled_from(("minor", "update", "correction", "retraction")),
    st.booleans(),
)


def do(world: World, hour: int, step: Step) -> None:
    at = hours(hour)
    if step.what == "delete":
        world.delete("a", at)
    elif step.what == "erase":
        erase(world, "a", at, step.revisions)
    elif step.what == "undo":
        undo(world, "a", at)
    else:
        fields = worded(f"w{hour}w")
        title = {"title": "A title of several"} if step.what == "same title" else {}
        world.put(
            "a", at, **fields | title | {"revision": {"kind": step.kind, "note": f"w{hour}w"}}
        )


def revisions_of(world: World) -> list[Revision]:
    items = world.ledger.scan(partitions.event_partition("a"), keys.REVISION)
    return [Revision.model_validate_json(item.payload) for item in items]


def words_erased(world: World) -> list[str]:
    """Return the words of the erased revisions; a version has the hour in which it was stored."""
    start = hours(0)
    return [
        f"w{int((one.stored_at - start).total_seconds()) // 3600}w"
        for one in revisions_of(world)
        if one.entry.erased and one.content_sha256 and one.stored_at
    ]


def handled(steps: Sequence[Step], *, one_by_one: bool) -> World:
    world = World()
    for hour, step in enumerate(steps):
        do(world, hour, step)
        if one_by_one and step.is_handled:
            world.settle()
    world.settle()
    return world


@settings(max_examples=60)
@given(st.lists(STEPS, min_size=2, max_size=9))
def test_no_word_of_an_erased_revision_is_anywhere_in_site_and_ledger(steps: list[Step]) -> None:
    world = handled(steps, one_by_one=True)
    assert {word: places_of(world, word) for word in words_erased(world)} == {
        word: [] for word in words_erased(world)
    }


@settings(max_examples=40)
@given(st.lists(STEPS, min_size=2, max_size=9))
def test_erasing_step_by_step_gives_the_site_of_a_publication_at_once(steps: list[Step]) -> None:
    assert handled(steps, one_by_one=True).site() == handled(steps, one_by_one=False).site()
