"""`gazette failures` and `gazette replay` over moto: list, replay, and empty the list.

tests/stack runs the functions behind these queues.
"""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from gazette.models.ledger.partitions import event_partition, topic_partition
from gazette.models.tasks.retry import Retry
from gazette.services.publish.event.revisions import read_current
from gazette.services.publish.images.event_images import image_items
from gazette_cli.commands.cli import main
from gazette_cli.emulators.template import load_template
from gazette_cli.operate.failures import list_failures
from gazette_cli.operate.replay import STILL_FAILED, ReplayError, replay_partition
from tests.cli.operators import FAILURES, Operator
from tests.cli.test_dead_letters import (
    BATCH,
    MACHINE,
    execution,
    failed_batch,
    invocation,
    notification,
)
from tests.emulators.moto_stack import (
    INGEST_DEAD_LETTERS,
    PUBLISH_DEAD_LETTERS,
    PUBLISH_RETRIES,
    REGION,
    create_stack,
)

HARBOUR = Retry(partition=topic_partition("harbour"), sorts=("ENTRY#1",))


@pytest.fixture
def operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        stack = create_stack(load_template())
        stack.s3.create_bucket(Bucket=FAILURES)
        # S3 sends a test message to a new notification queue.
        stack.sqs.purge_queue(QueueUrl=stack.queue_url)
        yield Operator(stack, capsys)


def test_without_failures_the_lists_are_empty(operator: Operator) -> None:
    assert operator.listed() == {
        "failed": [],
        "more": False,
        "quarantined": [],
        "missing_images": [],
        "remarks": [],
    }
    assert operator.replay() == (0, "0 replayed, 0 left\n")
    list_failures(operator.deployment, as_json=False)
    output = operator.capsys.readouterr().out
    assert output == "No failures and no quarantined documents.\n"


def test_listing_failures_does_not_change_them(operator: Operator) -> None:
    for number in range(25):
        operator.send(
            INGEST_DEAD_LETTERS, notification(f"events/{number:02}.json"), "KeyError: 'x'"
        )
    operator.keep_batch(failed_batch(BATCH))
    first, second = operator.failed(), operator.failed()
    assert len(first) == 26
    assert sorted(map(json.dumps, first)) == sorted(map(json.dumps, second))
    assert {item["subject"] for item in first} >= {f"events/{n:02}.json" for n in range(25)}


def test_a_notification_is_sent_back_to_ingest(operator: Operator) -> None:
    body = json.dumps(notification("events/a.json"))
    operator.send(INGEST_DEAD_LETTERS, body, "NoSuchBucket: no")
    (failed,) = operator.failed()
    assert (failed["kind"], failed["subject"], failed["reason"]) == (
        "notification",
        "events/a.json",
        "NoSuchBucket: no",
    )
    assert operator.waiting("ingest") == []
    status, output = operator.replay()
    assert status == 0
    assert output.endswith("notification events/a.json: replayed\n1 replayed, 0 left\n")
    assert operator.waiting("ingest") == [body]
    assert operator.failed() == []


def test_a_partition_is_sent_back_to_publish(operator: Operator) -> None:
    operator.send(PUBLISH_DEAD_LETTERS, HARBOUR.model_dump_json(), "ValueError: oh")
    (failed,) = operator.failed()
    assert (failed["kind"], failed["subject"]) == ("partition", "TOPIC#harbour")
    assert operator.replay()[0] == 0
    (body,) = operator.waiting(PUBLISH_RETRIES)
    assert Retry.model_validate_json(body) == HARBOUR
    assert operator.failed() == []


def test_a_batch_that_ended_the_function_is_published_partition_by_partition(
    operator: Operator,
) -> None:
    operator.keep_batch(failed_batch(BATCH))
    (failed,) = operator.failed()
    assert (failed["kind"], failed["id"]) == ("batch", "aws/lambda/a/b/batch-0001")
    assert operator.replay()[0] == 0
    sent = [Retry.model_validate_json(body) for body in operator.waiting(PUBLISH_RETRIES)]
    assert {str(retry.partition) for retry in sent} == {"TOPIC#harbour", "EVENT#a"}
    assert operator.failed() == []


