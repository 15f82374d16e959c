"""The console on a stack over moto: what it shows of what the real handlers log and publish."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gazette.models.contract.identity import event_key
from gazette.projections.items.due_items import DueEvent
from gazette.runtime.bootstrap.clients import utc_now
from gazette_cli.console.arrivals import MAX_ARRIVALS, Arrival, Arrivals
from gazette_cli.console.function_log import RefusalLine
from gazette_cli.console.log_follower import LogFollower
from gazette_cli.console.views import event_shape
from tests.emulators.moto_stack import (
    INGEST_DEAD_LETTERS,
    queue_url,
)
from tests.pipeline.conftest import Pipeline
from tests.pipeline.consoles import BRIDGE, Console, console_on, document, items


@pytest.fixture
def console(pipeline: Pipeline, tmp_path: Path) -> Iterator[Console]:
    with console_on(pipeline, tmp_path) as console:
        yield console


def test_an_arrival_is_followed_from_the_write_to_the_feed(console: Console) -> None:
    console.put(BRIDGE, document())
    (row,) = console.rows()
    assert (row["id"], row["number"], row["done"]) == (BRIDGE, 1, "published")
    assert row["title"] == "Bridge opens"
    assert row["page"] == "https://gazette.example/news/2026/07/4/bridge-opens.html"
    assert row["put"] <= row["ingested"]  # type: ignore[operator]  # texts
    assert row["page_seconds"] is not None
    assert row["feed_seconds"] is not None
    assert 10 < int(str(row["documents"])) < 200


def test_each_revision_is_an_arrival_of_its_own(console: Console) -> None:
    console.put(BRIDGE, document())
    console.put(BRIDGE, document(revision={"kind": "minor"}, body="It opens."))
    console.put(BRIDGE, None)
    console.put(BRIDGE, document(body="It opens."))
    assert [row["done"] for row in console.rows()] == [
        "published",
        "edited",
        "retracted",
        "updated",
    ]
    assert all(row["published"] for row in console.rows())


def test_events_with_spaces_and_signs_in_their_ids_are_followed(console: Console) -> None:
    for name in ("a b", "c#d", "e REVISION#000001 f", "g ENTRY#2"):
        console.put(name, document(title=name))
    assert [row["id"] for row in console.rows()] == [
        "a b",
        "c#d",
        "e REVISION#000001 f",
        "g ENTRY#2",
    ]
    assert all(row["published"] for row in console.rows())


def test_only_the_newest_arrivals_are_kept() -> None:
    arrivals = Arrivals()
    for number in range(1, MAX_ARRIVALS + 4):
        arrivals.record(BRIDGE, number, utc_now())
    assert [row.number for row in arrivals.since(0)] == list(range(4, MAX_ARRIVALS + 4))


def test_half_a_line_and_foreign_lines_of_the_log_are_left(console: Console) -> None:
    console.log.write_text('{"level": "INFO", "message": "Other"}\nnoise {\n\n{"level": "IN')
    assert list(console.follower.read()) == []
    with console.log.open("a") as file:
        file.write(
            'FO", "message": "Ingested a batch", "timestamp": "2026-11-30 18:47:23,412+0000"'
        )
        file.write(', "recorded": [{"event_id": "a", "revision": 1, "kind": "x"}]}\n')
    assert len(console.follower.read()) == 1
    assert [row.event_id for row in console.arrivals.since(0)] == ["a"]


def test_only_what_comes_after_the_start_is_reported(console: Console) -> None:
    console.put("2026/old", document())
    follower = LogFollower(console.log, Arrivals(), console.deployment)
    ended = _Ended(lambda: console.put("2026/new", document(title="Ferry sails")))
    follower.follow(console, ended)
    assert [one.event_id for one in console.heard if isinstance(one, Arrival)] == ["2026/new"]


def test_a_refused_document_is_reported_and_listed_with_reason_and_remedy(console: Console) -> None:
    follower = LogFollower(console.log, Arrivals(), console.deployment)
    follower.follow(console, _Ended(lambda: console.put(BRIDGE, b'{"date": "2026-07-04"}')))
    (refused,) = console.heard
    assert isinstance(refused, RefusalLine)
    assert refused.key == event_key(BRIDGE)
    (listed,) = items(console.attention(), "quarantined")
    assert listed["id"] == BRIDGE
    assert listed["problems"] == [
        {
            "field": "title",
            "reason": "is missing",
            "remedy": 'write a text, such as "The bridge opens"',
        }
    ]


class _Ended(threading.Event):
    """Does something when it is waited for first, and is set the third time."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.acts: list[Callable[[], object]] = [act, list]

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is None or timeout > 0
        if not self.acts:
            return True
        self.acts.pop(0)()
        return False


def test_a_held_event_is_listed_with_its_time(console: Console) -> None:
    console.put(BRIDGE, document(published="2199-01-01T08:00:00Z"))
    assert console.attention()["held"] == [{"id": BRIDGE, "release": "2199-01-01T08:00:00Z"}]
    assert console.rows() == []


def test_an_event_that_is_held_is_reported_once(console: Console) -> None:
    held = document(published="2199-01-01T08:00:00Z")
    console.put("2026/before", held)
    follower = LogFollower(console.log, Arrivals(), console.deployment)
    follower.follow(console, _Ended(lambda: console.put(BRIDGE, held)))
    assert [one.event_id for one in console.heard if isinstance(one, DueEvent)] == [BRIDGE]


def test_failed_work_is_listed_with_its_reason(console: Console) -> None:
    notification = {"Records": [{"s3": {"object": {"key": "events/a.json"}}}]}
    console.pipeline.stack.sqs.send_message(
        QueueUrl=queue_url(INGEST_DEAD_LETTERS), MessageBody=json.dumps(notification)
    )
    (failed,) = items(console.attention(), "failed")
    assert failed["subject"] == "events/a.json"
    assert failed["can_be_replayed"]
    # It is not hidden from the next one who asks.
    assert len(items(console.attention(), "failed")) == 1


def test_an_event_shows_its_revisions_with_addresses_that_exist(console: Console) -> None:
    console.put(BRIDGE, document())
    console.put(BRIDGE, document(body="At 7.", revision={"kind": "correction", "note": "Not 6."}))
    shape = event_shape(console.deployment, BRIDGE)
    assert (shape["state"], shape["title"]) == ("published", "Bridge opens")
    revisions, links = items(shape, "revisions"), items(shape, "links")
    assert [one["kind"] for one in revisions] == ["correction", "publication"]
    assert revisions[0]["note"] == "Not 6."
    assert all(len(one["sha256"]) == 64 for one in revisions)
    addresses = [one["page"] for one in revisions] + [link["url"] for link in links]
    paths = [address.removeprefix("https://gazette.example/") for address in addresses]
    assert [path for path in paths if console.pipeline.read(path) is None] == []
    assert [link["text"] for link in links] == [
        "Page",
        "JSON",
        "History",
        "Feed of the site",
        "Feed of Harbour",
    ]
