"""What is erased before its release is never public, whatever else happens (SPEC V10, V11, V8)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.models.frozen import rfc3339
from tests.property.test_erased_words import revisions_of, words_erased
from tests.unit.erasures.erasing import erase, places_of, undo, worded
from tests.unit.publish.worlds import World, hours

What: TypeAlias = Literal["hold", "put", "delete", "erase", "undo", "wait"]


class Step(NamedTuple):
    """What happens in one hour; ``wait`` is the length of an embargo."""

    what: What
    wait: int
    revisions: object
    is_handled: bool


STEPS = st.builds(
    Step,
    st.sampled_from(("hold", "hold", "hold", "put", "delete", "erase", "erase", "undo", "wait")),
    st.integers(1, 4),
    st.sampled_from(("all", [1], [2], [1, 2])),
    st.booleans(),
)


def do(world: World, hour: int, step: Step) -> None:
    at, word = hours(hour), f"w{hour}w"
    world.now = at
    if step.what == "delete":
        world.delete("a", at)
    elif step.what == "erase":
        erase(world, "a", at, step.revisions)
    elif step.what == "undo":
        undo(world, "a", at)
    elif step.what == "hold":
        world.put("a", at, **worded(word), published=rfc3339(hours(hour + step.wait)))
    elif step.what == "put":
        world.put("a", at, **worded(word))


def settle(world: World) -> None:
    world.ingest("a")
    world.settle()


def started() -> World:
    world = World()
    world.put("b", hours(0), topics=["Alpha"])
    settle(world)
    return world


def handled(steps: Sequence[Step], *, one_by_one: bool) -> World:
    world = started()
    for hour, step in enumerate(steps):
        do(world, hour, step)
        if one_by_one and step.is_handled:
            settle(world)
    settle(world)
    return world


def first_publication(steps: Sequence[Step]) -> int | None:
    """Return the hour in which the event becomes public, None if it never is: hour by hour."""
    held: tuple[int, int] | None = None
    erased: tuple[int, object] | None = None
    for hour, step in enumerate(steps):
        if step.what in {"erase", "undo"}:
            erased = (hour, step.revisions) if step.what == "erase" else None
        if held and held[1] <= hour and not is_named(held[0], erased):
            return hour
        if step.what == "put":
            return hour
        if step.what in {"hold", "delete"}:
            held = (hour, hour + step.wait) if step.what == "hold" else None
    return None


def is_named(uploaded: int, erased: tuple[int, object] | None) -> bool:
    if erased is None:
        return False
    at, revisions = erased
    return uploaded <= at if revisions == "all" else revisions != [2]


@settings(max_examples=30)
@given(st.lists(STEPS, min_size=2, max_size=7))
def test_the_event_is_public_from_the_first_hour_in_which_it_is_neither_held_nor_erased(
    steps: list[Step],
) -> None:
    """Until then the site is the same as without the event: nothing shows that it is there."""
    untouched = started().site()
    first = first_publication(steps)
    world = started()
    for hour, step in enumerate(steps):
        do(world, hour, step)
        settle(world)
        is_public = first is not None and hour >= first
        assert bool(revisions_of(world)) == is_public
        assert is_public or world.site() == untouched
    assert not any(places_of(world, word) for word in words_erased(world))


@settings(max_examples=25)
@given(st.lists(STEPS, min_size=2, max_size=7))
def test_noticed_late_it_makes_the_same_site(steps: list[Step]) -> None:
    one_by_one, at_once = handled(steps, one_by_one=True), handled(steps, one_by_one=False)
    assert one_by_one.site() == at_once.site()
