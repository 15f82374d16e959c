"""What differs from the ledger is published again; what stands costs a listing and reading."""

from dataclasses import replace
from typing import NoReturn

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.reconciliation import PublishWork
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document, document
from gazette.ports import ConflictError
from gazette.services.reconcile.inventory import CautiousLedger, list_site
from gazette.services.reconcile.site import SiteReconciler
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import WRITES, always, broken, never, reconciler_of

WHOLE = PublishWork(segment=0, segments=1)
PAGE = "news/2026/07/4/river-opens.html"


def site_of(world: World) -> SiteReconciler:
    return reconciler_of(world).site


def settled() -> World:
    world = World()
    for hour, name in enumerate(("a", "b", "c")):
        world.put(name, hours(hour), title=f"River {name}", topics=["Foxes", "Bears"])
    world.put("a", hours(9), title="River opens", topics=["Foxes"])
    world.settle()
    return world


def test_correct_documents_are_not_written_and_need_no_request_each() -> None:
    world = settled()
    before = world.calls.copy()
    work_item, report = site_of(world).publish(WHOLE, always)
    spent = world.calls - before
    assert work_item.is_done
    assert (report.documents_written, report.items_written) == (0, 0)
    assert report.documents_unchanged >= len(world.site())
    assert not {*WRITES, "s3.HeadObject"}.intersection(+spent)
    assert spent["s3.ListObjectsV2"] == 1


def test_segments_cover_the_ledger_and_each_continues_at_its_cursor() -> None:
    world = settled()
    whole = world.site()
    for path in whole:
        broken(world, path, None)
    for number in range(3):
        work_item = PublishWork(segment=number, segments=3)
        while not work_item.is_done:
            work_item, _ = site_of(world).publish(work_item, never)
    assert world.site() == whole


def test_different_documents_are_written_and_superfluous_ones_removed() -> None:
    world = settled()
    whole = world.site()
    broken(world, PAGE, b"vandals")
    broken(world, "feed.atom", None)
    work_item, _ = site_of(world).publish(WHOLE, always)
    assert world.site() == whole
    assert work_item.counts.documents_written == 2


class BrokenBuilder:
    """A builder with a bug."""

    def paths(self, task: PublishTask) -> NoReturn:
        raise RuntimeError(task)

    every_path = compose = paths

    def load(self, task: PublishTask) -> NoReturn:
        raise RuntimeError(task)


def test_a_failed_task_is_counted_and_all_others_are_published() -> None:
    world = settled()
    broken(world, PAGE, None)
    builders = {**world.writer.builders, TaskKind.SITE: BrokenBuilder()}
    world.writer = replace(world.writer, builders=builders)
    work_item, report = site_of(world).publish(WHOLE, always)
    assert work_item.counts.failed == len(report.failed) == 1
    assert report.failed[0].subject == "site SITE#"
    assert PAGE in world.site()


def page(path: str, body: bytes = b"1") -> Document:
    return document(path, body, "text/plain")


class Inventory:
    """A site with two documents, and a listing of it."""

    def __init__(self, most: int = 100) -> None:
        self.world = World()
        self.store = self.world.store
        self.store.write([page("a"), page("b")], {"a": None, "b": None})
        self.listed = list_site(self.store, self.store, most)
        self.world.calls.clear()

    def heads(self) -> int:
        return self.world.calls["s3.HeadObject"]


def test_a_listed_path_is_known_and_so_is_one_that_is_not_there() -> None:
    site = Inventory()
    assert site.listed.etags(["a", "c"]) == {"a": page("a").etag, "c": None}
    assert site.heads() == 0


def test_documents_after_the_end_of_the_listing_are_read_one_by_one() -> None:
    site = Inventory(most=1)
    assert site.listed.last == "a"
    assert site.listed.etags(["a", "b"]) == {"a": page("a").etag, "b": page("b").etag}
    assert site.heads() == 1


def test_own_writes_and_removals_are_known() -> None:
    site = Inventory()
    site.listed.write([page("a", b"2"), page("c")], site.listed.etags(["a", "c"]))
    site.listed.remove(["b", "d"], site.listed.etags(["b", "d"]))
    assert site.listed.etags(["a", "b", "c"]) == {
        "a": page("a", b"2").etag,
        "b": None,
        "c": page("c").etag,
    }
    assert site.heads() == 0


def test_a_listing_that_others_overtook_is_not_believed_again() -> None:
    """Older bytes never win: the write is refused, and then the document is looked at."""
    site = Inventory()
    site.store.write([page("a", b"2")], site.store.etags(["a"]))
    site.store.remove(["b"], site.store.etags(["b"]))
    site.world.calls.clear()
    with pytest.raises(ConflictError):
        site.listed.write([page("a", b"3")], site.listed.etags(["a"]))
    with pytest.raises(ConflictError):
        site.listed.remove(["b"], site.listed.etags(["b"]))
    assert site.listed.etags(["a", "b"]) == {"a": page("a", b"2").etag, "b": None}
    assert site.heads() == 2


def test_a_record_that_is_held_is_not_written_and_a_newer_one_is() -> None:
    world = World()
    ledger = CautiousLedger(world.ledger)
    record = LedgerItem(ItemKey(partitions.SITE, "ENTRY#a"), 2, "{}")
    assert ledger.put(record)
    before = world.calls["dynamodb.PutItem"]
    assert not ledger.put(record)
    assert not ledger.put(record._replace(revision=1))
    assert world.calls["dynamodb.PutItem"] == before
    assert ledger.put(record._replace(revision=3))


def test_a_reconciliation_replaces_an_item_as_the_ledger_does() -> None:
    world = World()
    ledger = CautiousLedger(world.ledger)
    count = LedgerItem(ItemKey(partitions.SITE, "MONTHS#2026-01"), 1, "{}")
    assert ledger.replace(count, 0)
    assert not ledger.replace(count._replace(payload="late"), 0)
    assert world.ledger.get(count.key) == count
    assert ledger.get_several([count.key]) == {count.key: count}


def test_a_reconciliation_requests_no_rebuild_of_events() -> None:
    world = World()
    rebuild_request = keys.rebuild_request_key(partitions.event_partition("a"), "IMAGE#b")
    assert not CautiousLedger(world.ledger).put(LedgerItem(rebuild_request, 1, "{}"))
    assert world.records() == {}