def test_a_run_is_replayed_and_stays_listed_while_it_fails(operator: Operator) -> None:
    asked = {"time": "2026-07-04T08:02:00Z"}
    operator.send(PUBLISH_DEAD_LETTERS, invocation(requestPayload=asked))
    operator.is_broken = True
    status, output = operator.replay()
    assert status == STILL_FAILED
    assert "run gazette-expire: failed again: ValueError: still\n0 replayed, 1 left\n" in output
    assert len(operator.failed()) == 1
    operator.is_broken = False
    assert operator.replay()[0] == 0
    assert operator.runs == [("gazette-expire", asked)]
    assert operator.failed() == []


def test_an_execution_of_a_state_machine_is_started_again(operator: Operator) -> None:
    operator.send(PUBLISH_DEAD_LETTERS, execution(input='{"iterations": 1}'))
    (failed,) = operator.failed()
    assert (failed["kind"], failed["subject"]) == ("run", "gazette-rebuild")
    assert operator.replay()[0] == 0
    assert operator.runs == [(MACHINE, '{"iterations": 1}')]
    assert operator.failed() == []


def test_an_unknown_message_stays_until_it_is_discarded(operator: Operator) -> None:
    operator.send(INGEST_DEAD_LETTERS, "hello")
    operator.keep_batch(b"no json")
    status, output = operator.replay()
    assert status == STILL_FAILED
    assert "unknown hello: cannot be replayed; --discard deletes it\n" in output
    assert [item["can_be_replayed"] for item in operator.failed()] == [False, False]
    status, output = operator.replay(discard=True)
    assert status == 0
    assert output.endswith("2 discarded, 0 left\n")
    assert operator.failed() == []


def test_only_named_failures_are_replayed(operator: Operator) -> None:
    for name in "ab":
        operator.send(INGEST_DEAD_LETTERS, notification(f"events/{name}.json"))
    first, second = operator.failed()
    assert operator.replay(first["id"][-12:])[0] == 0
    assert [item["id"] for item in operator.failed()] == [second["id"]]
    with pytest.raises(ReplayError, match="no failure is named unknown"):
        operator.replay("unknown")
    assert operator.replay(second["id"])[0] == 0
    assert operator.failed() == []


def test_a_whole_partition_can_be_published_again(operator: Operator) -> None:
    operator.put("a", {"title": "A", "date": "2026-07-04", "topics": ["Harbour"]})
    replay_partition(operator.deployment, "TOPIC#harbour")
    assert operator.capsys.readouterr().out == ("TOPIC#harbour: queued 1 changes for publishing\n")
    (body,) = operator.waiting(PUBLISH_RETRIES)
    (item_key,) = Retry.model_validate_json(body).item_keys
    assert item_key.sort.startswith("ENTRY#2026-07-04T12:00:00Z#a")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("harbour", "harbour: not a partition such as TOPIC#harbour"),
        ("TOPIC#unknown", "TOPIC#unknown: contains nothing that is published"),
        ("QUARANTINE#", "QUARANTINE#: contains nothing that is published"),
    ],
)
def test_an_unknown_partition_is_an_error(operator: Operator, name: str, problem: str) -> None:
    with pytest.raises(ReplayError, match=f"^{problem}$"):
        replay_partition(operator.deployment, name)


def test_quarantine_is_listed_by_key_version_field_and_reason(operator: Operator) -> None:
    operator.put("a", {"title": "A", "date": "2026-07-04"})
    operator.put("a", {"title": "A", "date": "4 July", "topics": [1]})
    operator.put("[b]", {})
    first, second = operator.listed()["quarantined"]
    assert (first["key"], first["number"], first["at"]) == (
        "events/[b].json",
        1,
        "2026-07-04T14:00:00Z",
    )
    assert (second["key"], second["number"]) == ("events/a.json", 2)
    assert [problem["field"] for problem in second["problems"]] == ["date", "topics.0"]
    assert (
        second["problems"][1]["reason"]
        == 'is not a text; write a list of texts, such as ["Harbour", "Ferries"]'
    )
    operator.put("a", {"title": "A", "date": "2026-07-05"})
    assert [item["key"] for item in operator.listed()["quarantined"]] == ["events/[b].json"]


