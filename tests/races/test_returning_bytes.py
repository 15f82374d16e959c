"""If bytes change from A to B and back to A, a late writer of B still has a valid ETag."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, TypeAlias

import pytest

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.delivery.s3_listings import S3SiteListing
from gazette.models.contract.identity import event_key
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reconciliation import PublishWork
from gazette.models.tasks.tasks import PublishTask
from gazette.runtime.builders import make_builders, make_finders
from gazette.services.publish.batch import publish_batch
from gazette.services.publish.composer import Composer
from gazette.services.publish.site_writer import SiteWriter
from gazette.services.reconcile.site import SiteReconciler
from gazette.store.dynamodb import DynamoLedger
from tests.races.ground import make_clients
from tests.races.laps import Change, follow_stream, lanes, write_and_ingest
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import LANES, morning
from tests.races.referee import Referee
from tests.races.stopping import StoppingSite, stopped
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import SITE, document_of

pytestmark = pytest.mark.ministack

IMAGE, OTHER_DAY = "images/a.png", "2026-07-05"
WIDE, HIGH, NONE = (Change(IMAGE, body) for body in (image_file(40, 30), image_file(30, 40), None))
SQUARE = Change(IMAGE, image_file(30, 30))


class Case(NamedTuple):
    """The versions: before, for a moment, and back; and the document that shows them."""

    there: Sequence[Change]
    moment: Change
    back: Change
    partition: Partition
    path: str


def guest(day: str) -> Change:
    """Write an event of this day; a later move to another day is minor and keeps its dates."""
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


def publish_late(rebuilder: SiteReconciler, item_keys: Sequence[ItemKey]) -> None:
    records = [StreamRecord("", item_key) for item_key in item_keys]
    assert publish_batch(rebuilder.writer, records).failed == []


def publish_unverified(rebuilder: SiteReconciler, item_keys: Sequence[ItemKey]) -> None:
    """Publish as if nothing had changed at any check after writing."""
    writer = rebuilder.writer
    builders = {kind: Unverified(builder) for kind, builder in writer.builders.items()}
    unverified = replace(writer, builders=builders)
    publish_late(replace(rebuilder, writer=unverified), item_keys)


@dataclass
class Unverified:
    """A builder for which everything is always as it was."""

    builder: Composer
    loaded: object = None

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.paths(task)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.every_path(task)

    def compose(self, task: PublishTask) -> BuildResult:
        result = self.builder.compose(task)
        self.loaded = result.loaded
        return result

    def load(self, _task: PublishTask) -> object:
        return self.loaded


def rebuild_late(rebuilder: SiteReconciler, _item_keys: Sequence[ItemKey]) -> None:
    _, report = rebuilder.publish(PublishWork(segment=0, segments=1), lambda: True)
    assert report.failed == []


def overtake(racecourse: Racecourse, referee: Referee, case: Case, late: Late) -> list[str | None]:
    """Let a writer that saw A and has composed B write it when A has returned.

    Returns the ETags before, after the return, and at the end.
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
    """Make the services of a process with its own clients and a site that stops its writes."""
    ground = referee.ground
    clients = make_clients(referee.clients.s3.meta.endpoint_url)
    ledger = DynamoLedger(clients.dynamodb, ground.table, morning)
    source = S3SourceArchive(clients.s3, ground.source_bucket)
    site = StoppingSite(S3SiteStore(clients.s3, ground.site_bucket), path)
    builders = make_builders(SITE, ledger, source, morning)
    writer = SiteWriter(ledger, site, builders, make_finders(SITE, ledger))
    listing = S3SiteListing(clients.s3, ground.site_bucket)
    return SiteReconciler(ledger, listing, writer), site


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("late", [publish_late, rebuild_late])
def test_a_late_writer_that_the_entity_tag_lets_through_does_not_win_in_the_end(
    racecourse: Racecourse, referee: Referee, case: Case, late: Late
) -> None:
    """The stream has brought everything before it writes, and brings nothing after that."""
    before, again, at_last = overtake(racecourse, referee, case, late)
    assert before == again == at_last
    assert referee.site() == referee.site_in_order()


def test_it_would_win_without_the_check_after_writing(
    racecourse: Racecourse, referee: Referee
) -> None:
    before, again, at_last = overtake(racecourse, referee, CASES["replaced"], publish_unverified)
    assert before == again
    assert again != at_last


def test_a_late_writer_of_a_day_is_refused_its_count_and_starts_over(
    racecourse: Racecourse, referee: Referee
) -> None:
    """The count is replaced at the revision that was read before the day (decision 82)."""
    before, again, at_last = overtake(racecourse, referee, CASES["listed"], publish_unverified)
    assert before == again == at_last


@pytest.mark.parametrize("moment", [HIGH, NONE], ids=["replaced", "deleted"])
def test_a_late_writer_is_refused_if_other_bytes_are_newer(
    racecourse: Racecourse, referee: Referee, moment: Change
) -> None:
    """This holds even for a writer that does not check again, with older bytes or a deletion."""
    case = Case([WIDE], moment, SQUARE, *_IMAGE)
    before, newer, at_last = overtake(racecourse, referee, case, publish_unverified)
    assert before != newer
    assert newer == at_last
    assert referee.site() == referee.site_in_order()


def test_bytes_that_return_again_and_again_are_correct_in_the_end(
    racecourse: Racecourse, referee: Referee
) -> None:
    """Every lane gets every record."""
    changes = [(WIDE, HIGH, WIDE, NONE)[number % 4] for number in range(iterations(17))]
    outcome = racecourse.run(
        referee.ground,
        [partial(write_and_ingest, changes=changes)],
        followers=lanes(LANES, copies=LANES),
    )
    outcome.done["written twice"] = referee.written_twice()
    show(f"bytes that return and {LANES} lanes", outcome)
    assert "image/a.png" in referee.returned()
    assert referee.site() == referee.site_in_order()
    assert outcome.done["given up"] == 0
    assert outcome.met["412"] > 0
