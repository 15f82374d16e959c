"""However many events were withdrawn from a topic, the next event costs the same."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.limits import DELETED_ITEM_DAYS
from gazette_cli.engines.acts import Change
from tests.cost.meter import READ_BYTES, READ_UNITS, WRITE_UNITS, MeteredEngine, Usage
from tests.site.conftest import SITE

START = datetime(2026, 1, 1, tzinfo=UTC)
MANY, FEW = 10_000, 1_000
AFTERWARDS = (
    timedelta(hours=3),
    timedelta(days=DELETED_ITEM_DAYS - 1),
    timedelta(days=DELETED_ITEM_DAYS + 1),
)


class WithdrawnEngine(MeteredEngine):
    """A metered engine on whose topic many events were withdrawn, and some are left."""

    def __init__(self, withdrawn: int) -> None:
        calls: Counter[str] = Counter()
        super().__init__(SITE, MemorySiteStore(calls), calls)
        # The newest and the oldest are the same, however many there are: names decide boundaries.
        numbers = (*range(withdrawn // 2), *range(MANY - withdrawn // 2, MANY))
        names = [f"withdrawn-{number:05}" for number in numbers]
        self._ingest_only([_event(name, START) for name in names])
        an_hour_later = START + timedelta(hours=1)
        self._ingest_only([Change(an_hour_later, f"events/{name}.json", None) for name in names])
        for number in range(3):
            self.apply(_event(f"left-{number}", START + timedelta(hours=2)))
        self.measure()

    def cost_of_the_next(self, after: timedelta) -> Counter[str]:
        self.apply(_event(f"next-{after.days:02}", START + after))
        usage = self.measure()
        return usage.ingest + usage.publish

    def _ingest_only(self, changes: list[Change]) -> None:
        """Ingest, and publish nothing: that would take minutes."""
        for change in changes:
            self.apply(change)
        self._usage = Usage()
        self._ingest()
        self._item_keys.clear()


def _event(name: str, at: datetime) -> Change:
    document = {"title": f"Fox {name}", "date": "2026-01-01", "topics": ["Foxes"]}
    return Change(at, f"events/{name}.json", json.dumps(document).encode())


@pytest.mark.timeout(600)
def test_ten_thousand_withdrawn_events_cost_the_next_event_nothing() -> None:
    """As few cost the same as make an archive: at once, before and after the expiry."""
    many, few = WithdrawnEngine(MANY), WithdrawnEngine(FEW)
    for after in AFTERWARDS:
        cost = many.cost_of_the_next(after)
        assert cost == few.cost_of_the_next(after), after
        assert min(cost[name] for name in (READ_UNITS, WRITE_UNITS, READ_BYTES)) > 0
