"""One event costs the same in a small archive and in a much larger one."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from gazette.delivery.memory import MemorySiteStore
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.site.conftest import SITE

START = datetime(2026, 1, 1, tzinfo=UTC)
TOPICS = [f"Topic {number}" for number in range(8)]


def event(number: int, at: datetime) -> Change:
    """Make an event with three of eight topics; each day has eight events."""
    document = {
        "title": f"Event {number}",
        "date": (START + timedelta(days=number // 8)).date().isoformat(),
        "topics": [TOPICS[(number + step) % len(TOPICS)] for step in (0, 2, 5)],
        "category": "News",
        "body": f"Something happened for the {number}th time.",
    }
    return Change(at, f"events/{number:06d}.json", json.dumps(document).encode())


def calls_for_one_more(size: int) -> Counter[str]:
    calls: Counter[str] = Counter()
    engine = MemoryEngine(SITE, MemorySiteStore(calls), calls)
    for number in range(size):
        engine.apply(event(number, START + timedelta(hours=3 * number)))
    engine.settle()
    before = calls.copy()
    engine.apply(event(size, START + timedelta(hours=3 * size)))
    engine.settle()
    return calls - before


def test_one_more_event_costs_no_more_calls_in_a_larger_archive() -> None:
    """DESIGN, promise 2: counted in AWS calls, with the pages of neighbours."""
    small, large = calls_for_one_more(400), calls_for_one_more(1200)
    assert set(large) == set(small)
    assert large["s3.PutObject"] <= small["s3.PutObject"] + 8  # one more segment may close
    assert large.total() <= small.total() * 1.1
