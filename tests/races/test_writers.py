"""Ten lanes publish partitions that they share: nothing shown goes back, and nothing is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import pytest

from gazette.models import paths
from gazette.models.contract.identity import event_key
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.projections.feeds.segments import FIRST, SegmentNote, SegmentRef
from tests.property.archives import NAMES as IDS
from tests.races.laps import Change, lanes, write_and_ingest
from tests.races.racecourse import Racecourse, iterations, show
from tests.races.racers import LANES
from tests.races.referee import Referee
from tests.races.versions import growing
from tests.unit.publish.worlds import SITE, document_of

pytestmark = pytest.mark.ministack

SMALL = replace(SITE, feed_entries=3)

# Of these ids each of the first kind bounds a segment. Enough are left at the end to close some.
BOUNDARIES, OTHERS = IDS[:5], IDS[5:14]
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
NAMES = ("bridge", "ferry", "quay")


def test_what_grows_never_goes_back_when_ten_lanes_publish_it(
    racecourse: Racecourse, referee: Referee
) -> None:
    """Every lane gets the items of every partition, out of order, and nothing is tried again."""
    last = iterations(4)
    outcome = racecourse.run(
        referee.ground,
        [
            partial(
                write_and_ingest, changes=[growing(name, number) for number in range(1, last + 1)]
            )
            for name in NAMES
        ],
        followers=lanes(LANES, copies=2),
    )
    outcome.done["written twice"] = referee.written_twice()
    show(f"{LANES} lanes", outcome)
    assert referee.returned() == set()
    for path in SHOWING:
        numbers = referee.numbers(path)
        assert numbers == sorted(numbers), path
        assert numbers[-1] == last, path
    assert referee.site() == referee.site_in_order()
    assert outcome.done["given up"] == outcome.done["written twice"] == 0
    assert outcome.met["412"] > 0
    assert outcome.done["conflicts"] > 0


def test_ten_lanes_lose_no_note_on_a_segment(racecourse: Racecourse, referee: Referee) -> None:
    """Feeds are short, and events come, go and move, so segments are closed, cut and opened."""
    halves = (BOUNDARIES[::2] + OTHERS[::2], BOUNDARIES[1::2] + OTHERS[1::2])
    outcome = racecourse.run(
        referee.ground,
        [partial(write_and_ingest, changes=coming_and_going(names)) for names in halves],
        followers=lanes(LANES, entries=SMALL.feed_entries),
    )
    show(f"{LANES} lanes and segments", outcome)
    assert referee.site() == referee.site_in_order(SMALL)
    raced = notes(referee.records())
    assert any(note.is_closed for note in raced.values())
    shown = {note_key for note_key in raced if is_shown(referee, note_key)}
    assert shown == {note_key for note_key, note in raced.items() if lasts(note_key, note)}
    in_order = notes(referee.replay(site=SMALL).records())
    assert {note_key: note for note_key, note in raced.items() if note_key in shown} == {
        note_key: note for note_key, note in in_order.items() if lasts(note_key, note)
    }
    assert outcome.done["given up"] == 0
    assert outcome.done["conflicts"] > 0


def coming_and_going(names: Sequence[str]) -> list[Change]:
    """Write events on one topic; then delete some and move others to another topic."""
    come = [Change(event_key(name), document_of(title=name, topics=["Harbour"])) for name in names]
    deleted = [Change(event_key(name), None) for name in names[::3]]
    moved = [
        Change(event_key(name), document_of(title=name, topics=["Trams"])) for name in names[1::3]
    ]
    return [*come, *deleted, *moved]


def notes(records: Mapping[ItemKey, LedgerItem]) -> dict[ItemKey, SegmentNote]:
    return {
        item_key: SegmentNote.model_validate_json(item.payload)
        for item_key, item in records.items()
        if item_key.sort.startswith(keys.SEGMENT)
    }


def lasts(note_key: ItemKey, note: SegmentNote) -> bool:
    """Say whether a segment is closed, or its address forwards to another one (SPEC P9)."""
    return note.is_closed or note.newest is not None or note_key.sort == f"{keys.SEGMENT}{FIRST}"


def is_shown(referee: Referee, note_key: ItemKey) -> bool:
    """Say whether the archive document of a note stands on the site."""
    ref = SegmentRef(note_key.sort.removeprefix(keys.SEGMENT))
    base_path = paths.archive_path(paths.timeline_folder(note_key.partition), ref.name)
    return f"{base_path}.atom" in referee.site()
