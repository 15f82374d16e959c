import pytest

from functions.accept_subscriptions import app
from gazette.models.hub.requests import SubscriptionRequest
from gazette.models.views.site_document import ANNOUNCED, LIVE
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import REQUESTS, SITE_BUCKET
from tests.functions.conftest import Deployed, Payload, log_of, payload
from tests.functions.hub_payloads import CALLBACK, PATH, TOPIC


def write_feed(deployed: Deployed, cache_control: str = ANNOUNCED) -> None:
    deployed.stack.s3.put_object(
        Bucket=SITE_BUCKET, Key=PATH, Body=b"<feed/>", CacheControl=cache_control
    )


def invoke(event: Payload) -> Payload:
    answer: Payload = app.handler(event, Context("accept-subscriptions"))
    return answer


def test_a_request_is_accepted_and_queued(deployed_hub: Deployed) -> None:
    write_feed(deployed_hub)
    with log_of(app.instruments) as log:
        answer = invoke(payload("accept_subscriptions/subscribe.json"))
    assert (answer["statusCode"], answer["body"]) == (202, "")
    (message,) = deployed_hub.messages(REQUESTS)
    request = SubscriptionRequest.model_validate_json(message["Body"])
    assert (request.topic, request.callback, request.secret) == (TOPIC, CALLBACK, "sésame")
    assert "sésame" not in str(log)


def test_a_refusal_says_in_plain_text_what_to_correct(deployed_hub: Deployed) -> None:
    write_feed(deployed_hub, LIVE)
    with log_of(app.instruments) as log:
        answer = invoke(payload("accept_subscriptions/subscribe.json"))
    assert answer["statusCode"] == 400
    assert answer["headers"] == {"Content-Type": "text/plain; charset=utf-8"}
    assert answer["body"].startswith("hub.topic is no feed of this site")
    assert log[0]["reason"] == answer["body"]
    assert deployed_hub.messages(REQUESTS) == []


@pytest.mark.usefixtures("deployed_hub")
@pytest.mark.parametrize(
    ("body", "named"), [("hub.mode=join", "hub.mode is none of"), (None, "hub.mode is missing")]
)
def test_a_body_of_text_is_read_too(body: str | None, named: str) -> None:
    event = payload("accept_subscriptions/subscribe.json")
    changed = {**event, "isBase64Encoded": False, "body": body}
    assert invoke(changed)["body"].startswith(named)
