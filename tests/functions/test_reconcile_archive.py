import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from functions.ingest_event import app as ingest_event
from functions.reconcile_archive import app
from gazette.models.ledger import keys
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.views.site_document import SUPERSEDED
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import INVALIDATIONS, SITE_BUCKET, SOURCE_BUCKET
from tests.functions.conftest import MORNING, Deployed, Payload, log_of, payload
from tests.unit.images.image_files import PNG

RIVER = "2026/river opens"
PAGE = "news/2026/07/4/river-opens.html"


@pytest.fixture
def unnotified(deployed: Deployed) -> Deployed:
    """An event and an image are in the source bucket, but no notification arrived."""
    event = {"title": "River opens", "date": "2026-07-04", "topics": ["Rivers"]}
    deployed.put(f"events/{RIVER}.json", json.dumps(event).encode())
    deployed.put("images/river.png", PNG)
    deployed.put("events/2025/zebra.json", b"{")
    return deployed


def invoke(event: Payload | str, left: int = 900_000) -> Payload:
    if isinstance(event, str):
        event = payload(f"reconcile_archive/{event}")
    answer = app.handler(event, Context("reconcile-archive", milliseconds_left=left))
    # It travels through the state machine as JSON.
    travelled: Payload = json.loads(json.dumps(answer))
    return travelled


@pytest.mark.usefixtures("unnotified")
def test_the_plan_of_a_small_archive_is_one_part_one_segment_and_the_audit() -> None:
    state = invoke("plan.json")
    assert [work_item["task"] for work_item in state["parts"]] == ["ingest", "unlisted"]
    assert [work_item["task"] for work_item in state["segments"]] == ["publish", "audit"]
    assert (state["iterations"], state["wait"], state["outcome"]) == (1, 60, "again")


def test_keys_after_the_cursor_are_ingested_and_added_to_the_counts(unnotified: Deployed) -> None:
    answer = invoke("ingest.json")
    assert answer["is_done"]
    counts = answer["counts"]
    assert (counts["keys"], counts["missing"], counts["revisions"]) == (5002, 3, 2)
    assert unnotified.record(keys.snapshot_key(RIVER)) is not None
    assert unnotified.record(keys.image_key("images/river.png")) is not None
    assert unnotified.record(keys.quarantine_key("events/2025/zebra.json")) is None


def test_an_event_that_s3_no_longer_lists_is_withdrawn(unnotified: Deployed) -> None:
    invoke(payload("reconcile_archive/ingest.json") | {"after": ""})
    key = f"events/{RIVER}.json"
    listed = unnotified.stack.s3.list_object_versions(Bucket=SOURCE_BUCKET, Prefix=key)
    for version in listed["Versions"]:
        unnotified.stack.s3.delete_object(
            Bucket=SOURCE_BUCKET, Key=key, VersionId=version["VersionId"]
        )
    answer = invoke("unlisted.json")
    assert (answer["is_done"], answer["counts"]["missing"]) == (True, 1)
    assert invoke("unlisted.json")["counts"]["missing"] == 0
    revision = unnotified.record(keys.revision_key(RIVER, 2))
    assert revision is not None
    assert '"kind":"retraction"' in revision.payload


def test_the_ledger_is_published_once_and_a_second_run_writes_nothing(
    unnotified: Deployed,
) -> None:
    invoke(payload("reconcile_archive/ingest.json") | {"after": ""})
    first = invoke("publish.json")["counts"]
    assert unnotified.read(PAGE)
    assert unnotified.read("feed.atom")
    assert first["documents_written"] == len(unnotified.written())
    # What the partitions of that round left for others is published in the next one.
    while invoke("publish.json")["counts"]["records"]:
        pass
    last = invoke("publish.json")["counts"]
    assert (last["documents_written"], last["records"], last["failed"]) == (0, 0, 0)
    assert last["documents_unchanged"] >= len(unnotified.written())


