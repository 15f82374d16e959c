"""Hub pings to real hubs, and page news: sent when they are readable, stored when a hub is down.

The template takes only https addresses, so the tests pass the addresses of the local hubs to the
functions. Delays of minutes on AWS are a second here.
"""

import json
import socket
from collections.abc import Iterator

import feedparser
import pytest

from gazette.models.contract import identity
from gazette_cli.emulators.stack import Stack, running_stack
from tests.contract.local_hub import LocalHub, Ping, local_hub
from tests.contract.local_subscriber import answer, local_subscriber
from tests.stack.conftest import SITE_URL, eventually
from tests.stack.test_failures import PARAMETERS, PUBLISH, Operator, operating

pytestmark = pytest.mark.ministack

ANNOUNCE = "AnnounceFeedsFunction"
FERRY = identity.event_key("2026/11/ferry")
FOLDERS, FORMS = ("", "topics/harbour/"), ("atom", "json", "rss")
EVENTS = {f"{folder}feed.{form}" for folder in FOLDERS for form in FORMS}
# It begins with the second revision.
HISTORY = "news/2026/11/3/back.history.atom"
EVENTS |= {"news/2026/11/3/index.xml", HISTORY}
# They are there, and empty, from the first publication.
UPDATES = {
    f"{base_path}.{form}" for base_path in ("updates", "topics/harbour/updates") for form in FORMS
}
FEEDS = {f"{SITE_URL}/{path}" for path in EVENTS | UPDATES}


@pytest.fixture
def operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    hubs = {"Hubs": "https://hub.example/"}
    with (
        running_stack(PARAMETERS | hubs) as stack,
        operating(stack, monkeypatch, capsys) as operator,
    ):
        operator.stack.sqs.set_queue_attributes(
            QueueUrl=operator.stack.outputs["AnnounceQueueUrl"],
            Attributes={"DelaySeconds": "1", "VisibilityTimeout": "4"},
        )
        yield operator


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as hub:
        yield hub


def event(title: str, kind: str = "update") -> bytes:
    document = {"title": title, "date": "2026-11-03", "topics": ["Harbour"], "slug": "back"}
    return json.dumps(document | {"revision": {"kind": kind}}).encode()


def published(operator: Operator, title: str, kind: str = "update") -> bool:
    """Write a version and wait until every feed has it: a new feed has no subscribers."""
    read = operator.stack.read
    feeds = EVENTS if read(HISTORY) or read("feed.atom") else EVENTS - {HISTORY}
    operator.stack.write(FERRY, event(title, kind))
    return eventually(
        lambda: (
            all(title.encode() in (read(path) or b"") for path in feeds)
            and all(read(path) is not None for path in UPDATES)
        ),
        60,
    )


def is_quiet(stack: Stack) -> bool:
    """Return whether the queue of hub pings is empty."""
    names = ("", "Delayed", "NotVisible")
    found = stack.sqs.get_queue_attributes(
        QueueUrl=stack.outputs["AnnounceQueueUrl"],
        AttributeNames=[f"ApproximateNumberOfMessages{name}" for name in names],  # type: ignore[misc]  # a name of AWS
    )
    return not any(int(number) for number in found["Attributes"].values())


def has_settled(operator: Operator, hub: LocalHub) -> bool:
    """Wait until the hub got no ping for longer than they are delayed, and the queue is empty."""
    while _is_pinged(hub):
        pass
    return eventually(lambda: is_quiet(operator.stack), 60)


def _is_pinged(hub: LocalHub) -> bool:
    """Return whether the hub gets a ping within some seconds."""
    count = len(hub.pings)
    return eventually(lambda: len(hub.pings) != count, 4)


def test_the_hub_ping_queue_is_polled_only_with_hubs(stack: Stack, operator: Operator) -> None:
    """The emulator reports every mapping as enabled, so the test sends a message."""
    for one in (stack, operator.stack):
        url = one.outputs["AnnounceQueueUrl"]
        one.sqs.send_message(QueueUrl=url, MessageBody="not a hub ping", DelaySeconds=0)
    assert eventually(lambda: is_quiet(operator.stack))
    assert not eventually(lambda: is_quiet(stack), 2)
    stack.sqs.purge_queue(QueueUrl=stack.outputs["AnnounceQueueUrl"])


