"""The emulator accepts one of several conditional writes, like AWS; the other tests need this."""

from functools import partial

import pytest

from gazette.models.contract.identity import event_id, event_key
from gazette.models.ledger import partitions
from gazette.models.ledger.keys import ItemKey
from tests.races.laps import claim_in_step, count_up, put_in_step
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import REFUSED
from tests.races.referee import Referee

pytestmark = pytest.mark.ministack

RACERS = 4


def test_only_one_of_several_writers_with_the_same_etag_succeeds(
    racecourse: Racecourse, referee: Referee
) -> None:
    """A counter in an object: no count is lost, so reading a tag and writing by it is one step."""
    steps = iterations(10)
    outcome = racecourse.run(referee.ground, [partial(count_up, steps=steps)] * RACERS)
    show("a counter", outcome)
    answer = referee.clients.s3.get_object(Bucket=referee.ground.site_bucket, Key="counter.txt")
    assert answer["Body"].read() == b"%d" % (RACERS * steps)
    assert outcome.met["412"] > 0


def test_only_one_of_several_claims_of_a_path_succeeds(
    racecourse: Racecourse, referee: Referee
) -> None:
    base_paths = tuple(f"news/2026/07/4/{number}" for number in range(iterations(25)))
    names = [event_id(event_key(f"racer-{number}")) for number in range(RACERS)]
    outcome = racecourse.run(
        referee.ground,
        [
            partial(claim_in_step, base_paths=base_paths, name=name, parties=RACERS)
            for name in names
        ],
    )
    show("claims", outcome)
    assert outcome.done["claimed"] == len(base_paths) == len(referee.records())
    assert outcome.met[REFUSED] == (RACERS - 1) * len(base_paths)
    assert len({record.payload for record in referee.records().values()}) > 1


def test_the_newest_revision_wins_among_several_writers_of_an_item(
    racecourse: Racecourse, referee: Referee
) -> None:
    item_keys = [
        ItemKey(partitions.topic_partition("harbour"), f"{n}") for n in range(iterations(25))
    ]
    revisions = range(1, RACERS + 1)
    laps = [
        partial(put_in_step, item_keys=item_keys, revision=n, parties=RACERS) for n in revisions
    ]
    outcome = racecourse.run(referee.ground, laps)
    show("registers", outcome)
    assert {
        item_key: record.revision for item_key, record in referee.records().items()
    } == dict.fromkeys(item_keys, RACERS)
    assert outcome.done["put"] + outcome.met[REFUSED] == RACERS * len(item_keys)
    assert outcome.met[REFUSED] > 0
