"""Invalidations over moto, which keeps those of a distribution."""

from typing import Any

import boto3
import pytest

from functions.invalidate_edge import app
from gazette.models.tasks.edge_invalidation import EVERYTHING, LIVE_DOCUMENTS, EdgeInvalidation
from gazette.runtime.bootstrap.clients import session
from gazette.runtime.bootstrap.once import forget
from tests.emulators.lambda_pollers import Context
from tests.emulators.moto_stack import INVALIDATION_DEAD_LETTERS
from tests.functions.conftest import Deployed, Payload, log_of, payload

NAMES = [record["messageId"] for record in payload("invalidate_edge/invalidations.json")["Records"]]
PATHS = [
    "/news/2026/07/4/river-opens.r1.html",
    "/news/2026/07/4/river-opens.r2.html",
    "/news/2026/07/4/%C3%B1and%C3%BA.r1.html",
]
ORIGIN = {"Id": "site", "DomainName": "gazette-site.s3.amazonaws.com"}
BEHAVIOR = {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https"}


class Distribution:
    """A distribution on moto."""

    def __init__(self) -> None:
        # The types of this client are not installed.
        self.client: Any = boto3.client("cloudfront")
        made = self.client.create_distribution(
            DistributionConfig={
                "CallerReference": "1",
                "Comment": "",
                "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [ORIGIN]},
                "DefaultCacheBehavior": BEHAVIOR,
            }
        )
        self.name: str = made["Distribution"]["Id"]

    def invalidated(self) -> list[list[str]]:
        """Return the paths of each invalidation."""
        listed = self.client.list_invalidations(DistributionId=self.name)["InvalidationList"]
        return [
            self.client.get_invalidation(DistributionId=self.name, Id=one["Id"])["Invalidation"][
                "InvalidationBatch"
            ]["Paths"]["Items"]
            for one in listed.get("Items", [])
        ]


@pytest.fixture
def distribution(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Distribution:
    assert deployed.messages(INVALIDATION_DEAD_LETTERS) == []
    made = Distribution()
    monkeypatch.setenv("DISTRIBUTION_ID", made.name)
    forget()
    return made


def invoke(event: Payload) -> Payload:
    answer: Payload = app.handler(event, Context("invalidate-edge"))
    return answer


def test_live_documents_are_named_by_their_tag(distribution: Distribution) -> None:
    event = payload("invalidate_edge/invalidations.json")
    del event["Records"][1:]
    event["Records"][0]["body"] = EdgeInvalidation(paths=(LIVE_DOCUMENTS,)).model_dump_json()
    assert invoke(event) == {"batchItemFailures": []}
    assert distribution.invalidated() == [["#live"]]


def test_the_paths_of_a_batch_are_invalidated_together_and_encoded(
    distribution: Distribution,
) -> None:
    with log_of(app.instruments) as log:
        answer = invoke(payload("invalidate_edge/invalidations.json"))
    assert answer == {"batchItemFailures": []}
    assert distribution.invalidated() == [PATHS]
    (line,) = log
    assert line["message"] == "Invalidated copies at the edge"
    assert line["counts"]["InvalidatedPaths"] == 3


def test_the_whole_site_is_one_path(distribution: Distribution) -> None:
    event = payload("invalidate_edge/invalidations.json")
    event["Records"][0]["body"] = EdgeInvalidation(paths=(EVERYTHING,)).model_dump_json()
    assert invoke(event) == {"batchItemFailures": []}
    assert distribution.invalidated() == [["/*"]]


def test_a_distribution_that_is_gone_makes_dead_letters(deployed: Deployed) -> None:
    with log_of(app.instruments) as log:
        answer = invoke(payload("invalidate_edge/invalidations.json"))
    assert answer == {"batchItemFailures": []}
    letters = deployed.messages(INVALIDATION_DEAD_LETTERS)
    assert len(letters) == 2
    reason = letters[0]["MessageAttributes"]["reason"]["StringValue"]
    assert reason.startswith("EdgeRefusedError: CloudFront answered")
    assert "NoSuchDistribution" in reason
    assert [line["message"] for line in log[:2]] == ["Edge invalidation failed"] * 2


def test_an_edge_that_is_busy_gets_the_messages_again(distribution: Distribution) -> None:
    forget()
    events = session().get_component("event_emitter")
    events.register("before-call.cloudfront.CreateInvalidation", _answer_busy)
    answer = invoke(payload("invalidate_edge/invalidations.json"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": name} for name in NAMES]}
    assert distribution.invalidated() == []


def _answer_busy(**_: object) -> tuple[object, dict[str, dict[str, str]]]:
    answer = type("Answer", (), {"status_code": 400})
    error = {"Code": "TooManyInvalidationsInProgress", "Message": "too many", "Type": "Sender"}
    return answer, {"Error": error}


def test_a_message_that_is_no_invalidation_becomes_a_dead_letter(
    deployed: Deployed, distribution: Distribution
) -> None:
    event = payload("invalidate_edge/invalidations.json")
    event["Records"][0]["body"] = '{"paths": []}'
    assert invoke(event) == {"batchItemFailures": []}
    assert distribution.invalidated() == [PATHS[1:]]
    (letter,) = deployed.messages(INVALIDATION_DEAD_LETTERS)
    assert letter["Body"] == '{"paths": []}'