def test_remarks_about_what_is_published_are_listed_until_they_are_corrected(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    operator.put("[a]", {"title": "A", "date": "2026-07-04", "headlin": "B", "tags": ["Harbour"]})
    listed = operator.listed()
    assert (listed["failed"], listed["quarantined"]) == ([], [])
    (event,) = listed["remarks"]
    assert (event["key"], event["number"]) == ("events/[a].json", 1)
    assert [remark["field"] for remark in event["remarks"]] == ["tags"]
    assert event["remarks"][0]["reason"].endswith("; did you mean topics?")
    operator.capsys.readouterr()
    list_failures(operator.deployment, as_json=False)
    table = operator.capsys.readouterr().out
    assert "Remarks" in table
    assert "events/[a].json" in table
    assert "No failures and no quarantined documents." in table
    operator.put("[a]", {"title": "A", "date": "2026-07-04", "topics": ["Harbour"]})
    assert operator.listed()["remarks"] == []


def test_an_object_that_is_not_read_is_listed_with_what_to_do(operator: Operator) -> None:
    operator.put_object("events/a.JSON", b"{}")
    (ignored,) = operator.listed()["quarantined"]
    assert ignored["key"] == "events/a.JSON"
    assert ignored["problems"] == [
        {"field": "key", "reason": "is not read: the key of an event ends in .json, in lower case"}
    ]


def test_a_missing_image_is_listed_with_the_event_that_names_it(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    image = {"key": "images/[typo].jpg", "alt": "A ship"}
    operator.put("a", {"title": "A", "date": "2026-07-04", "image": image})
    ledger = operator.deployment.ledger
    revision = read_current(ledger, event_partition("a"))
    assert revision
    for item in image_items(ledger, revision, None):  # as publishing the page does
        ledger.put(item)
    (missing,) = operator.listed()["missing_images"]
    assert (missing["key"], missing["named_by"]) == (image["key"], "events/a.json")
    assert "is not in the source bucket" in missing["reason"]
    list_failures(operator.deployment, as_json=False)
    output = operator.capsys.readouterr().out
    assert "images/[typo].jpg" in output
    assert "events/a.json" in output


def test_the_tables_show_subjects_and_reasons_unchanged(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    operator.send(
        INGEST_DEAD_LETTERS, notification("events/[bold].json"), "KeyError: [red]'x'[/red]"
    )
    operator.put("[b]", {"title": "B"})
    list_failures(operator.deployment, as_json=False)
    output = operator.capsys.readouterr().out
    assert "notification" in output
    assert "events/[bold].json" in output
    assert "KeyError: [red]'x'[/red]" in output
    assert "events/[b].json" in output
    assert "is missing" in output


def test_a_long_list_ends_and_says_so(operator: Operator) -> None:
    for number in range(25):
        operator.send(INGEST_DEAD_LETTERS, notification(f"events/{number:02}.json"))
    list_failures(operator.deployment, as_json=True, most=12)
    listed = json.loads(operator.capsys.readouterr().out)
    assert (len(listed["failed"]), listed["more"]) == (12, True)
    list_failures(operator.deployment, as_json=False, most=12)
    assert "Only the first 12 are shown.\n" in operator.capsys.readouterr().out
    assert len(operator.failed()) == 25


@pytest.mark.parametrize("command", ["failures", "replay", "held"])
def test_an_unreachable_stack_is_reported_in_one_line(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    address = ["--endpoint-url", "http://127.0.0.1:9", "--region", REGION]
    assert main([command, "--stack-name", "gazette-prod", *address]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("gazette: stack gazette-prod: does not answer; correct --endp")
    assert captured.err.count("\n") == 1
