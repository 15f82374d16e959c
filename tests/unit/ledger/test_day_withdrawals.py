"""All that was withdrawn from a day can be reached from its document (SPEC T2)."""

from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from gazette.models.product import TOMBSTONES_SHOWN
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

ATOM = "{http://www.w3.org/2005/Atom}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
DAY = "news/2026/07/4/index.xml"
FOLDER = "news/2026/07/4/withdrawn/"
MANY = 3 * TOMBSTONES_SHOWN


def withdrawn_world(number: int) -> World:
    """Withdraw so many events of one day, and keep one."""
    world = World()
    world.put("kept", hours(0), title="Kept")
    for event in range(number):
        world.put(name(event), hours(event / 100), title=name(event))
        world.delete(name(event), hours(5))
    settle(world)
    return world


def settle(world: World) -> None:
    world.ingest(*dict.fromkeys(key[7:-5] for key in world.notifications))
    world.notifications.clear()
    while world.changes:
        batch = list(dict.fromkeys(world.changes))
        world.changes.clear()
        world.publish(batch)


def name(event: int) -> str:
    return f"e{event:03}"


def walk(world: World) -> Iterator[tuple[str, etree._Element]]:
    path: str | None = DAY
    while path:
        root = etree.fromstring(world.site()[path])
        yield path, root
        path = link(root, "prev-archive")


def link(root: etree._Element, rel: str) -> str | None:
    found = (str(each.get("href")) for each in root.iterfind(f"{ATOM}link[@rel='{rel}']"))
    return next((each.removeprefix(f"{SITE.base_url}/") for each in found), None)


def refs(root: etree._Element) -> list[str]:
    return [str(each.get("ref")) for each in root.iter(DELETED)]


def further(world: World) -> list[str]:
    return [path for path in world.site() if path.startswith(FOLDER)]


def test_all_withdrawals_of_a_day_are_reached_once_newest_first() -> None:
    world = withdrawn_world(MANY)
    steps = list(walk(world))
    found = [ref for _, root in steps for ref in refs(root)]
    assert found == [SITE.event_tag(name(event)) for event in reversed(range(MANY))]
    assert len(refs(steps[0][1])) == TOMBSTONES_SHOWN
    assert len(steps) > 2
    assert sorted(further(world)) == sorted(path for path, _ in steps[1:])
    for (newer, _), (path, root) in pairwise(steps):
        assert link(root, "self") == path
        assert link(root, "next-archive") == newer
        assert root.findtext(f"{ATOM}updated") == "2026-07-04T13:00:00Z"
        assert root.findtext(f"{ATOM}title") == "Gazette: withdrawn from 4 July 2026"
        assert root.findall(f"{ATOM}entry") == []


def test_a_day_with_few_withdrawals_has_one_document() -> None:
    world = withdrawn_world(TOMBSTONES_SHOWN)
    assert [path for path, _ in walk(world)] == [DAY]
    assert further(world) == []


def test_documents_of_withdrawals_go_when_the_events_come_back() -> None:
    world = withdrawn_world(TOMBSTONES_SHOWN + 2)
    assert further(world) == [f"{FOLDER}index.xml"]
    for event in (0, 1):
        world.put(name(event), hours(6), title=name(event))
    settle(world)
    assert further(world) == []
    assert [path for path, _ in walk(world)] == [DAY]


def test_the_reconciliation_knows_the_documents_of_withdrawals() -> None:
    world = withdrawn_world(MANY)
    before = world.site()
    broken(world, further(world)[0], None)
    assert reconcile(world).counts.orphans == 0
    assert world.site() == before


def test_a_later_event_of_the_day_leaves_the_documents_of_withdrawals_alone() -> None:
    world = withdrawn_world(MANY)
    writes = world.calls["s3.PutObject"]
    before = {path: world.store.documents[path] for path in further(world)}
    world.put("later", hours(7), title="Later")
    settle(world)
    assert world.calls["s3.PutObject"] > writes
    assert {path: world.store.documents[path] for path in further(world)} == before
