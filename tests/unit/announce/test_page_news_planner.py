"""Which pages search engines hear of: those that a revision of their own event has changed."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from gazette.models.ledger.keys import ItemKey, former_key, revision_key
from gazette.models.limits import MAX_PAGES_A_MESSAGE
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.page_news import PageNews
from gazette.models.tasks.reports import PublishReport
from gazette.ports import SiteStore
from gazette.services.announce.page_news_planner import PageNewsPlanner
from tests.unit.announce.hubs import FOXES, FakeBulkOutbox
from tests.unit.erasures.erasing import erase
from tests.unit.publish.worlds import SITE, World, hours
from tests.unit.reconcile.reconciling import broken, reconcile

KEY = "0b3f5c7e9a1d4e6f"
FIRST = "news/2026/07/4/river-opens.html"


class SearchWorld(World):
    """A `World` whose pages are announced after publishing."""

    def __init__(self, key: str = KEY) -> None:
        self.settings = replace(SITE, index_now_key=key)
        super().__init__(self.settings)
        self.outbox = FakeBulkOutbox()
        self.reports: list[PublishReport] = []
        self.planner = PageNewsPlanner(self.settings, self.ledger, self.outbox, lambda: self.now)

    def publish(self, item_keys: Iterable[ItemKey], site: SiteStore | None = None) -> PublishReport:
        written = list(item_keys)
        report = super().publish(written, site)
        self.planner.plan([StreamRecord("", item_key) for item_key in written], report)
        self.reports.append(report)
        return report

    def pages(self) -> list[str]:
        """Settle and return the paths of the announced pages, in order."""
        self.outbox.bodies.clear()
        self.settle()
        found = [PageNews.model_validate_json(body) for body in self.outbox.bodies]
        assert all(len(one.pages) <= MAX_PAGES_A_MESSAGE for one in found)
        base = self.settings.url("")
        return sorted(page.removeprefix(base) for one in found for page in one.pages)


@pytest.fixture
def world() -> SearchWorld:
    """A site that has had one event for a day."""
    world = SearchWorld()
    world.put("first", hours(-24), **FOXES)
    world.settle()
    return world


def test_a_new_event_is_announced_and_its_neighbours_are_not(world: SearchWorld) -> None:
    before = world.site()[FIRST]
    world.put("a", hours(0), title="Fox seen", **FOXES)
    assert world.pages() == ["news/2026/07/4/fox-seen.html"]
    assert world.site()[FIRST] != before  # it leads to its new neighbour
    assert sum(report.pages_queued for report in world.reports[1:]) == 1


def test_the_key_is_shown_in_a_file_of_the_site(world: SearchWorld) -> None:
    document = world.store.documents[f"{KEY}.txt"]
    assert (document.body, document.media_type) == (KEY.encode(), "text/plain; charset=utf-8")


def test_a_file_of_the_publisher_does_not_take_the_place_of_the_key(world: SearchWorld) -> None:
    world.source.put(f"static/{KEY}.txt", b"another", hours(0))
    world.notifications.append(f"static/{KEY}.txt")
    world.settle()
    assert world.site()[f"{KEY}.txt"] == KEY.encode()


@pytest.mark.parametrize("kind", ["update", "correction", "minor"])
def test_a_revision_that_changes_the_page_is_announced(world: SearchWorld, kind: str) -> None:
    world.put("first", hours(0), body="It opened.", revision={"kind": kind, "note": "x"}, **FOXES)
    assert world.pages() == [FIRST]


def test_the_same_bytes_again_are_not_announced(world: SearchWorld) -> None:
    world.put("first", hours(0), **FOXES)
    assert world.pages() == []


def test_a_withdrawal_is_announced(world: SearchWorld) -> None:
    world.delete("first", hours(0))
    assert world.pages() == [FIRST]


def test_a_move_names_the_new_page_and_those_that_the_event_has_left(world: SearchWorld) -> None:
    pages = [FIRST, *(f"news/2026/07/4/{slug}.html" for slug in ("b", "c"))]
    world.put("first", hours(0), slug="b", **FOXES)
    assert world.pages() == sorted(pages[:2])
    world.put("first", hours(1), slug="c", **FOXES)
    # The notice at the second address leads to the first one, where the next one stands.
    assert world.pages() == sorted(pages)


def test_an_erasure_names_the_page_that_is_removed_and_the_notice(world: SearchWorld) -> None:
    world.now = hours(24 * 30)
    erase(world, "first", world.now, "all")
    named = world.pages()
    assert FIRST in named
    assert FIRST not in world.site()
    (notice,) = set(named) - {FIRST}
    assert b"River opens" not in world.site()[notice]


def test_items_that_are_there_no_longer_name_no_page(world: SearchWorld) -> None:
    """Records come late: an erasure may have taken a former path, or the ledger may be restored."""
    nothing = [former_key("first", FIRST.removesuffix(".html")), revision_key("none", 1)]
    records = [StreamRecord("", item_key) for item_key in nothing]
    world.planner.plan(records, PublishReport(written=[FIRST]))
    assert world.outbox.bodies[1:] == []


def test_a_rebuild_announces_nothing(world: SearchWorld) -> None:
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.settle()
    world.outbox.bodies.clear()
    for path in sorted(world.site())[::3]:
        broken(world, path, b"vandals")
    reconcile(world)
    assert world.pages() == []


def test_what_was_stored_before_a_rebuild_began_is_no_news(world: SearchWorld) -> None:
    """A rebuild writes revisions again; their records come through the same stream."""
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.now = hours(1)
    reconcile(world)
    assert world.pages() == []


def test_an_old_version_is_no_news(world: SearchWorld) -> None:
    """A ledger that was lost and an archive that moved bring versions of long ago."""
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.now = hours(24 * 3)
    assert world.pages() == []


def test_a_site_without_a_key_announces_nothing() -> None:
    world = SearchWorld("")
    world.put("a", hours(0), **FOXES)
    assert world.pages() == []
    texts = {path for path in world.site() if path.endswith(".txt")}
    assert texts == {"robots.txt", "llms.txt"}


def test_many_pages_are_several_messages(world: SearchWorld) -> None:
    for number in range(MAX_PAGES_A_MESSAGE + 5):
        world.put(f"a{number}", hours(0), title=f"Fox {number}")
    assert len(world.pages()) == MAX_PAGES_A_MESSAGE + 5


@pytest.mark.parametrize("fails", ["is_broken", "refuses"])
def test_a_queue_that_fails_costs_no_publication(world: SearchWorld, fails: str) -> None:
    setattr(world.outbox, fails, True)
    world.put("a", hours(0), title="Fox seen", **FOXES)
    assert world.pages() == []
    (failure,) = [one for report in world.reports for one in report.unsent]
    assert failure.subject == "page news"
    assert [one for report in world.reports for one in report.failed] == []
    assert b"Fox seen" in world.site()["feed.atom"]
