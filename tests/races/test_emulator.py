"""What the races stand on: the emulator lets one of those through who saw the same, as AWS does."""

from functools import partial

import pytest

from gazette.models.identity import event_id, event_key
from tests.races.laps import claim_in_step, count_up
from tests.races.racecourse import Racecourse, rounds, tell
from tests.races.racers import REFUSED
from tests.races.referee import Referee

pytestmark = pytest.mark.ministack

RACERS = 4


def test_of_those_who_saw_one_entity_tag_one_writes(
    racecourse: Racecourse, referee: Referee
) -> None:
    """A counter in an object: no count is lost, so reading a tag and writing by it is one step."""
    steps = rounds(25)
    outcome = racecourse.run(referee.ground, [partial(count_up, steps=steps)] * RACERS)
    tell("a counter", outcome)
    answer = referee.clients.s3.get_object(Bucket=referee.ground.site_bucket, Key="counter.txt")
    assert answer["Body"].read() == b"%d" % (RACERS * steps)
    assert outcome.met["412"] > 0


def test_of_those_who_claim_one_path_one_has_it(racecourse: Racecourse, referee: Referee) -> None:
    stems = tuple(f"news/2026/07/4/{number}" for number in range(rounds(25)))
    names = [event_id(event_key(f"racer-{number}")) for number in range(RACERS)]
    outcome = racecourse.run(
        referee.ground,
        [partial(claim_in_step, stems=stems, name=name, parties=RACERS) for name in names],
    )
    tell("claims", outcome)
    assert outcome.done["claimed"] == len(stems) == len(referee.records())
    assert outcome.met[REFUSED] == (RACERS - 1) * len(stems)
    assert len({record.payload for record in referee.records().values()}) > 1
