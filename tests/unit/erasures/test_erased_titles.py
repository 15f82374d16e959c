"""No erased title is left when events expire and their versions are removed, in any order."""

from collections.abc import Sequence

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.texts.catalogue import catalogue_of
from gazette.projections.pages.event_pages import shown_title
from tests.unit.erasures.erasing import erase, places_of, worded
from tests.unit.publish.worlds import World, hours

KEY = event_key("a")
EXPIRES = hours(6).isoformat()
WITHDRAWN, EXPIRED = "Withdrawn: event of 4 July 2026", "Expired: event of 4 July 2026"
SECOND = "wtwotitle of it"


def lived(acts: Sequence[str]) -> World:
    """Let an act happen each hour; an event that expires does so at hour 6."""
    world, hour = World(), 0
    for act in acts:
        what, _, which = act.partition(" ")
        if what == "upload":
            word, _, expires = which.partition(" ")
            fields = worded(word) | ({"expires": EXPIRES} if expires else {})
            world.put("a", hours(hour), **fields)
        elif what == "erase":
            erase(world, "a", hours(hour), "all" if which == "all" else [int(which)])
        elif what == "remove":
            world.source.remove_version(KEY, world.source.versions(KEY)[0].version_id)
        else:
            hour = 7
        world.now = hours(hour)
        world.ingest("a")
        world.settle()
        hour += 1
    return world


@pytest.mark.parametrize(
    ("acts", "erased", "title"),
    [
        # The version that carried `expires` is removed: before and after it expired.
        (("upload wone", "upload wtwo expires", "erase 2", "remove", "wait"), "wtwo", "wone"),
        (("upload wone", "upload wtwo expires", "wait", "erase 2", "remove"), "wtwo", "wone"),
        (("upload wone", "upload wtwo expires", "wait", "remove", "erase 2"), "wtwo", "wone"),
        # The version below the removed one carried `expires`, and is erased.
        (("upload wone expires", "upload wtwo", "erase 1", "remove", "wait"), "wone", EXPIRED),
        (("upload wone expires", "upload wtwo", "remove", "erase 1", "wait"), "wone", EXPIRED),
        # The removed version is erased, and S3 shows one that has expired.
        (("upload wone expires", "upload wtwo", "erase 2", "wait", "remove"), "wtwo", EXPIRED),
        (("upload wone expires", "upload wtwo", "wait", "remove", "erase 2"), "wtwo", EXPIRED),
        # S3 has no version left.
        (("upload wone expires", "wait", "erase 1", "remove"), "wone", EXPIRED),
        (("upload wone expires", "wait", "remove", "erase 1"), "wone", EXPIRED),
        (("upload wone expires", "wait", "erase all", "remove"), "wone", WITHDRAWN),
        (("upload wone expires", "erase all", "remove", "wait"), "wone", WITHDRAWN),
        (("upload wone expires", "remove", "erase 1", "wait"), "wone", WITHDRAWN),
        (("upload wone expires", "erase 1", "wait"), "wone", EXPIRED),
    ],
)
def test_no_erased_title_is_left(acts: Sequence[str], erased: str, title: str) -> None:
    world = lived(acts)
    assert places_of(world, erased) == []
    shown = shown_title(catalogue_of("en"), world.newest("a"))
    assert shown == (f"{title}title of it" if title in {"wone", "wtwo"} else title)


def test_an_event_that_expires_by_an_older_version_keeps_the_title_that_was_public_last() -> None:
    """Its newest version was removed and not erased, so its revision stays published."""
    world = lived(("upload wone expires", "upload wtwo", "erase 1", "wait", "remove"))
    assert places_of(world, "wone") == []
    assert shown_title(catalogue_of("en"), world.newest("a")) == f"Expired: {SECOND}"
    assert world.revision("a", 2).entry.title == SECOND
