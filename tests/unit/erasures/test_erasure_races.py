"""Two runs that erase the same event meet: one is late, and the other has read before it wrote."""

from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.tasks.reports import IngestReport
from gazette.services.ingest.ingest import Ingestor
from gazette.services.source.document_store import DocumentStore
from tests.property.test_event_history import Mortal
from tests.unit.erasures.erasing import dies_after, erase, worded
from tests.unit.publish.worlds import World, hours

_FOREVER = 10**6
_BEFORE_ITS_SNAPSHOT = 4


def erased() -> World:
    """Return a world with an event on the site that is to be erased."""
    world = World()
    world.put("a", hours(0), **worded("wone"))
    world.settle()
    erase(world, "a", hours(1), "all")
    world.notifications.clear()
    return world


class Overtaken(Mortal):
    """A ledger in which late writes, and what they publish, come just before the first revision."""

    def __init__(self, world: World, late: list[LedgerItem]) -> None:
        super().__init__(world, _FOREVER, late=False)
        self._world = world
        self._left = late

    def put(self, record: LedgerItem) -> bool:
        self._let_pass(record)
        return super().put(record)

    def replace(self, record: LedgerItem, expected_revision: int) -> bool:
        self._let_pass(record)
        return super().replace(record, expected_revision)

    def _let_pass(self, record: LedgerItem) -> None:
        if not record.key.sort.startswith(keys.REVISION):
            return
        late, self._left = self._left, []
        for item in late:
            self._world.ledger.put(item)
        self._world.publish([item.key for item in late])


def test_a_page_that_an_overtaken_erasure_published_goes_with_its_address() -> None:
    """The run that overtakes it has read the revisions before, and knows no such address (V10)."""
    overtaken = erased()
    assert not dies_after(_FOREVER, overtaken)
    late = [
        item
        for key, item in overtaken.records().items()
        if key.sort.startswith((keys.REVISION, keys.LEFT))
    ]
    in_order, world = erased(), erased()
    assert dies_after(1, world)
    for one in (in_order, world):
        one.put("a", hours(2), **worded("wone"))
    ledger = Overtaken(world, late)
    ingestor = Ingestor(world.source, ledger, world.clock)
    ingestor.ingest(event_key("a"), IngestReport())
    for one in (in_order, world):
        one.now = hours(3)
        one.ingest("a")
        one.settle()
    assert sorted(world.site()) == sorted(in_order.site())


def test_a_number_that_another_run_has_taken_is_not_taken_by_an_erasure() -> None:
    """It reads all records, but only those up to its own number are of its history (V9)."""
    world = World()
    world.put("a", hours(0), **worded("wone"))
    world.settle()
    world.put("a", hours(1), **worded("wtwo"))
    assert dies_after(_BEFORE_ITS_SNAPSHOT, world)
    taken = world.revision("a", 2)
    world.source.remove_version(event_key("a"), taken.version_id)
    erase(world, "a", hours(2), [1])
    world.put("a", hours(3), title="Other")
    world.settle()
    assert world.revision("a", 2).identity == taken.identity
    assert world.revision("a", 3).entry.title == "Other"


def first_of_two_erased() -> World:
    """Return a world whose first revision is to be erased, when S3 has lost it."""
    world = World()
    world.put("a", hours(0), **worded("wone"))
    world.put("a", hours(1), title="Next")
    world.settle()
    world.source.remove_version(event_key("a"), world.revision("a", 1).version_id)
    erase(world, "a", hours(2), [1])
    world.notifications.clear()
    return world


def test_a_document_that_is_restored_is_not_removed_by_a_late_erasure() -> None:
    """The run that restores it has read it from the ledger, before the other one removes it."""
    world, late = first_of_two_erased(), first_of_two_erased()
    assert not dies_after(_FOREVER, late)
    removed = [
        item
        for key, item in late.records().items()
        if key.partition.kind is PartitionKind.DOCUMENT and item.deleted
    ]
    assert len(removed) == 1
    assert dies_after(1, world)
    for version in world.source.versions(erasure_key("a")):
        world.source.remove_version(erasure_key("a"), version.version_id)
    world.now = hours(3)
    world.ingest("a")
    for item in removed:
        world.ledger.put(item)
    restored = world.revision("a", 1)
    assert restored.entry.erased is None
    document = DocumentStore(world.ledger).get("a", restored.identity)
    assert document is not None
    assert document.body == "wonebody"
