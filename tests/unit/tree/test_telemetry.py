import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import (
    ExpiryReport,
    Failure,
    IngestReport,
    PublishReport,
    Quarantined,
)
from gazette.runtime.telemetry import telemetry
from gazette.services.announce.websub_publisher import HubReport
from gazette.services.invalidate.edge_invalidator import InvalidationReport

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
INGESTED = IngestReport(
    keys=6,
    recorded=[("a", 1, "publication"), ("b", 3, "correction")],
    stale=2,
    quarantined=[Quarantined("events/c.json", "title: Field required")],
    images=4,
    failed=[Failure("events/d.json", TimeoutError("no answer"))],
)
PUBLISHED = PublishReport(
    tasks=7,
    conflicts=1,
    documents_written=5,
    documents_unchanged=9,
    documents_removed=2,
    bytes_written=1234,
    written=["feed.atom", "index.html"],
    stored_at=NOW - timedelta(seconds=3.5),
    failed=[Failure("timeline TOPIC#a", TimeoutError("no answer"))],
)


def records(*partitions: str, sort: str = "ENTRY#a") -> list[StreamRecord]:
    return [StreamRecord("1", ItemKey(Partition.parse(text), sort)) for text in partitions]


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def metrics(line: dict[str, object]) -> dict[str, object]:
    """Return the values of a line in CloudWatch's embedded metric format."""
    return {name: value[0] for name, value in line.items() if isinstance(value, list)}


def test_an_ingest_batch_is_reported_in_one_line_and_in_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("ingest_test")
    instruments.report_ingest(INGESTED)
    instruments.metrics.flush_metrics()
    failure, quarantined, summary, counts = lines(capsys.readouterr().out)
    assert (failure["level"], failure["subject"]) == ("ERROR", "events/d.json")
    assert "TimeoutError: no answer" in str(failure["exception"])
    assert (quarantined["level"], quarantined["key"], quarantined["reason"]) == (
        "WARNING",
        "events/c.json",
        "title: Field required",
    )
    assert (summary["level"], summary["message"]) == ("INFO", "Ingested a batch")
    assert summary["service"] == "ingest_test"
    assert summary["keys"] == 6
    assert summary["recorded"] == [
        {"event_id": "a", "revision": 1, "kind": "publication"},
        {"event_id": "b", "revision": 3, "kind": "correction"},
    ]
    expected = {
        "Ingested": 2,
        "Stale": 2,
        "Quarantined": 1,
        "ImagesIngested": 4,
        "IngestFailures": 1,
    }
    assert summary["counts"] == expected
    assert metrics(counts) == expected


