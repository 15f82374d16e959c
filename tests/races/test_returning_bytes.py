"""Bytes that are A, then B, then A again have the tag that a late writer of B expects."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import pytest

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing
from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey, Partition, PartitionKind
from gazette.models.work.reconciliation import PublishWork
from gazette.models.work.tasks import tasks_for
from gazette.runtime.builders import make_builders, make_finders
from gazette.services.publish.batch import StreamRecord, publish_batch
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.site import SiteReconciler
from gazette.store.dynamodb import DynamoLedger
from tests.races.ground import make_clients
from tests.races.laps import Change, follow_stream, publish_again, write_and_ingest
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import morning
from tests.races.referee import Referee
from tests.races.stopping import StoppingSite, stopped
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import SITE, document_of

pytestmark = pytest.mark.ministack

IMAGE, OTHER_DAY = "images/a.png", "2026-07-05"
WIDE, HIGH, NONE = (Change(IMAGE, body) for body in (image_file(40, 30), image_file(30, 40), None))
SQUARE = Change(IMAGE, image_file(30, 30))


class Case(NamedTuple):
    """What is there, what comes for a moment, what takes it back, and where all this shows."""

    there: Sequence[Change]
    moment: Change
    back: Change
    partition: Partition
    path: str


def guest(day: str) -> Change:
    """Write an event that moves to another day; that moves no date."""
    minor = {"kind": "minor"}
    return Change(event_key("guest"), document_of(title="Guest", date=day, revision=minor))


_IMAGE = (Partition(PartitionKind.IMAGE, IMAGE), "image/a.png")
_DAY = (Partition(PartitionKind.DAY, "2026-07-04"), "sitemaps/2026-07-04.xml")
CASES = {
    "replaced": Case([WIDE], HIGH, WIDE, *_IMAGE),
    "deleted": Case([WIDE], NONE, WIDE, *_IMAGE),
    "created": Case([WIDE, NONE], HIGH, NONE, *_IMAGE),
    "listed": Case(
        [Change(event_key("host"), document_of(title="Host")), guest(OTHER_DAY)],
        guest("2026-07-04"),
        guest(OTHER_DAY),
        *_DAY,
    ),
}
Late: TypeAlias = Callable[[SiteReconciler, Sequence[ItemKey]], None]


def publish_late(rebuilder: SiteReconciler, item_keys: Sequence[ItemKey], attempt: int) -> None:
    records = [StreamRecord("", item_key, attempt) for item_key in item_keys]
    assert publish_batch(rebuilder.publisher, records).failed == []


def rebuild_late(rebuilder: SiteReconciler, _item_keys: Sequence[ItemKey]) -> None:
    _, report = rebuilder.publish(PublishWork(segment=0, segments=1), lambda: True)
    assert report.failed == []


def overtake(racecourse: Racecourse, referee: Referee, case: Case, late: Late) -> list[str | None]:
    """Let somebody who saw A and has B in hand write it when A is there again.

    Returns what stood there before, when it was there again, and at last.
    """
    ground = referee.ground
    write = partial(racecourse.run, ground)
    write([partial(write_and_ingest, changes=case.there)], followers=[follow_stream])
    shown = [referee.site().get(case.path)]
    write([partial(write_and_ingest, changes=[case.moment])])
    item_keys = [item_key for item_key in referee.records() if item_key.partition == case.partition]
    rebuilder, site = make_late_rebuilder(referee, case.path)
    with stopped(site, lambda: late(rebuilder, item_keys)):
        write([], followers=[follow_stream])
        assert referee.site().get(case.path) != shown[0]
        write([partial(write_and_ingest, changes=[case.back])], followers=[follow_stream])
        shown.append(referee.site().get(case.path))
    return [*shown, referee.site().get(case.path)]


def make_late_rebuilder(referee: Referee, path: str) -> tuple[SiteReconciler, StoppingSite]:
    """Make all that a process has, with clients of its own, and a site that makes it wait."""
    ground = referee.ground
    clients = make_clients(referee.clients.s3.meta.endpoint_url)
    ledger = DynamoLedger(clients.dynamodb, ground.table, morning)
    source = S3SourceArchive(clients.s3, ground.source_bucket)
    site = StoppingSite(S3SiteStore(clients.s3, ground.site_bucket), path)
    builders = make_builders(SITE, ledger, source, morning)
    publisher = SiteWriter(ledger, site, builders, make_finders(SITE, ledger))
    listing = S3SiteListing(clients.s3, ground.site_bucket)
    return SiteReconciler(ledger, listing, publisher), site


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("late", [partial(publish_late, attempt=2), rebuild_late])
def test_a_late_writer_that_the_entity_tag_lets_through_does_not_win_in_the_end(
    racecourse: Racecourse, referee: Referee, case: Case, late: Late
) -> None:
    before, again, at_last = overtake(racecourse, referee, case, late)
    assert before == again == at_last
    assert referee.site() == referee.site_in_order()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_would_win_without_the_check_after_writing(
    racecourse: Racecourse, referee: Referee, case: Case
) -> None:
    """The ETag lets it through. The stream delivers one at a time, so it may not occur."""
    late = partial(publish_late, attempt=1)
    before, again, at_last = overtake(racecourse, referee, case, late)
    assert before == again
    assert again != at_last


@pytest.mark.parametrize("moment", [HIGH, NONE], ids=["replaced", "deleted"])
def test_where_other_bytes_are_newer_the_tag_lets_nobody_through(
    racecourse: Racecourse, referee: Referee, moment: Change
) -> None:
    """Not even a writer that does not check again, with older bytes or a deletion in hand."""
    case = Case([WIDE], moment, SQUARE, *_IMAGE)
    before, newer, at_last = overtake(racecourse, referee, case, partial(publish_late, attempt=1))
    assert before != newer
    assert newer == at_last
    assert referee.site() == referee.site_in_order()


def test_bytes_that_return_all_the_time_end_as_they_should(
    racecourse: Racecourse, referee: Referee
) -> None:
    changes = [(WIDE, HIGH, WIDE, NONE)[number % 4] for number in range(iterations(41))]
    item_key = keys.image_key(IMAGE)
    assert tasks_for(item_key)
    outcome = racecourse.run(
        referee.ground,
        [partial(write_and_ingest, changes=changes)],
        [partial(publish_again, item_keys=[item_key], attempt=2)] * 3,
        [follow_stream],
    )
    show("bytes that return", outcome)
    assert "image/a.png" in referee.returned()
    assert referee.site() == referee.site_in_order()
    assert outcome.met["412"] > 0
