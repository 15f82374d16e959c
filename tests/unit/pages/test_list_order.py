"""Lists are sorted by what heads them: the dates of events, not the times of their publication."""

import json
import re

import pytest

from tests.unit.publish.worlds import World, hours

# In the order of publication; an archive brings old events last.
DATES = ("2026-07-04", "2026-06-30", "2026-07-05", "2026-06-30", "2025-01-01", "2026-07-04")
IN_ORDER = sorted(set(DATES), reverse=True)


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    world = World()
    for number, day in enumerate(DATES):
        title = f"Event {number}"
        world.put(f"e{number}", hours(number), title=title, date=day, topics=["Rivers"])
    world.settle()
    return world.site()


def test_each_date_heads_its_events_once_and_the_newest_is_first(
    documents: dict[str, bytes],
) -> None:
    page = documents["topics/rivers/index.html"].decode()
    headings = re.findall(r'<h2 class="date"[^>]*><time datetime="([\d-]+)"', page)
    assert headings == IN_ORDER
    assert re.findall(r">(Event \d)</a></h3>", page) == [
        f"Event {number}" for number in (2, 5, 0, 3, 1, 4)
    ]


def test_the_home_has_the_same_order_and_dates_its_lead_story(documents: dict[str, bytes]) -> None:
    page = documents["index.html"].decode()
    assert re.findall(r">(Event \d)</a></h[23]>", page) == [
        f"Event {number}" for number in (2, 5, 0, 3, 1, 4)
    ]
    dates = re.findall(r'<time datetime="([\d-]+)"', page)
    assert dates == [IN_ORDER[0], IN_ORDER[-1]]


def test_the_other_formats_of_the_home_have_the_same_order(documents: dict[str, bytes]) -> None:
    listed = json.loads(documents["index.json"])["events"]
    assert [event["title"][-1] for event in listed] == list("250314")
    assert re.findall(r"\[Event (\d)\]", documents["index.md"].decode()) == list("250314")


@pytest.mark.parametrize("path", ["news/2026/index.json", "news/index.json"])
def test_periods_are_sorted_by_their_names(documents: dict[str, bytes], path: str) -> None:
    addresses = [period["url"] for period in json.loads(documents[path])["periods"]]
    assert addresses in (sorted(addresses), sorted(addresses, reverse=True))


def test_the_events_of_a_day_are_in_the_order_of_their_publication(
    documents: dict[str, bytes],
) -> None:
    listed = json.loads(documents["news/2026/07/4/index.json"])["events"]
    assert [event["title"] for event in listed] == ["Event 5", "Event 0"]


def test_feeds_stay_in_the_order_of_publication(documents: dict[str, bytes]) -> None:
    items = json.loads(documents["feed.json"])["items"]
    assert [item["title"][-1] for item in items] == list("543210")
