"""Publishing, rebuilding and reconciling at the same time, while events change in every way."""

from functools import partial

import pytest

from tests.races.laps import Change, follow_stream, lanes, reconcile, write_and_ingest
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import LANES
from tests.races.referee import Referee
from tests.races.versions import changing
from tests.unit.images.image_files import image_file

pytestmark = pytest.mark.ministack

IMAGE = "images/a.png"
IMAGES = (image_file(40, 30), image_file(30, 40), None)
NAMES = ("bridge", "ferry")


def changes(name: str) -> list[Change]:
    """Write versions of every kind, and between them replace or delete an image."""
    written: list[Change] = []
    for number in range(1, iterations(5) + 1):
        written.append(changing(name, number))
        if name == NAMES[0]:
            written.append(Change(IMAGE, IMAGES[number % len(IMAGES)]))
    return written


def test_a_rebuild_during_publishing_in_ten_lanes_ends_in_the_site_of_order(
    racecourse: Racecourse, referee: Referee
) -> None:
    outcome = racecourse.run(
        referee.ground,
        [partial(write_and_ingest, changes=changes(name)) for name in NAMES],
        [reconcile],
        lanes(LANES),
    )
    show(f"a rebuild and {LANES} lanes", outcome)
    assert referee.site() == referee.site_in_order()
    assert outcome.done["iterations"] > 1
    assert outcome.done["given up"] == 0
    assert outcome.met["412"] > 0


def test_two_rebuilds_at_once_restore_a_lost_site_completely(
    racecourse: Racecourse, referee: Referee
) -> None:
    written = [change for name in NAMES for change in changes(name)[: iterations(3)]]
    racecourse.run(
        referee.ground, [partial(write_and_ingest, changes=written)], followers=[follow_stream]
    )
    site = referee.site()
    referee.wipe_site()
    outcome = racecourse.run(referee.ground, [], [reconcile, reconcile], [follow_stream])
    show("two rebuilds", outcome)
    assert referee.site() == site
    assert outcome.met["412"] > 0
