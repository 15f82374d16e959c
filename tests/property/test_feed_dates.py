"""The date of a feed never goes back, whatever leaves it (SPEC R5, A1)."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gazette.services.expire.expiry import Expirer
from tests.property.archives import CHANGES, SMALL, Change, apply
from tests.unit.publish.worlds import World, hours

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)
FEW = settings(max_examples=25, deadline=None)


def dates(world: World) -> dict[str, datetime]:
    """Return the dates of all feeds to subscribe to, by path.

    Empty feeds of changes have the date of the oldest event, which a late one may move.
    """
    feeds = {
        path: etree.fromstring(body)
        for path, body in world.site().items()
        if path.endswith(("feed.atom", "updates.atom", "corrections.atom"))
    }
    return {
        path: datetime.fromisoformat(feed.findtext(f"{ATOM}updated") or "")
        for path, feed in feeds.items()
        if path.endswith("feed.atom") or feed.find(f"{ATOM}entry") is not None
    }


def assert_not_earlier(world: World, before: dict[str, datetime]) -> dict[str, datetime]:
    after = dates(world)
    assert before.keys() <= after.keys()
    earlier = {path: (date, after[path]) for path, date in before.items() if after[path] < date}
    assert earlier == {}
    return after


@given(CHANGES, st.lists(st.integers(0, 40), min_size=20, max_size=20))
@FEW
def test_the_date_of_a_feed_never_goes_back(changes: list[Change], days: list[int]) -> None:
    world = World(SMALL)
    newest: dict[str, datetime] = {}
    passed = 0
    for change, wait in zip(changes, days, strict=False):
        passed += 24 * wait + 1
        world.now = hours(passed)
        Expirer(world.ledger, SMALL.tombstone_days).expire(world.now, 40 * DAY)
        world.settle()
        newest = assert_not_earlier(world, newest)
        apply(world, passed, change)
        world.settle()
        newest = assert_not_earlier(world, newest)
    world.now = hours(passed) + 32 * DAY
    Expirer(world.ledger, SMALL.tombstone_days).expire(world.now)
    world.settle()
    assert_not_earlier(world, newest)
