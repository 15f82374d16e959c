"""News of a feed become deliveries in bounded messages, whatever the number of subscribers."""

import pytest

from gazette.models.hub.deliveries import Delivery, FeedNews
from gazette.models.limits import DELIVERIES_A_MESSAGE, SUBSCRIBERS_A_PAGE
from gazette.services.hub.fan_out import FanOutReport
from tests.unit.hub.stage import PATH, TOPIC, HubStage, messages

NEWS = FeedNews(topic=TOPIC, path=PATH)


@pytest.fixture
def stage() -> HubStage:
    return HubStage()


def deliveries(stage: HubStage) -> list[Delivery]:
    return list(map(Delivery.model_validate_json, stage.fanned_out.bodies))


def test_without_subscribers_there_is_nothing_to_deliver(stage: HubStage) -> None:
    assert stage.spread(NEWS).deliveries == 0
    assert (stage.news.bodies, stage.fanned_out.bodies) == ([], [])


def test_2500_subscribers_get_one_delivery_each_in_bounded_messages(stage: HubStage) -> None:
    names = stage.add_many(2500)
    stage.spread(NEWS)
    worked = 1
    while stage.news.bodies:
        news = FeedNews.model_validate_json(stage.news.bodies.pop())
        assert stage.spread(news).deliveries <= SUBSCRIBERS_A_PAGE
        worked += 1
    found = deliveries(stage)
    assert sorted(name for one in found for name in one.subscribers) == sorted(names)
    assert max(len(one.subscribers) for one in found) <= DELIVERIES_A_MESSAGE
    assert all(len(body) < 2000 for body in stage.fanned_out.bodies)
    assert worked <= 17


def test_the_rest_of_many_subscribers_is_worked_on_in_parallel(stage: HubStage) -> None:
    stage.add_many(1100)
    stage.spread(NEWS)
    rest = list(map(FeedNews.model_validate_json, stage.news.bodies))
    assert [one.after for one in rest[1:]] == [one.until for one in rest[:-1]]
    assert rest[-1].until == ""
    (last,) = list(rest[0].continued("00ff"))
    assert (last.after, last.until) == ("00ff", rest[0].until)


def test_the_same_news_twice_in_a_batch_are_spread_once(stage: HubStage) -> None:
    stage.add_many(3)
    assert stage.spread(NEWS, NEWS).deliveries == 3


@pytest.mark.parametrize("queue", ["news", "fanned_out"])
def test_a_message_that_the_queue_refuses_is_spread_again_and_loses_nobody(
    stage: HubStage, queue: str
) -> None:
    names = stage.add_many(1100)
    getattr(stage, queue).refuses = 1
    report = FanOutReport()
    assert stage.fan_out.spread(messages([NEWS]), lambda: True, report) == ["0"]
    assert report.counts["FanOutFailures"] == 1
    getattr(stage, queue).refuses = 0
    stage.spread(NEWS)
    while stage.news.bodies:
        stage.spread(FeedNews.model_validate_json(stage.news.bodies.pop()))
    assert {name for one in deliveries(stage) for name in one.subscribers} == set(names)
