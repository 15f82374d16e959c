"""Several publish one partition while it grows: what was shown never goes back (DESIGN, flow)."""

from functools import partial

import pytest

from gazette.models.keys import PartitionKind, Place
from tests.races.laps import follow_stream, publish_again, write_and_ingest
from tests.races.racecourse import Racecourse, rounds, tell
from tests.races.racers import Lap
from tests.races.referee import Referee
from tests.races.versions import growing

pytestmark = pytest.mark.ministack

NAME = "bridge"
STEM = "news/2026/07/4/river-opens"
# Where the newest version is told.
TELLING = (
    f"{STEM}.html",
    f"{STEM}.json",
    f"{STEM}.xml",
    "topics/harbour/feed.json",
    "topics/harbour/feed.atom",
    "news/2026/07/4/index.xml",
)
SHARED = {PartitionKind.EVENT, PartitionKind.TOPIC}


def places(racecourse: Racecourse, referee: Referee) -> tuple[Place, ...]:
    """Publish the first version; return the places of what tells of it."""
    first: Lap = partial(write_and_ingest, changes=[growing(NAME, 1)])
    racecourse.run(referee.ground, [first], followers=[follow_stream])
    return tuple(place for place in referee.records() if place.partition.kind in SHARED)


@pytest.mark.parametrize(("others", "attempt"), [(1, 2), (3, 2), (3, 1)])
def test_what_grows_never_goes_back_however_many_publish_it(
    racecourse: Racecourse, referee: Referee, others: int, attempt: int
) -> None:
    """The stream's publisher and others; as second tries, and as if the stream told them too."""
    shared = places(racecourse, referee)
    last = rounds(80 // (1 + others))  # two meet less often than four
    changes = [growing(NAME, number) for number in range(2, last + 1)]
    outcome = racecourse.run(
        referee.ground,
        [partial(write_and_ingest, changes=changes)],
        [partial(publish_again, places=shared, attempt=attempt)] * others,
        [follow_stream],
    )
    tell(f"{1 + others} publishers", outcome)
    assert referee.returned() == set()
    for path in TELLING:
        numbers = referee.numbers(path)
        assert numbers == sorted(numbers), path
        assert numbers[-1] == last, path
    assert referee.site() == referee.site_in_order()
    assert outcome.met["412"] > 0
