"""Several ingest one key, or events that wish one path: the ledger is that of one after another."""

from functools import partial

import pytest

from gazette.models import keys
from gazette.models.entry import Head, Revision
from gazette.models.identity import event_key
from gazette.models.keys import Place
from gazette.models.record import Record
from tests.races.laps import Change, follow_stream, ingest_in_step, rebuild, write_and_ingest
from tests.races.racecourse import Racecourse, rounds, tell
from tests.races.racers import REFUSED
from tests.races.referee import Referee
from tests.races.versions import changing
from tests.unit.worlds import World, document_of

pytestmark = pytest.mark.ministack

NAME = "bridge"
WISHING = 4


def ingest_only(world: World) -> None:
    world.ingest(NAME)


@pytest.mark.parametrize("racers", [2, 4])
def test_a_key_that_several_ingest_while_versions_come_is_recorded_as_by_one(
    racecourse: Racecourse, referee: Referee, racers: int
) -> None:
    each = rounds(12)
    numbers = [range(racer * each, (racer + 1) * each) for racer in range(racers)]
    outcome = racecourse.run(
        referee.ground,
        [
            partial(write_and_ingest, changes=[changing(NAME, number) for number in own])
            for own in numbers
        ],
    )
    tell(f"{racers} ingest one key", outcome)
    records = referee.records()
    assert_complete(referee, records)
    assert records == referee.replay(ingest_only).records()
    assert outcome.met[REFUSED] > 0


def assert_complete(referee: Referee, records: dict[Place, Record]) -> None:
    """Each good version has the revision of its position, and the head is at the last one."""
    versions = [version for _, version, body in referee.written() if body != b"{}"]
    place = keys.head_place(NAME)
    head = Head.model_validate_json(records[place].payload)
    assert head.versions == len(referee.written())
    revisions = [
        Revision.model_validate_json(record.payload)
        for place, record in sorted(records.items())
        if place.partition == keys.event_partition(NAME) and place.sort.startswith(keys.REVISION)
    ]
    numbers = [revision.number for revision in revisions]
    assert numbers == sorted(set(numbers))
    kept = {version.version_id for version in versions if not version.is_delete_marker}
    assert kept <= {revision.version_id for revision in revisions}
    assert head.revision is not None
    assert head.revision.number == numbers[-1]


def test_of_events_that_wish_one_path_one_has_it_and_all_are_published(
    racecourse: Racecourse, referee: Referee
) -> None:
    stories = rounds(4)
    wishes = [
        [wish(f"racer-{racer}-{story}", story) for story in range(stories)]
        for racer in range(WISHING)
    ]
    outcome = racecourse.run(
        referee.ground,
        [partial(ingest_in_step, changes=own, parties=WISHING) for own in wishes],
    )
    tell(f"{WISHING} wish one path", outcome)
    racecourse.run(referee.ground, [], followers=[follow_stream])
    stems = stems_of(referee)
    for story in range(stories):
        plain = f"news/2026/07/4/story-{story}"
        spare = [f"{plain}-{number}" for number in range(2, WISHING + 1)]
        assert sorted(stems[story]) == [plain, *spare]
    # Refused once for each that came before it.
    assert outcome.met[REFUSED] == stories * sum(range(WISHING))
    site = referee.site()
    assert {f"{stem}.html" for story in stems.values() for stem in story} <= site.keys()
    assert site == referee.site_in_order()
    referee.wipe_site()
    racecourse.run(referee.ground, [], [rebuild], [follow_stream])
    assert referee.site() == site


def wish(name: str, story: int) -> Change:
    return Change(event_key(name), document_of(title=f"Story {story}"))


def stems_of(referee: Referee) -> dict[int, list[str]]:
    """Return the path of every event, by the story it tells."""
    found: dict[int, list[str]] = {}
    for place, record in referee.records().items():
        if place.sort == keys.HEAD:
            head = Head.model_validate_json(record.payload)
            assert head.revision is not None
            story = int(head.event_id.rpartition("-")[2])
            found.setdefault(story, []).append(head.revision.entry.stem)
    return found