def test_hubs_get_a_ping_for_readable_news_only(operator: Operator, hub: LocalHub) -> None:
    shown: dict[str, bool] = {}

    def read(ping: Ping) -> None:
        body = operator.stack.read(ping.feed.removeprefix(f"{SITE_URL}/")) or b""
        shown[ping.feed] = b"Ferry is back" in body

    hub.on_ping = read
    with operator.broken(PUBLISH, SITE_HUBS=hub.url):
        assert published(operator, "Ferry sails")
        assert published(operator, "Ferry returns")
        feed = feedparser.parse(operator.stack.read("topics/harbour/feed.rss") or b"").feed
        hubs = [link.href for link in feed.links if link.rel == "hub"]
        selves = [link.href for link in feed.links if link.rel == "self"]
        assert (hubs, selves) == ([hub.url], [f"{SITE_URL}/topics/harbour/feed.rss"])
        # A feed that was written twice for its first entry had time for subscribers between.
        assert has_settled(operator, hub)
        hub.pings.clear()
        shown.clear()
        assert published(operator, "Ferry is back")
        assert eventually(lambda: {ping.feed for ping in hub.pings} >= FEEDS, 60)
        assert has_settled(operator, hub)
        assert shown == dict.fromkeys(FEEDS, True)
        count = len(hub.pings)
        assert count == len(FEEDS)
        # A change within two seconds of news belongs to it, so the next one comes later.
        assert not _is_pinged(hub)
        assert published(operator, "Ferry is back!", "minor")
        assert eventually(lambda: is_quiet(operator.stack), 60)
        assert len(hub.pings) == count
    assert operator.failed() == {}


def test_a_search_engine_hears_of_changed_pages_only(operator: Operator) -> None:
    key = "0b3f5c7e9a1d4e6f"
    with (
        local_subscriber() as engine,
        operator.broken(PUBLISH, SITE_INDEX_NOW_KEY=key),
        operator.broken(ANNOUNCE, INDEX_NOW_KEY=key, INDEX_NOW_URL=engine.url),
    ):
        engine.respond = answer(b"", "503 Service Unavailable")
        assert published(operator, "Ferry sails")
        assert eventually(lambda: len(engine.requests) >= 1, 60)
        engine.respond = answer(b"", "202 Accepted")
        assert eventually(lambda: is_quiet(operator.stack), 60)
        page = f"{SITE_URL}/news/2026/11/3/back.html"
        posted = [json.loads(one.partition(b"\r\n\r\n")[2]) for one in engine.requests]
        assert len(posted) >= 2
        assert {(one["key"], *one["urlList"]) for one in posted} == {(key, page)}
        location = posted[0]["keyLocation"].removeprefix(f"{SITE_URL}/")
        assert operator.stack.read(location) == key.encode()
        count = len(engine.requests)
        operator.stack.write(FERRY, event("Ferry sails"))
        assert not eventually(lambda: len(engine.requests) > count, 6)
    assert operator.failed() == {}


def test_a_hub_that_is_down_delays_nothing_and_gets_the_ping_on_replay(
    operator: Operator, hub: LocalHub
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and do not listen
        port = taken.getsockname()[1]
        dead = f"http://127.0.0.1:{port}/hub"
        with operator.broken(PUBLISH, SITE_HUBS=f"{hub.url},{dead}"):
            assert published(operator, "Ferry sails")
            assert published(operator, "Ferry returns")
            assert published(operator, "Ferry is back")
            assert eventually(lambda: {ping.feed for ping in hub.pings} >= FEEDS, 60)
            assert eventually(lambda: operator.stack.dead_letters() >= len(FEEDS), 90)
            assert eventually(lambda: is_quiet(operator.stack), 90)
    failed = operator.failed()
    assert failed.keys() == {f"{dead} of {feed}" for feed in FEEDS}
    assert all(reason.startswith("HubBusyError: ") for reason in failed.values())
    assert all("refused" in reason for reason in failed.values())
    assert "hub ping" in operator.gazette("failures")[1]
    with local_hub(port) as revived:
        assert operator.gazette("replay")[0] == 0
        assert eventually(lambda: {ping.feed for ping in revived.pings} == FEEDS, 60)
    assert operator.failed() == {}
