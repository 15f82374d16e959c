import json
from collections.abc import Iterator

import pytest

from functions.announce_feeds import app
from functions.ingest_event import app as ingest_event
from functions.publish_changes import app as publish_changes
from gazette.models.ledger.keys import ENTRY
from gazette.models.ledger.partitions import SITE
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.page_news import PageNews
from gazette.runtime.bootstrap.announce import index_now_publisher
from gazette.runtime.bootstrap.clients import utc_now
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import forget
from tests.contract.local_hub import Answer, LocalHub, local_hub
from tests.contract.local_subscriber import LocalSubscriber, answer, local_subscriber
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import HUB_PING_DEAD_LETTERS, HUB_PINGS
from tests.functions.conftest import Deployed, Payload, log_of, payload

FEED = "https://gazette.example/topics/rivers/feed.atom"
NAMES = [record["messageId"] for record in payload("announce_feeds/hub_pings.json")["Records"]]


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as hub:
        yield hub


@pytest.fixture
def other() -> Iterator[LocalHub]:
    with local_hub() as hub:
        yield hub


def invoke(hub: LocalHub, other: LocalHub, receives: int = 1, left: int = 90_000) -> Payload:
    """Bring the payload, with hubs that are there."""
    text = json.dumps(payload("announce_feeds/hub_pings.json"))
    text = text.replace("https://hub.example/", hub.url)
    event = json.loads(text.replace("https://other.example/push", other.url))
    for record in event["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = str(receives)
    found: Payload = app.handler(event, Context("announce-feeds", milliseconds_left=left))
    return found


@pytest.mark.usefixtures("deployed")
def test_each_hub_is_pinged_once(hub: LocalHub, other: LocalHub) -> None:
    with log_of(app.instruments) as log:
        assert invoke(hub, other) == {"batchItemFailures": []}
    assert [ping.feed for ping in (*hub.pings, *other.pings)] == [FEED, FEED]
    (line,) = log
    assert line["message"] == "Pinged hubs"
    assert line["counts"] == {"HubPings": 2, "HubPingFailures": 0, "HubPingDeadLetters": 0}


@pytest.mark.usefixtures("deployed")
def test_a_hub_that_fails_is_retried_and_the_other_is_pinged_now(
    hub: LocalHub, other: LocalHub
) -> None:
    hub.answers.append(Answer(429, {"Retry-After": "600"}))
    with log_of(app.instruments) as log:
        again = invoke(hub, other)
    assert again == {"batchItemFailures": [{"itemIdentifier": name} for name in NAMES[:2]]}
    assert [ping.feed for ping in other.pings] == [FEED]
    failure, _ = log
    assert (failure["level"], failure["subject"]) == ("ERROR", f"{hub.url} of {FEED}")
    assert failure["reason"].startswith(f"HubBusyError: {hub.url} answered 429")


def test_a_hub_that_refuses_is_kept_aside(
    deployed: Deployed, hub: LocalHub, other: LocalHub
) -> None:
    other.answers.append(Answer(410, body=b"gone for good"))
    assert invoke(hub, other) == {"batchItemFailures": []}
    (letter,) = deployed.messages(HUB_PING_DEAD_LETTERS)
    assert HubPing.model_validate_json(letter["Body"]).hub == other.url
    reason = letter["MessageAttributes"]["reason"]["StringValue"]
    assert reason == f"HubRefusedError: {other.url} answered 410 gone for good"


def test_a_ping_that_fails_at_the_last_attempt_becomes_a_dead_letter(
    deployed: Deployed, hub: LocalHub, other: LocalHub
) -> None:
    hub.answers.append(Answer(429, {"Retry-After": "600"}))
    assert invoke(hub, other, receives=5) == {"batchItemFailures": []}
    kept = deployed.messages(HUB_PING_DEAD_LETTERS)
    assert {HubPing.model_validate_json(letter["Body"]).hub for letter in kept} == {hub.url}


@pytest.mark.usefixtures("deployed")
def test_without_time_nobody_is_asked(hub: LocalHub, other: LocalHub) -> None:
    again = invoke(hub, other, left=35_000)
    assert again == {"batchItemFailures": [{"itemIdentifier": name} for name in NAMES]}
    assert (hub.pings, other.pings) == ([], [])


def test_a_message_that_is_no_hub_ping_becomes_a_dead_letter(deployed: Deployed) -> None:
    event = payload("announce_feeds/hub_pings.json")
    event["Records"] = event["Records"][:1]
    event["Records"][0]["body"] = '{"hub": "https://hub.example/"}'
    assert app.handler(event, Context("announce-feeds")) == {"batchItemFailures": []}
    (letter,) = deployed.messages(HUB_PING_DEAD_LETTERS)
    assert letter["Body"] == '{"hub": "https://hub.example/"}'
    assert letter["MessageAttributes"]["reason"]["StringValue"].startswith("UnreadableError")


PAGES = [
    f"https://gazette.example/news/2026/07/4/{slug}.html" for slug in ("river-opens", "fox-seen")
]
KEY = "0b3f5c7e9a1d4e6f"


@pytest.fixture
def engine(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSubscriber]:
    """A search engine on this machine, which the function may call."""
    with local_subscriber() as engine:
        monkeypatch.setenv("INDEX_NOW_URL", engine.url)
        monkeypatch.setenv("INDEX_NOW_KEY", KEY)
        with monkeypatch.context() as local:
            local.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
            index_now_publisher()
        assert deployed.messages(HUB_PINGS) == []
        yield engine


def announce_pages(hub: LocalHub) -> Payload:
    text = json.dumps(payload("announce_feeds/page_news.json"))
    event = json.loads(text.replace("https://hub.example/", hub.url))
    found: Payload = app.handler(event, Context("announce-feeds", milliseconds_left=90_000))
    return found


def test_search_engines_hear_of_changed_pages_together(
    engine: LocalSubscriber, hub: LocalHub
) -> None:
    with log_of(app.instruments) as log:
        assert announce_pages(hub) == {"batchItemFailures": []}
    (request,) = engine.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert b"Content-Type: application/json; charset=utf-8" in head
    assert json.loads(body) == {
        "host": "gazette.example",
        "key": KEY,
        "keyLocation": f"https://gazette.example/{KEY}.txt",
        "urlList": PAGES,
    }
    assert [ping.feed for ping in hub.pings] == ["https://gazette.example/feed.atom"]
    assert (log[-1]["pages"], log[-1]["counts"]["PagesAnnounced"]) == (PAGES, 2)


def test_a_search_engine_that_is_busy_hears_again_and_the_hub_is_pinged_now(
    engine: LocalSubscriber, hub: LocalHub
) -> None:
    engine.respond = answer(b"", "429 Too Many Requests")
    failed = announce_pages(hub)["batchItemFailures"]
    assert failed == [{"itemIdentifier": name} for name in (NAMES[0], NAMES[2])]
    assert len(hub.pings) == 1


def test_a_key_that_is_refused_is_kept_aside(
    deployed: Deployed, engine: LocalSubscriber, hub: LocalHub
) -> None:
    engine.respond = answer(b"", "403 Forbidden")
    assert announce_pages(hub) == {"batchItemFailures": []}
    letters = deployed.messages(HUB_PING_DEAD_LETTERS)
    assert len(letters) == 2
    reason = letters[0]["MessageAttributes"]["reason"]["StringValue"]
    assert "answered 403: the key file is not at the address of the site" in reason


@pytest.mark.usefixtures("deployed")
def test_a_deployed_function_calls_no_machine_of_its_own(
    monkeypatch: pytest.MonkeyPatch, hub: LocalHub
) -> None:
    with local_subscriber() as engine:
        monkeypatch.setenv("INDEX_NOW_URL", engine.url)
        assert announce_pages(hub) == {"batchItemFailures": []}
        assert engine.requests == []


def test_a_changed_page_is_queued_if_the_site_has_a_key(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_INDEX_NOW_KEY", KEY)
    forget()
    assert published(deployed, "River opens")["pages_queued"] == 1
    (message,) = deployed.messages(HUB_PINGS)
    assert PageNews.model_validate_json(message["Body"]).pages == (PAGES[0],)
    assert deployed.read(f"{KEY}.txt") == KEY.encode()


def published(deployed: Deployed, title: str) -> Payload:
    """Write, ingest and publish an event as of now, and return what the publisher logged."""
    event = {"title": title, "date": "2026-07-04", "topics": ["Rivers"], "category": "Nature"}
    deployed.put("events/2026/river opens.json", json.dumps(event).encode(), utc_now())
    ingest_event.handler(payload("ingest_event/sqs_batch.json"), Context("ingest-event"))
    (entry,) = ingestor().ledger.scan(SITE, ENTRY)
    batch = payload("publish_changes/stream_batch.json")
    for record in batch["Records"]:
        if record["dynamodb"]["Keys"]["sk"]["S"].startswith(ENTRY):
            record["dynamodb"]["Keys"]["sk"]["S"] = entry.key.sort
    with log_of(publish_changes.instruments) as log:
        publish_changes.handler(batch, Context("publish-changes"))
    return log[-1]


def test_a_published_change_is_announced(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_HUBS", "https://hub.example/,https://other.example/push")
    forget()
    assert "hub_pings_queued" not in published(deployed, "River opens")
    assert deployed.messages(HUB_PINGS) == []
    line = published(deployed, "River closes")
    found = list(queued(deployed))
    assert line["hub_pings_queued"] == len(found)
    assert {one.hub for one in found if one.feed == FEED} == {
        "https://hub.example/",
        "https://other.example/push",
    }


def test_a_queue_that_is_gone_fails_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_HUBS", "https://hub.example/")
    published(deployed, "River opens")
    monkeypatch.setenv("ANNOUNCE_QUEUE_URL", f"{deployed.stack.queue_url}-no-such-queue")
    forget()
    line = published(deployed, "River closes")
    assert line["counts"]["PublishFailures"] == 0
    assert b"River closes" in (deployed.read("topics/rivers/feed.atom") or b"")


def queued(deployed: Deployed) -> Iterator[HubPing]:
    while messages := deployed.messages(HUB_PINGS):
        yield from (HubPing.model_validate_json(message["Body"]) for message in messages)