def test_objects_that_are_not_read_are_logged_and_counted_if_there_are_any(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("ignored_test")
    ignored = [Quarantined("a.json", "is not read"), Quarantined("events/a.JSON", "is not read")]
    instruments.report_ingest(replace(INGESTED, ignored=ignored, quarantined=[], failed=[]))
    instruments.metrics.flush_metrics()
    first, second, _, counts = lines(capsys.readouterr().out)
    assert (first["level"], first["key"], first["reason"]) == ("WARNING", "a.json", "is not read")
    assert second["key"] == "events/a.JSON"
    assert metrics(counts)["IgnoredKeys"] == 2


def test_what_a_document_waits_for_is_logged_and_no_quarantine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("notice_test")
    notices = {"erasures/a.json": "revisions: number 2 is not there yet"}
    instruments.report_ingest(replace(INGESTED, notices=notices, quarantined=[], failed=[]))
    instruments.metrics.flush_metrics()
    notice, _, counts = lines(capsys.readouterr().out)
    assert (notice["level"], notice["key"]) == ("INFO", "erasures/a.json")
    assert notice["reason"] == "revisions: number 2 is not there yet"
    assert metrics(counts)["Quarantined"] == 0


def test_a_publish_batch_is_reported_in_one_line_and_in_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("publish_test")
    instruments.report_publish(PUBLISHED, records("TOPIC#a", "TOPIC#a", "SITE#"), NOW)
    instruments.metrics.flush_metrics()
    failure, summary, counts = lines(capsys.readouterr().out)
    assert failure["subject"] == "timeline TOPIC#a"
    assert summary["message"] == "Published a batch"
    assert summary["item_keys"] == ["TOPIC#a ENTRY#a", "SITE# ENTRY#a"]
    assert summary["documents"] == PUBLISHED.written
    assert summary["bytes_written"] == PUBLISHED.bytes_written
    assert summary["lag_seconds"] == 3.5
    expected = {
        "Tasks": 7,
        "DocumentsWritten": 5,
        "DocumentsUnchanged": 9,
        "DocumentsRemoved": 2,
        "Conflicts": 1,
        "PublishFailures": 1,
    }
    assert summary["counts"] == expected
    assert metrics(counts) == expected | {"BytesWritten": 1234, "PublishLag": 3.5}


@pytest.mark.parametrize(
    ("why", "report", "brought"),
    [
        ("another time line", PUBLISHED, records("TOPIC#a")),
        ("what grew old", PUBLISHED, records("SITE#", sort="REBUILD#EXPIRED")),
        ("nothing new is shown", replace(PUBLISHED, stored_at=None), records("SITE#")),
    ],
)
def test_only_a_change_that_the_site_shows_now_has_a_lag(
    why: str,
    report: PublishReport,
    brought: list[StreamRecord],
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry(why)
    instruments.report_publish(report, brought, NOW)
    instruments.metrics.flush_metrics()
    *_, summary, counts = lines(capsys.readouterr().out)
    assert "lag_seconds" not in summary
    assert "PublishLag" not in metrics(counts)


def test_a_line_does_not_grow_with_the_burst(capsys: pytest.CaptureFixture[str]) -> None:
    """CloudWatch cuts a line of more than 256 kB."""
    burst = replace(PUBLISHED, written=[f"news/{number}.html" for number in range(5000)])
    telemetry("burst_test").report_publish(burst, [], NOW)
    *_, summary = lines(capsys.readouterr().out)
    documents = summary["documents"]
    assert isinstance(documents, list)
    assert len(documents) == 1000


def test_stacks_of_one_account_have_metrics_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Gazette/gazette-prod")
    instruments = telemetry("stack_test")
    instruments.report_expiry(ExpiryReport(timelines=0, has_aged_news=False))
    instruments.metrics.flush_metrics()
    *_, counts = lines(capsys.readouterr().out)
    emf = counts["_aws"]
    assert isinstance(emf, dict)
    assert emf["CloudWatchMetrics"][0]["Namespace"] == "Gazette/gazette-prod"


def test_an_expiry_run_is_reported_in_one_line_and_in_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("expire_test")
    instruments.report_expiry(ExpiryReport(timelines=3, has_aged_news=True))
    instruments.metrics.flush_metrics()
    summary, counts = lines(capsys.readouterr().out)
    assert (summary["level"], summary["message"]) == ("INFO", "Expired entries")
    assert summary["counts"] == {"TimelinesExpired": 3, "NewsExpired": 1}
    assert metrics(counts) == summary["counts"]


def test_metrics_are_named_after_the_application_and_the_function(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("naming_test")
    instruments.report_publish(PublishReport(), [], NOW)
    instruments.metrics.flush_metrics()
    *_, counts = lines(capsys.readouterr().out)
    assert counts["service"] == "naming_test"
    emf = counts["_aws"]
    assert isinstance(emf, dict)
    assert emf["CloudWatchMetrics"][0]["Namespace"] == "Gazette"
    assert emf["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]


def test_queued_hub_pings_are_reported_only_if_there_are_any(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("hub_pings_test")
    unsent = [Failure("hub pings", TimeoutError("no queue"))]
    instruments.report_publish(PublishReport(announced=3, unsent=unsent), [], NOW)
    instruments.metrics.flush_metrics()
    failure, summary, counts = lines(capsys.readouterr().out)
    assert (failure["level"], failure["message"]) == ("ERROR", "Hub ping was not queued")
    assert "TimeoutError: no queue" in str(failure["exception"])
    assert summary["hub_pings_queued"] == 3
    queued = metrics(counts)
    assert (queued["HubPingsQueued"], queued["HubPingsNotQueued"]) == (3, 1)
    instruments.report_publish(PublishReport(), [], NOW)
    instruments.metrics.flush_metrics()
    summary, counts = lines(capsys.readouterr().out)
    assert "hub_pings_queued" not in summary
    assert not {"HubPingsQueued", "HubPingsNotQueued"} & set(metrics(counts))


def test_hub_pings_are_reported_in_one_line_and_in_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("hubs_test")
    ping = HubPing(hub="https://hub.example/", feed="https://gazette.example/feed.rss")
    refused = Failure("https://no.example/ of feed.rss", ValueError("410 Gone"))
    instruments.report_hubs(HubReport(sent=[ping], failed=[refused], dead_letters=1))
    instruments.metrics.flush_metrics()
    failure, summary, counts = lines(capsys.readouterr().out)
    assert (failure["level"], failure["message"]) == ("ERROR", "Hub ping failed")
    assert failure["subject"] == "https://no.example/ of feed.rss"
    assert failure["reason"] == "ValueError: 410 Gone"
    assert summary["pings"] == [ping.model_dump()]
    expected = {"HubPings": 1, "HubPingFailures": 1, "HubPingDeadLetters": 1}
    assert summary["counts"] == expected
    assert metrics(counts) == expected


def test_pages_are_reported_only_if_search_engines_heard_of_some(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("pages_test")
    instruments.report_hubs(HubReport(pages=["https://gazette.example/a.html"]))
    instruments.metrics.flush_metrics()
    summary, counts = lines(capsys.readouterr().out)
    assert summary["pages"] == ["https://gazette.example/a.html"]
    assert metrics(counts)["PagesAnnounced"] == 1
    instruments.report_hubs(HubReport())
    instruments.metrics.flush_metrics()
    summary, counts = lines(capsys.readouterr().out)
    assert "pages" not in summary
    assert "PagesAnnounced" not in metrics(counts)


def test_outdated_copies_are_logged_only_if_there_are_any(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("outdated_test")
    instruments.report_publish(PublishReport(outdated=["a.html"], erased=["b.html"]), [], NOW)
    instruments.report_publish(PublishReport(), [], NOW)
    instruments.metrics.clear_metrics()
    first, second = lines(capsys.readouterr().out)
    assert first["outdated"] == ["a.html", "b.html"]
    assert "outdated" not in second


def test_invalidations_are_reported_in_one_line_and_in_metrics(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = telemetry("invalidations_test")
    refused = Failure("b.html", ValueError("too many"))
    report = InvalidationReport(paths=["a.html"], failed=[refused], dead_letters=1)
    instruments.report_invalidations(report)
    instruments.metrics.flush_metrics()
    failure, summary, counts = lines(capsys.readouterr().out)
    assert (failure["level"], failure["message"]) == ("ERROR", "Edge invalidation failed")
    assert (failure["subject"], failure["reason"]) == ("b.html", "ValueError: too many")
    assert summary["paths"] == ["a.html"]
    expected = {"InvalidatedPaths": 1, "InvalidationFailures": 1, "InvalidationDeadLetters": 1}
    assert summary["counts"] == expected
    assert metrics(counts) == expected


def test_every_count_of_a_report_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Ledger writes are left out: each causes a task of its own, which is counted."""
    telemetry("counts_test").report_publish(PUBLISHED, [], NOW)
    *_, summary = lines(capsys.readouterr().out)
    unlogged = set(asdict(PublishReport())) - {"failed", "items_written", "written", "stored_at"}
    unlogged -= {"changed_feeds", "announced", "unsent"}  # logged if there are hubs
    unlogged -= {"pages_queued", "removed"}  # logged if search engines are to hear of pages
    unlogged -= {"outdated", "erased", "webhook_news"}  # logged if there are any
    text = json.dumps(summary).replace('"', "").lower()
    assert {
        name for name in unlogged if name.replace("_", "") not in text.replace("_", "")
    } == set()