def test_a_superseded_revision_that_is_repaired_is_invalidated_at_the_edge(
    unnotified: Deployed,
) -> None:
    event = {"title": "River opens", "date": "2026-07-04", "body": "Late."}
    late = MORNING + timedelta(hours=1)
    unnotified.put(f"events/{RIVER}.json", json.dumps(event).encode(), late)
    invoke(payload("reconcile_archive/ingest.json") | {"after": ""})
    invoke("publish.json")
    assert unnotified.messages(INVALIDATIONS) == []
    path = "news/2026/07/4/river-opens.r1.html"
    unnotified.stack.s3.put_object(Bucket=SITE_BUCKET, Key=path, Body=b"?", CacheControl=SUPERSEDED)
    invoke("publish.json")
    (message,) = unnotified.messages(INVALIDATIONS)
    assert EdgeInvalidation.model_validate_json(message["Body"]).paths == (path,)


def test_an_orphan_is_reported_and_not_removed(unnotified: Deployed) -> None:
    invoke(payload("reconcile_archive/ingest.json") | {"after": ""})
    invoke("publish.json")
    unnotified.stack.s3.put_object(Bucket=SITE_BUCKET, Key="topics/nobodys/index.html", Body=b"?")
    with log_of(app.instruments) as log:
        answer = invoke("audit.json")
    assert answer["orphans"] == ["topics/nobodys/index.html"]
    assert answer["counts"]["audited"] == len(unnotified.written())
    named = [line for line in log if line["level"] == "WARNING"]
    assert [line["path"] for line in named] == ["topics/nobodys/index.html"]
    assert unnotified.read("topics/nobodys/index.html") == b"?"


@pytest.mark.usefixtures("deployed")
def test_a_round_that_did_something_is_followed_by_another() -> None:
    state = invoke("conclude.json")
    assert (state["outcome"], state["iterations"]) == ("again", 1)
    assert (state["ingested"], state["published"]) == ([], [])
    assert state["orphans"] == ["topics/nobodys/index.html"]
    assert state["counts"]["documents_written"] == 12
    assert invoke({"task": "conclude", "state": state})["outcome"] == "settled"


@pytest.mark.usefixtures("unnotified")
def test_a_piece_stops_after_a_step_when_time_is_short() -> None:
    answer = invoke(payload("reconcile_archive/ingest.json") | {"after": ""}, left=100_000)
    assert not answer["is_done"]
    assert answer["after"] == "images/river.png"
    rest = invoke(answer, left=100_000)
    assert (rest["is_done"], rest["counts"]["keys"]) == (True, 5003)


@pytest.mark.usefixtures("unnotified")
def test_one_summary_line_says_what_was_done() -> None:
    with log_of(app.instruments) as log:
        invoke(payload("reconcile_archive/ingest.json") | {"after": ""})
    quarantined, summary = log
    assert (quarantined["message"], quarantined["key"]) == (
        "Quarantined a document",
        "events/2025/zebra.json",
    )
    assert summary["message"] == "Reconciled a work item"
    assert summary["service"] == "reconcile_archive"
    assert (summary["counts"]["Healed"], summary["counts"]["Quarantined"]) == (2, 1)
    assert summary["answer"]["is_done"]


@pytest.mark.usefixtures("unnotified")
def test_a_key_that_was_ingested_meanwhile_is_not_missing() -> None:
    ingest_event.handler(payload("ingest_event/s3_put.json"), Context("ingest-event"))
    invoke(payload("reconcile_archive/ingest.json") | {"after": ""})
    counts = invoke(payload("reconcile_archive/ingest.json") | {"after": "", "counts": {}})[
        "counts"
    ]
    assert (counts["keys"], counts["missing"]) == (3, 0)


@pytest.mark.usefixtures("deployed")
@pytest.mark.filterwarnings("ignore:No application metrics")  # it fails before it has any
def test_a_task_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="'task'"):
        invoke({"task": "destroy"})
