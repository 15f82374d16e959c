"""Several functions publish one growing partition: no document ever goes back (DESIGN, flow)."""

from collections.abc import Sequence
from functools import partial

import pytest

from gazette.models.ledger.keys import ItemKey, PartitionKind
from tests.races.laps import follow_stream, publish_again, write_and_ingest
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import Lap
from tests.races.referee import Referee
from tests.races.versions import growing

pytestmark = pytest.mark.ministack

NAME = "bridge"
BASE_PATH = "news/2026/07/4/river-opens"
# These documents show the newest version.
SHOWING = (
    f"{BASE_PATH}.html",
    f"{BASE_PATH}.json",
    f"{BASE_PATH}.xml",
    "topics/harbour/feed.json",
    "topics/harbour/feed.atom",
    "news/2026/07/4/index.xml",
)
STREAM: Sequence[Lap] = [follow_stream]
MOST_RACES = 10
SHARED = {PartitionKind.EVENT, PartitionKind.TOPIC}


def item_keys(racecourse: Racecourse, referee: Referee) -> tuple[ItemKey, ...]:
    """Publish the first version; return the item keys of the shared partitions."""
    first: Lap = partial(write_and_ingest, changes=[growing(NAME, 1)])
    racecourse.run(referee.ground, [first], followers=STREAM)
    return tuple(item_key for item_key in referee.records() if item_key.partition.kind in SHARED)


@pytest.mark.parametrize(
    ("others", "attempt", "followers"), [(2, 2, ()), (3, 2, STREAM), (3, 1, STREAM)]
)
def test_documents_of_a_growing_partition_never_go_back_with_several_publishers(
    racecourse: Racecourse,
    referee: Referee,
    others: int,
    attempt: int,
    followers: Sequence[Lap],
) -> None:
    """Retries race with each other, with the stream, and as if the stream had several lanes."""
    shared = item_keys(racecourse, referee)
    last, met = 1, 0
    # On a busy machine publishers may not meet: the race is repeated until they do.
    for _ in range(MOST_RACES):
        first, last = last + 1, last + iterations(15)
        changes = [growing(NAME, number) for number in range(first, last + 1)]
        outcome = racecourse.run(
            referee.ground,
            [partial(write_and_ingest, changes=changes)],
            [partial(publish_again, item_keys=shared, attempt=attempt)] * others,
            followers,
        )
        show(f"{others + len(followers)} publishers", outcome)
        met += outcome.met["412"]
        if met:
            break
    racecourse.run(referee.ground, [], followers=STREAM)
    assert referee.returned() == set()
    for path in SHOWING:
        numbers = referee.numbers(path)
        assert numbers == sorted(numbers), path
        assert numbers[-1] == last, path
    assert referee.site() == referee.site_in_order()
    assert met > 0
