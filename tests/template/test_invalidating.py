"""Copies at the edge: what queues their invalidation, and what may request it."""

import re

import pytest

from gazette.delivery.s3 import CACHE_TAG
from gazette.models.limits import MAX_INVALIDATED_PATHS, MAX_RETRY_DELAY_SECONDS
from gazette.models.tasks.edge_invalidation import LIVE_TAG, EdgeInvalidation
from gazette.runtime.settings import EdgeSettings, InvalidationSettings, read
from gazette_cli.emulators.template import event_source, properties, queue_wiring
from tests.template.reading import TEMPLATE_TREE, environment_of, role_of, statements

INVALIDATE = "InvalidateEdgeFunction"
# What CloudFront works on at a time, and what SQS takes as one message.
PATHS_IN_PROGRESS, MESSAGE_BYTES = 3_000, 262_144


@pytest.mark.parametrize("function", ["PublishChangesFunction", "ReconcileArchiveFunction"])
def test_a_function_that_writes_documents_queues_invalidations(function: str) -> None:
    assert read(EdgeSettings, environment_of(function)).queue_url == "InvalidateQueue"
    (allowed,) = [
        statement
        for statement in statements(properties(TEMPLATE_TREE, role_of(function))["Policies"])
        if statement["Resource"] == {"Fn::GetAtt": ["InvalidateQueue", "Arn"]}
    ]
    assert (allowed["Sid"], allowed["Action"]) == ("QueueInvalidations", "sqs:SendMessage")


def test_live_documents_are_invalidated_by_the_tag_that_their_objects_have() -> None:
    config = properties(TEMPLATE_TREE, "Distribution")["DistributionConfig"]
    assert config["CacheTagConfig"] == {"HeaderName": f"x-amz-meta-{CACHE_TAG}"}
    named = properties(TEMPLATE_TREE, "NameMediaType")["FunctionCode"]["Fn::Sub"][0]
    assert f"delete headers['x-amz-meta-{CACHE_TAG}'];" in named  # readers need not see it
    assert re.fullmatch(r"[!-+\--~]{1,256}", LIVE_TAG)  # what CloudFront takes


def test_other_changes_drop_nothing_by_default_and_wait_no_longer_than_sqs_can() -> None:
    fresh = TEMPLATE_TREE["Parameters"]["FreshSeconds"]
    assert read(EdgeSettings, environment_of("PublishChangesFunction")).fresh_seconds == 0
    assert (fresh["Default"], fresh["MaxValue"]) == (0, MAX_RETRY_DELAY_SECONDS)


def test_one_function_may_invalidate_and_only_the_distribution_of_the_stack() -> None:
    found = [
        (statement["Action"], statement["Resource"])
        for statement in statements(TEMPLATE_TREE["Resources"])
        if "cloudfront:" in str(statement["Action"])
    ]
    arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    assert found == [("cloudfront:CreateInvalidation", {"Fn::Sub": arn})]
    own = list(statements(properties(TEMPLATE_TREE, role_of(INVALIDATE))))
    assert "cloudfront:CreateInvalidation" in [statement["Action"] for statement in own]
    assert environment_of(INVALIDATE)["DISTRIBUTION_ID"] == "Distribution"


def test_the_function_and_sqs_agree_on_the_last_attempt() -> None:
    settings = read(InvalidationSettings, environment_of(INVALIDATE))
    assert settings.dead_letter_url == "InvalidateDeadLetterQueue"
    assert settings.most_receives == queue_wiring(TEMPLATE_TREE, INVALIDATE).max_receive_count


def test_an_invalidation_waits_for_nothing_and_is_tried_for_an_hour() -> None:
    assert "DelaySeconds" not in properties(TEMPLATE_TREE, "InvalidateQueue")
    wiring = queue_wiring(TEMPLATE_TREE, INVALIDATE)
    assert wiring.visibility * wiring.max_receive_count >= 3600


def test_a_batch_is_no_more_than_the_edge_takes_and_a_message_no_more_than_sqs_takes() -> None:
    source = event_source(TEMPLATE_TREE, INVALIDATE, "SQS")
    workers = source["ScalingConfig"]["MaximumConcurrency"]
    assert source["BatchSize"] * MAX_INVALIDATED_PATHS * workers <= PATHS_IN_PROGRESS
    longest = EdgeInvalidation(paths=("\x01" * 200,) * MAX_INVALIDATED_PATHS)
    assert len(longest.model_dump_json()) < MESSAGE_BYTES
