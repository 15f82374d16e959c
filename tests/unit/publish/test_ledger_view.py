"""A view over the ledger gives what the ledger has, and reads it once."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.ports import Ledger
from gazette.services.publish.known_reads import Page
from gazette.services.publish.ledger_view import LedgerView
from gazette.store.memory import MemoryLedger
from tests.unit.publish.worlds import MORNING

FOXES, HARES = Partition.parse("TOPIC#foxes"), Partition.parse("TOPIC#hares")
SORTS = [f"{prefix}{number}" for prefix in ("DAYS#", "ENTRY#", "MONTHS#") for number in range(6)]


def key(sort: str) -> ItemKey:
    return ItemKey(FOXES, sort)


class Counted:
    """A ledger and an open view over it; ``calls`` are those of the view."""

    def __init__(self, *sorts: str, most_bytes: int = 10**6) -> None:
        self.calls: Counter[str] = Counter()
        self.ledger = MemoryLedger(self.calls, lambda _: None, lambda: MORNING)
        for sort in sorts:
            self.ledger.put(LedgerItem(key(sort), 1, f"payload of {sort}"))
        self.view = LedgerView(self.ledger, most_bytes)
        self.view.renew()
        self.calls.clear()

    def reads(self, read: Callable[[Ledger], object]) -> int:
        """Return the number of calls that a read of the view makes; its result is right."""
        before = self.calls.copy()
        found = read(self.view)
        taken = (self.calls - before).total()
        assert found == read(self.ledger)
        return taken


def sorts_of(items: Iterator[LedgerItem]) -> list[str]:
    return [item.key.sort for item in items]


READS: dict[str, Callable[[Ledger], object]] = {
    "get": lambda ledger: ledger.get(key("ENTRY#2")),
    "get nothing": lambda ledger: ledger.get(key("ENTRY#9")),
    "scan": lambda ledger: sorts_of(ledger.scan(FOXES, "ENTRY#")),
    "scan all": lambda ledger: sorts_of(ledger.scan(FOXES)),
    "newest": lambda ledger: sorts_of(ledger.newest(FOXES, "ENTRY#")),
    "after": lambda ledger: sorts_of(ledger.after(key("ENTRY#2"))),
    "before": lambda ledger: sorts_of(ledger.before(key("ENTRY#2"))),
    "own and before": lambda ledger: sorts_of(ledger.before(key("ENTRY#2\0"))),
    "next after": lambda ledger: next(ledger.after(key("ENTRY#2"), 1), None),
    "next before": lambda ledger: next(ledger.before(key("ENTRY#2"), 1), None),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_was_read_is_not_read_again(read: Callable[[Ledger], object]) -> None:
    counted = Counted(*SORTS)
    assert counted.reads(read) > 0
    assert counted.reads(read) == 0


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_closed_view_remembers_nothing(read: Callable[[Ledger], object]) -> None:
    counted = Counted(*SORTS)
    counted.view.close()
    taken = counted.reads(read)
    assert taken > 0
    counted.ledger.put(LedgerItem(key("ENTRY#25"), 1, "new"))
    assert counted.reads(read) >= taken


def test_a_whole_list_answers_every_read_of_its_parts() -> None:
    counted = Counted(*SORTS)
    assert counted.reads(READS["scan all"]) == 1
    assert [counted.reads(read) for read in READS.values()] == [0] * len(READS)


def test_a_list_that_was_read_backwards_in_part_is_read_on_from_there() -> None:
    counted = Counted(*(f"ENTRY#{number:03}" for number in range(250)))
    newest = counted.view.newest(FOXES, "ENTRY#")
    assert next(newest).key.sort == "ENTRY#249"
    assert counted.calls.total() == 1
    # Seven full pages of 32 items, and one of the 25 that are left.
    assert counted.reads(lambda ledger: len(list(ledger.newest(FOXES, "ENTRY#")))) == 8
    assert counted.reads(READS["scan"]) == 0


def test_behind_a_full_page_of_the_newest_items_smaller_ones_are_read() -> None:
    counted = Counted(*(f"ENTRY#{number:03}" for number in range(250)))
    newest = counted.view.newest(FOXES, "ENTRY#")
    assert len(list(islice(newest, 100))) == 100
    assert counted.calls.total() == 1
    assert len(list(islice(newest, 33))) == 33
    assert counted.calls.total() == 3


def test_an_item_between_two_known_ranges_is_read_alone() -> None:
    for read in ("newest", "next after"):
        counted = Counted(*SORTS)
        counted.reads(READS["after"])
        counted.reads(READS["before"])
        # What was read before and after an item leaves that out.
        assert counted.reads(READS[read]) == (1 if read == "newest" else 0)
    counted.reads(lambda ledger: sorts_of(ledger.after(key("ENTRY#0"))))
    assert counted.calls["dynamodb.GetItem"] == 1


@pytest.mark.parametrize("many", [3, 5])
@pytest.mark.parametrize("is_backwards", [False, True])
def test_of_a_page_that_was_read_every_item_is_known(many: int, *, is_backwards: bool) -> None:
    """It is paid for. A short page says, too, that nothing follows."""
    names = [f"ENTRY#{number}" for number in range(many)]
    counted = Counted(*names)
    first, last = key("ENTRY#"), key("ENTRY#9")
    found = counted.view.before(last, 4) if is_backwards else counted.view.after(first, 4)
    assert next(found).key.sort == (names[-1] if is_backwards else names[0])
    for sort in names[-4:] if is_backwards else names[:4]:
        counted.view.get(key(sort))
    assert counted.calls == {"dynamodb.Query": 1}
    counted.view.get(first if is_backwards else last)
    assert counted.calls["dynamodb.GetItem"] == (many >= 4)


def test_a_partition_is_no_list_and_is_read_backwards_each_time() -> None:
    counted = Counted(*SORTS)
    for _ in range(2):
        assert counted.reads(lambda ledger: sorts_of(ledger.newest(FOXES, ""))) == 1


def test_a_part_of_a_list_ends_where_its_prefix_ends() -> None:
    counted = Counted(*(f"ENTRY#{number}" for number in range(100, 300)))
    assert next(counted.view.newest(FOXES, "ENTRY#2")).key.sort == "ENTRY#299"
    counted.reads(lambda ledger: sorts_of(ledger.newest(FOXES, "ENTRY#2")))


def test_opened_again_it_reads_again() -> None:
    counted = Counted(*SORTS)
    counted.reads(READS["get"])
    counted.ledger.put(LedgerItem(key("ENTRY#2"), 2, "newer"))
    counted.view.renew()
    assert counted.reads(READS["get"]) == 1


def test_an_item_that_was_written_through_the_view_is_read_again() -> None:
    counted = Counted(*SORTS)
    counted.reads(READS["scan all"])
    assert counted.view.put(LedgerItem(key("DAYS#2"), 2, "newer"))
    assert counted.reads(lambda ledger: ledger.get(key("DAYS#2"))) == 1
    assert counted.view.replace(LedgerItem(key("DAYS#3"), 5, "replaced"), 1)
    assert not counted.view.replace(LedgerItem(key("DAYS#4"), 5, "replaced"), 4)
    assert counted.reads(lambda ledger: list(ledger.after(key("DAYS#0")))) == 2
    assert counted.reads(READS["scan"]) == 0


def test_a_deletion_that_was_written_through_the_view_is_read_again() -> None:
    counted = Counted(*SORTS)
    deletion = keys.deletion_key(key("ENTRY#2"))
    counted.reads(READS["scan all"])
    counted.reads(lambda ledger: ledger.get(deletion))
    counted.view.put(LedgerItem(key("ENTRY#2"), 2, "", deleted=True))
    assert counted.reads(lambda ledger: ledger.get(deletion)) == 1
    assert counted.reads(READS["scan"]) > 0
    counted.ledger.put(LedgerItem(key("ENTRY#3"), 2, "", deleted=True))
    counted.ledger.put(LedgerItem(key("ENTRY#3"), 1, "late"))
    counted.view.renew()
    counted.view.get(key("ENTRY#3"))
    counted.view.remove_overtaken([key("ENTRY#3")])
    assert counted.view.get(key("ENTRY#3")) is None


def test_a_reader_that_began_before_a_write_brings_nothing_old_back() -> None:
    counted = Counted(*SORTS)
    reader = counted.view.after(key("ENTRY#0"), 4)
    assert next(reader).key.sort == "ENTRY#1"
    counted.view.put(LedgerItem(key("ENTRY#2"), 2, "newer"))
    list(reader)
    found = counted.view.get(key("ENTRY#2"))
    assert found is not None
    assert found.payload == "newer"


def test_the_partitions_read_longest_ago_are_forgotten_for_others() -> None:
    counted = Counted(*SORTS, most_bytes=2_000)
    counted.reads(READS["scan all"])
    counted.ledger.put(LedgerItem(ItemKey(HARES, "ENTRY#1"), 1, 1_000 * "x"))
    counted.view.get(ItemKey(HARES, "ENTRY#1"))
    assert counted.reads(READS["scan all"]) == 1


def test_what_is_too_large_for_a_view_is_read_each_time() -> None:
    counted = Counted(*SORTS, most_bytes=100)
    for _ in range(2):
        assert all(counted.reads(read) for read in READS.values())


def test_each_thread_has_a_view_of_its_own() -> None:
    counted = Counted(*SORTS)
    counted.reads(READS["scan all"])
    thread = Thread(target=lambda: counted.view.get(key("ENTRY#2")))
    thread.start()
    thread.join()
    assert counted.calls["dynamodb.GetItem"] == 1


def test_a_claim_is_made_in_the_ledger() -> None:
    counted = Counted()
    assert counted.view.claim("a", "one") == counted.view.claim("a", "two") == "one"


def test_a_list_of_which_the_beginning_is_known_is_read_on_from_there() -> None:
    counted = Counted("LASTDELETED", *(f"MONTHS#{number:03}" for number in range(30)))
    assert next(counted.view.after(key("LAST"), 24)).key.sort == "LASTDELETED"
    counted.calls.clear()
    found = sorts_of(counted.view.scan(FOXES, "MONTHS#"))
    assert found == [f"MONTHS#{number:03}" for number in range(30)]
    assert counted.calls == {"dynamodb.Query": 1}
    assert counted.reads(lambda ledger: sorts_of(ledger.scan(FOXES, "MONTHS#"))) == 0


def test_a_page_with_which_a_view_is_opened_answers_reads_of_single_items() -> None:
    counted = Counted(*SORTS)
    page, other = Page(key("ENTRY#\U0010ffff"), 3, is_backwards=True), key("DAYS#1")
    counted.view.renew([key("ENTRY#5"), key("ENTRY#4"), other, key("DAYS#2")], [page])
    assert counted.calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1}
    assert counted.reads(lambda ledger: [ledger.get(key(f"ENTRY#{one}")) for one in (3, 5)]) == 0
    counted.view.renew([key("ENTRY#5"), other], [page])
    assert counted.calls["dynamodb.BatchGetItem"] == 1


_READ_AT = [
    *SORTS,
    "DAYS#",
    "ENTRY#",
    "MONTHS#",
    "ENTRY#3.",
    "ENTRY#3\0",
    "",
    "LAST",
    "LASTDELETED",
]


@given(
    held=st.sets(st.sampled_from([*SORTS, "DAYS#", "LASTCHANGED", "LASTDELETED", "NAMED"])),
    pages=st.lists(
        st.tuples(st.sampled_from(_READ_AT), st.integers(1, 9), st.booleans()), max_size=3
    ),
    reads=st.lists(
        st.tuples(
            st.sampled_from(["get", "scan", "newest", "after", "before"]),
            st.sampled_from(_READ_AT),
            st.integers(min_value=1, max_value=9),
        ),
        max_size=12,
    ),
    most_bytes=st.sampled_from([0, 300, 10**6]),
)
def test_whatever_was_read_before_a_view_gives_what_the_ledger_has(
    held: set[str],
    pages: list[tuple[str, int, bool]],
    reads: list[tuple[str, str, int]],
    most_bytes: int,
) -> None:
    counted = Counted(*held, most_bytes=most_bytes)
    counted.view.renew((), [Page(key(sort), size, last) for sort, size, last in pages])
    for name, sort, many in reads:
        found = [_read(ledger, name, sort, many) for ledger in (counted.view, counted.ledger)]
        assert found[0] == found[1]


def _read(ledger: Ledger, name: str, sort: str, many: int) -> list[LedgerItem | None]:
    """Read some items, and leave the rest unread."""
    if name == "get":
        return [ledger.get(key(sort))]
    read = {
        "scan": lambda: ledger.scan(FOXES, sort),
        "newest": lambda: ledger.newest(FOXES, sort),
        "after": lambda: ledger.after(key(sort), 3),
        "before": lambda: ledger.before(key(sort), 3),
    }[name]()
    return [item for item, _ in zip(read, range(many), strict=False)]
