import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from functions.expire_entries import app
from functions.ingest_event import app as ingest_event
from functions.publish_changes import app as publish_changes
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import IngestReport
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.bootstrap.publish import site_writer
from gazette.services.publish.batch import publish_batch
from tests.emulators.lambda_pollers import Context
from tests.functions.conftest import Deployed, Payload, log_of, payload

RIVER = "2026/river opens"
FOXES = partitions.topic_partition("foxes")
# The schedule of the payload is for the first hour of 4 August: the tombstones of 4 July are old.
RETRACTED = datetime(2026, 7, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def withdrawn(deployed: Deployed) -> Deployed:
    """An event was published and withdrawn, another one is live, and both are in the ledger."""
    event = {"title": "River opens", "date": "2026-07-04", "topics": ["Foxes"]}
    body = json.dumps(event).encode()
    deployed.put(f"events/{RIVER}.json", body, RETRACTED - timedelta(hours=1))
    deployed.stack.delete(f"events/{RIVER}.json", RETRACTED)
    answer = ingest_event.handler(payload("ingest_event/deletion.json"), Context("ingest-event"))
    assert answer == {"batchItemFailures": []}
    other = json.dumps({"title": "Bridge opens", "date": "2026-07-04"}).encode()
    deployed.put("events/bridge.json", other, RETRACTED)
    ingestor().ingest("events/bridge.json", IngestReport())
    return deployed


def invoke(event: Payload | None = None) -> None:
    app.handler(event or payload("expire_entries/schedule.json"), Context("expire-entries"))


def test_a_timeline_with_an_expired_tombstone_gets_a_rebuild_request(withdrawn: Deployed) -> None:
    invoke()
    for timeline in (FOXES, partitions.SITE):
        request = withdrawn.record(ItemKey(timeline, keys.EXPIRED))
        assert request is not None
        assert request.revision == datetime(2026, 8, 4, tzinfo=UTC).toordinal()
    assert withdrawn.record(ItemKey(partitions.SITE, keys.AGED)) is not None


def test_nothing_is_requested_an_hour_earlier(withdrawn: Deployed) -> None:
    invoke(payload("expire_entries/schedule.json") | {"time": "2026-08-03T23:02:00Z"})
    assert withdrawn.record(ItemKey(FOXES, keys.EXPIRED)) is None


def test_a_rebuild_request_is_published(withdrawn: Deployed) -> None:
    """The feed is published with a clock of the day before, and then with that of the day."""
    batch = payload("publish_changes/stream_batch.json")
    rebuild_request = batch["Records"][0]
    rebuild_request["dynamodb"]["Keys"] = {"pk": {"S": str(FOXES)}, "sk": {"S": keys.EXPIRED}}
    event = {"Records": [rebuild_request]}

    def yesterday() -> datetime:
        return datetime(2026, 8, 3, 23, 59, tzinfo=UTC)

    publish_batch(site_writer(yesterday), [StreamRecord("1", ItemKey(FOXES, keys.EXPIRED))])
    assert b"Withdrawn: " in (withdrawn.read("topics/foxes/feed.atom") or b"")
    assert publish_changes.handler(event, Context("publish-changes")) == {"batchItemFailures": []}
    assert b"Withdrawn: " not in (withdrawn.read("topics/foxes/feed.atom") or b"Withdrawn: ")


@pytest.mark.usefixtures("withdrawn")
def test_a_run_logs_one_summary_line() -> None:
    with log_of(app.instruments) as log:
        invoke()
        invoke()
    assert [line["message"] for line in log] == ["Expired entries"] * 2
    assert [line["counts"] for line in log] == [
        {"TimelinesExpired": 2, "NewsExpired": 1},
        {"TimelinesExpired": 0, "NewsExpired": 0},
    ]
    assert {line["service"] for line in log} == {"expire_entries"}


@pytest.mark.filterwarnings("ignore:No application metrics")  # it fails before it has any
def test_without_its_settings_it_fails_and_lambda_retries(
    withdrawn: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOMBSTONE_DAYS")
    forget()
    with pytest.raises(ValidationError, match="TOMBSTONE_DAYS\n  Field required"):
        invoke()
    assert withdrawn.written() == set()
