"""Several functions ingest the same key or path: the ledger is as if they had taken turns."""

from functools import partial

import pytest

from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import Revision, Snapshot
from tests.races.laps import Change, follow_stream, ingest_in_step, rebuild, write_and_ingest
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import REFUSED
from tests.races.referee import Referee
from tests.races.versions import changing
from tests.unit.publish.worlds import World, document_of

pytestmark = pytest.mark.ministack

NAME = "bridge"
PREFERRING = 4


def ingest_only(world: World) -> None:
    world.ingest(NAME)


@pytest.mark.parametrize("racers", [2, 4])
def test_several_ingests_of_a_growing_key_record_the_same_as_one(
    racecourse: Racecourse, referee: Referee, racers: int
) -> None:
    each = iterations(12)
    numbers = [range(racer * each, (racer + 1) * each) for racer in range(racers)]
    outcome = racecourse.run(
        referee.ground,
        [
            partial(write_and_ingest, changes=[changing(NAME, number) for number in own])
            for own in numbers
        ],
    )
    show(f"{racers} ingest one key", outcome)
    records = referee.state()
    assert_complete(referee, records)
    assert records == referee.replay(ingest_only).state()
    assert outcome.met[REFUSED] > 0


def assert_complete(referee: Referee, records: dict[ItemKey, LedgerItem]) -> None:
    """Each good version has a revision, and the snapshot has the last one."""
    versions = [version for _, version, body in referee.written() if body != b"{}"]
    item_key = keys.snapshot_key(NAME)
    snapshot = Snapshot.model_validate_json(records[item_key].payload)
    assert {known.identity for known in snapshot.known} == {
        version.identity for _, version, _ in referee.written()
    }
    revisions = [
        Revision.model_validate_json(record.payload)
        for item_key, record in sorted(records.items())
        if item_key.partition == partitions.event_partition(NAME)
        and item_key.sort.startswith(keys.REVISION)
    ]
    numbers = [revision.number for revision in revisions]
    assert numbers == sorted(set(numbers))
    kept = {version.version_id for version in versions if not version.is_delete_marker}
    assert kept <= {revision.version_id for revision in revisions}
    assert snapshot.revision is not None
    assert snapshot.revision.number == numbers[-1]


def test_one_of_several_events_gets_their_preferred_path_and_all_are_published(
    racecourse: Racecourse, referee: Referee
) -> None:
    stories = iterations(4)
    preferences = [
        [preferred(f"racer-{racer}-{story}", story) for story in range(stories)]
        for racer in range(PREFERRING)
    ]
    outcome = racecourse.run(
        referee.ground,
        [partial(ingest_in_step, changes=own, parties=PREFERRING) for own in preferences],
    )
    show(f"{PREFERRING} prefer one path", outcome)
    racecourse.run(referee.ground, [], followers=[follow_stream])
    base_paths = base_paths_of(referee)
    for story in range(stories):
        plain = f"news/2026/07/4/story-{story}"
        candidate = [f"{plain}-{number}" for number in range(2, PREFERRING + 1)]
        assert sorted(base_paths[story]) == [plain, *candidate]
    # Each event is refused once for every event before it.
    assert outcome.met[REFUSED] == stories * sum(range(PREFERRING))
    site = referee.site()
    assert {
        f"{base_path}.html" for story in base_paths.values() for base_path in story
    } <= site.keys()
    assert site == referee.site_in_order()
    referee.wipe_site()
    racecourse.run(referee.ground, [], [rebuild], [follow_stream])
    assert referee.site() == site


def preferred(name: str, story: int) -> Change:
    return Change(event_key(name), document_of(title=f"Story {story}"))


def base_paths_of(referee: Referee) -> dict[int, list[str]]:
    """Return the paths of all events by story."""
    found: dict[int, list[str]] = {}
    for item_key, record in referee.records().items():
        if item_key.sort == keys.SNAPSHOT:
            snapshot = Snapshot.model_validate_json(record.payload)
            assert snapshot.revision is not None
            story = int(snapshot.event_id.rpartition("-")[2])
            found.setdefault(story, []).append(snapshot.revision.entry.base_path)
    return found
