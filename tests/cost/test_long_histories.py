"""The 400th update and the 400th title of an event cost what the third did."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.product import REVISIONS_A_HISTORY_PART, REVISIONS_SHOWN
from gazette_cli.engines.acts import Change
from tests.cost.meter import READ_BYTES, READ_UNITS, WRITE_UNITS, MeteredEngine
from tests.site.conftest import SITE

START = datetime(2026, 1, 1, tzinfo=UTC)
LAST = 4 * REVISIONS_A_HISTORY_PART + 1
FIRST_CUT = REVISIONS_SHOWN + 1
NEW_PART = REVISIONS_A_HISTORY_PART + 1
MEASURED = (1, 2, 3, 4, FIRST_CUT, *range(NEW_PART - 1, NEW_PART + 2), LAST - 1, LAST)
UNITS = (READ_BYTES, READ_UNITS, WRITE_UNITS)
# One page of the ledger has all of a short history, with the addresses that it left. Of a longer
# one those are read by themselves.
OF_A_CUT = {
    "body": Counter({"dynamodb.Query": 3}),
    "title": Counter({"dynamodb.Query": 3, "dynamodb.GetItem": 2}),
}
# Behind the newest updates there is an archive, of the topic and of the site (SPEC P7): an update
# also reads where it is cut, however many there are.
OF_ARCHIVES = Counter({"dynamodb.GetItem": 4, "dynamodb.Query": 3})
KINDS = pytest.mark.parametrize("kind", ["body", "title"])


class LongEngine(MeteredEngine):
    """A metered engine whose one event gets many versions, a minute apart.

    That is soon enough for each of them to be news.
    """

    def __init__(self, kind: str) -> None:
        calls: Counter[str] = Counter()
        super().__init__(SITE, MemorySiteStore(calls), calls)
        self._kind = kind

    def cost_of(self, number: int) -> Counter[str]:
        """Ingest and publish a version."""
        self._upload(number)
        usage = self.measure()
        return usage.ingest + usage.publish

    def ingest_only(self, number: int) -> None:
        """Ingest a version and publish nothing: 400 publications would take minutes."""
        self._upload(number)
        self._ingest()
        self._item_keys.clear()

    def _upload(self, number: int) -> None:
        document = {"title": "Foxes", "date": "2026-01-01", "topics": ["Foxes"]}
        document |= {self._kind: f"Version {number}"}
        at = START + timedelta(minutes=number)
        self.apply(Change(at, "events/a.json", json.dumps(document).encode()))


@cache
def costs(kind: str) -> Mapping[int, Counter[str]]:
    """Return the usage of the measured versions of an event; ``kind`` is the field that changes.

    The version before each is published too, so that only one version is new to the site.
    """
    engine = LongEngine(kind)
    engine.measure()
    found = {}
    for number in range(1, LAST + 1):
        if number in MEASURED or number + 1 in MEASURED:
            found[number] = engine.cost_of(number)
        else:
            engine.ingest_only(number)
    return found


def calls_of(kind: str, number: int) -> dict[str, int]:
    return {name: count for name, count in costs(kind)[number].items() if name not in UNITS}


@KINDS
def test_a_later_version_makes_the_calls_of_the_third(kind: str) -> None:
    """The third title is the first that leaves an address which is not the first one."""
    third = calls_of(kind, 3)
    assert calls_of(kind, 4) == third
    first_cut = Counter(calls_of(kind, FIRST_CUT))
    assert first_cut == Counter(third) + OF_A_CUT[kind]
    for number in (NEW_PART - 1, LAST - 1):
        calls = Counter(calls_of(kind, number))
        assert not first_cut - calls
        assert calls - first_cut <= OF_ARCHIVES, number


@KINDS
def test_a_version_that_begins_a_part_writes_two_documents_more(kind: str) -> None:
    first_cut = Counter(calls_of(kind, FIRST_CUT))
    for number in (NEW_PART, LAST):
        more = Counter(calls_of(kind, number)) - first_cut
        assert more["s3.PutObject"] == more["s3.HeadObject"] == 2
        # The full part is published alone, and what follows it reads through a view of its own,
        # which begins with its lists.
        allowed = Counter({"s3.PutObject": 2, "s3.HeadObject": 2, "dynamodb.BatchGetItem": 1})
        of_full_part = Counter({"dynamodb.Query": 6})
        assert more <= allowed + of_full_part + OF_ARCHIVES


def test_the_second_title_leaves_only_the_first_address_and_the_third_one_more() -> None:
    more = Counter(calls_of("title", 3)) - Counter(calls_of("title", 2))
    assert (more["s3.PutObject"], more["s3.HeadObject"], more.total()) == (4, 4, 9)


@KINDS
def test_what_is_read_for_a_version_is_bounded_by_a_page_and_a_part(kind: str) -> None:
    """So the 400th version reads what the hundredth did, and a new part begins with less."""
    found = costs(kind)
    a_revision = found[4][READ_BYTES] - found[3][READ_BYTES]
    most = found[3][READ_BYTES] + a_revision * (REVISIONS_SHOWN + REVISIONS_A_HISTORY_PART)
    assert max(found[number][READ_BYTES] for number in MEASURED) < most
    # How many updates a live feed has follows from where they are cut (P7): it may have fewer.
    for name in UNITS:
        assert found[LAST - 1][name] <= found[NEW_PART - 1][name] * 1.05
        assert found[LAST][name] <= found[NEW_PART][name] * 1.05
    # The revisions of a part are read at least once; a new part has two.
    less = found[NEW_PART - 1][READ_BYTES] - found[NEW_PART + 1][READ_BYTES]
    assert less > a_revision * (REVISIONS_A_HISTORY_PART - 2) / 5
