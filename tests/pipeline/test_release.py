"""An embargo and an expiry over moto: the site changes in the minute in which they are due."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gazette_cli.engines.acts import Change
from tests.emulators.moto_engine import MotoEngine
from tests.unit.publish.test_embargo import SECRET, WORDS, found
from tests.unit.publish.worlds import SITE

NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# Another event, so that time passes in the engine.
OTHER = json.dumps({"title": "Public", "date": "2026-07-04", "topics": ["Foxes"]}).encode()


def site_at(out: Path, moment: datetime, **fields: object) -> dict[str, bytes]:
    """Upload an event in the morning, let a time come, and return the site."""
    document = json.dumps({"date": "2026-07-04"} | dict(SECRET) | fields).encode()
    engine = MotoEngine(SITE, out)
    try:
        engine.apply(Change(NOON - timedelta(hours=4), "events/a.json", document))
        engine.settle()
        engine.apply(Change(moment, "events/b.json", OTHER))
        engine.settle()
    finally:
        engine.close()
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


def test_no_document_holds_a_word_of_an_event_a_minute_before_its_release(tmp_path: Path) -> None:
    """Case 27."""
    site = site_at(tmp_path, NOON - MINUTE)
    assert "feed.atom" in site
    assert found(site) == set()


@pytest.mark.parametrize("late", [0, 1])
def test_every_word_is_there_in_the_minute_of_the_release(tmp_path: Path, late: int) -> None:
    site = site_at(tmp_path, NOON + late * MINUTE)
    assert found(site) == set(WORDS)
    page = json.loads(site["news/2026/07/4/quokka-deal.json"])
    assert page["published"] == page["updated"] == "2026-07-04T12:00:00Z"


def test_an_event_expires_in_its_minute(tmp_path: Path) -> None:
    times = {"published": None, "expires": "2026-07-04T12:00:00Z"}
    path = "news/2026/07/4/quokka-deal.json"
    before = json.loads(site_at(tmp_path / "before", NOON - MINUTE, **times)[path])
    after = json.loads(site_at(tmp_path / "after", NOON, **times)[path])
    assert (before["status"], after["status"]) == ("published", "expired")
