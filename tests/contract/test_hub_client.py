"""The client of hubs against a real hub with real connections."""

import socket
from collections.abc import Iterator

import pytest

from gazette.delivery.websub import HttpHubClient
from gazette.ports import HubBusyError, HubRefusedError
from tests.contract.local_hub import Answer, LocalHub, local_hub

FEED = "https://gazette.example/topics/ñandú & fox/feed.atom"
# The time limit and the pauses are shorter than those for real hubs.
CLIENT = HttpHubClient(read_seconds=0.3, backoff=0.01)


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with local_hub() as hub:
        yield hub


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_ping_names_one_feed_in_a_form(hub: LocalHub, status: int) -> None:
    hub.answers.append(Answer(status))
    CLIENT.ping(hub.url, FEED)
    (ping,) = hub.pings
    assert ping.media_type == "application/x-www-form-urlencoded"
    # Google and Superfeedr read hub.url, Switchboard hub.topic.
    assert ping.form == {"hub.mode": ["publish"], "hub.url": [FEED], "hub.topic": [FEED]}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 507])
def test_a_ping_to_a_busy_hub_is_repeated(hub: LocalHub, status: int) -> None:
    hub.answers += [Answer(status, body=b"later"), Answer(status, body=b"later")]
    CLIENT.ping(hub.url, FEED)
    assert [ping.feed for ping in hub.pings] == [FEED] * 3


def test_a_hub_that_stays_busy_is_left_for_later_with_its_response(hub: LocalHub) -> None:
    hub.answers += [Answer(503, body=b"down for the night")] * 9
    with pytest.raises(HubBusyError, match="/hub answered 503 down for the night"):
        CLIENT.ping(hub.url, FEED)
    assert len(hub.pings) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_a_ping_is_repeated_after_the_pause_that_the_hub_asks_for(
    hub: LocalHub, status: int
) -> None:
    hub.answers.append(Answer(status, {"Retry-After": "1"}))
    CLIENT.ping(hub.url, FEED)
    first, second = hub.pings
    assert 1 <= second.at - first.at < 3


def test_a_hub_that_asks_for_a_long_pause_is_left_for_later_at_once(hub: LocalHub) -> None:
    hub.answers.append(Answer(429, {"Retry-After": "3600"}, b"too many"))
    with pytest.raises(HubBusyError, match="answered 429 too many"):
        CLIENT.ping(hub.url, FEED)
    assert len(hub.pings) == 1


def test_a_ping_to_a_slow_hub_is_repeated_and_then_left_for_later(hub: LocalHub) -> None:
    hub.answers += [Answer(seconds=0.6)] * 3
    with pytest.raises(HubBusyError, match=r"/hub does not answer: .*timed out"):
        CLIENT.ping(hub.url, FEED)
    assert len(hub.pings) == 3
    hub.answers[:] = [Answer(seconds=0.6)]
    CLIENT.ping(hub.url, FEED)


def test_a_hub_that_is_down_is_left_for_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and do not listen
        port = taken.getsockname()[1]
        with pytest.raises(HubBusyError, match=f"127.0.0.1:{port}/ does not answer: .*refused"):
            CLIENT.ping(f"http://127.0.0.1:{port}/", FEED)


def test_a_host_name_that_does_not_exist_is_left_for_later() -> None:
    with pytest.raises(HubBusyError, match=r"https://hub\.invalid/ does not answer"):
        CLIENT.ping("https://hub.invalid/", FEED)


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_refused_ping_is_not_repeated(hub: LocalHub, status: int) -> None:
    hub.answers.append(Answer(status, body=b"hub.url is not ours"))
    with pytest.raises(HubRefusedError, match=f"answered {status} hub.url is not ours"):
        CLIENT.ping(hub.url, FEED)
    assert len(hub.pings) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_hub_is_not_followed(hub: LocalHub, status: int) -> None:
    """A hub must not choose which address the function calls."""
    elsewhere = hub.url.replace("/hub", "/elsewhere")
    hub.answers.append(Answer(status, {"Location": elsewhere}))
    with pytest.raises(HubRefusedError, match=f"answered {status} .*/elsewhere"):
        CLIENT.ping(hub.url, FEED)
    assert len(hub.pings) == 1


def test_only_the_beginning_of_a_long_refusal_is_read(hub: LocalHub) -> None:
    hub.answers.append(Answer(400, body=b"\xff" + b"x" * 100_000))
    with pytest.raises(HubRefusedError) as refused:
        CLIENT.ping(hub.url, FEED)
    assert "\N{REPLACEMENT CHARACTER}xxx" in str(refused.value)
    assert len(str(refused.value)) < 400
