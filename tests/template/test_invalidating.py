"""Copies at the edge: what queues their invalidation, and what may request it."""

import pytest

from gazette.models.limits import MAX_INVALIDATED_PATHS
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
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
