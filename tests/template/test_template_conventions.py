"""Conventions that hold for every function, queue and mapping, of today and of tomorrow."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gazette.models.ledger.keys import ENTRY, ItemKey
from gazette.models.ledger.partitions import SITE
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import ExpiryReport, IngestReport, PublishReport
from gazette.renderers.pages.html import CONTENT_SECURITY_POLICY, SEARCH_SECURITY_POLICY
from gazette.runtime.telemetry import NAMESPACE, telemetry
from gazette.services.announce.websub_publisher import HubReport
from gazette.services.hub.deliverer import DeliveryReport
from gazette.services.hub.fan_out import FanOutReport
from gazette.services.hub.verifier import VerificationReport
from gazette_cli.emulators import webserver
from gazette_cli.emulators.template import properties, resources
from tests.template.reading import (
    FUNCTIONS,
    GLOBALS,
    TEMPLATE_TREE,
    folder_of,
    of_every_function,
    role_of,
    statements,
)
from tests.unit.publish.worlds import MORNING

RESOURCES = TEMPLATE_TREE["Resources"]
ALARMS = resources(TEMPLATE_TREE, "AWS::CloudWatch::Alarm")
QUEUES = resources(TEMPLATE_TREE, "AWS::SQS::Queue")
DEAD_LETTERS = sorted(name for name in QUEUES if name.endswith("DeadLetterQueue"))
QUERIES = resources(TEMPLATE_TREE, "AWS::Logs::QueryDefinition")
DISTRIBUTION = properties(TEMPLATE_TREE, "Distribution")["DistributionConfig"]
ONE_DAY = 24 * 60 * 60
BEHAVIORS = [DISTRIBUTION["DefaultCacheBehavior"], *DISTRIBUTION["CacheBehaviors"]]


def mappings(source_type: str) -> list[tuple[str, dict[str, Any]]]:
    """Return every mapping of a type, with the function it feeds."""
    return [
        (function, event["Properties"])
        for function in FUNCTIONS
        for event in properties(TEMPLATE_TREE, function).get("Events", {}).values()
        if event["Type"] == source_type
    ]


def alarmed(metric: str) -> list[object]:
    """Return what stands in the first dimension of the alarms on a metric."""
    return [
        alarm["Properties"]["Dimensions"][0]["Value"]
        for alarm in ALARMS.values()
        if alarm["Properties"]["MetricName"] == metric
    ]


@of_every_function
def test_a_function_has_an_alarm_on_its_errors(function: str) -> None:
    assert {"Ref": function} in alarmed("Errors")


@of_every_function
def test_the_resources_of_a_function_have_its_name(function: str) -> None:
    name = function.removesuffix("Function")
    assert role_of(function) == f"{name}Role"
    group = properties(TEMPLATE_TREE, f"{name}LogGroup")
    dashed = folder_of(function).name.replace("_", "-")
    assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{dashed}"}


@of_every_function
def test_a_policy_of_a_function_names_its_resources(function: str) -> None:
    policies = properties(TEMPLATE_TREE, role_of(function))["Policies"]
    assert [policy["PolicyName"] for policy in policies] == [function.removesuffix("Function")]
    for statement in statements(policies):
        if statement["Sid"] != "Trace":  # X-Ray knows no resources
            assert "*" not in json.dumps(statement["Resource"]).replace("/*", "")


@of_every_function
def test_a_function_is_invoked_by_an_event_a_request_or_a_state_machine(function: str) -> None:
    arn = {"Fn::GetAtt": [function, "Arn"]}
    asked = resources(TEMPLATE_TREE, "AWS::ApiGatewayV2::Integration").values()
    machines = resources(TEMPLATE_TREE, "AWS::Serverless::StateMachine").values()
    handed = [
        value
        for machine in machines
        for value in machine["Properties"]["DefinitionSubstitutions"].values()
    ]
    handed += [integration["Properties"]["IntegrationUri"] for integration in asked]
    assert properties(TEMPLATE_TREE, function).get("Events") or arn in handed


@of_every_function
def test_failed_input_of_a_function_is_stored(function: str) -> None:
    """Whatever feeds it, a failure ends where a person finds it."""
    for event in properties(TEMPLATE_TREE, function).get("Events", {}).values():
        source = event["Properties"]
        if event["Type"] == "SQS":
            queue = source["Queue"]["Fn::GetAtt"][0]
            aside = properties(TEMPLATE_TREE, queue)["RedrivePolicy"]["deadLetterTargetArn"]
        elif event["Type"] == "DynamoDB":
            aside = source["DestinationConfig"]["OnFailure"]["Destination"]
        else:
            assert event["Type"] in {"Schedule", "ScheduleV2"}
            config = properties(TEMPLATE_TREE, function)["EventInvokeConfig"]
            aside = config["DestinationConfig"]["OnFailure"]["Destination"]
        assert aside["Fn::GetAtt"][0] in RESOURCES


def test_a_mapping_of_a_stream_is_bounded() -> None:
    assert mappings("DynamoDB")
    for _, source in mappings("DynamoDB"):
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["BisectBatchOnFunctionError"] is True
        assert 0 < source["MaximumRetryAttempts"] <= 10
        # A record that waits is given up no earlier than the stream drops it.
        assert source["MaximumRecordAgeInSeconds"] == ONE_DAY


def test_a_mapping_of_a_queue_is_bounded() -> None:
    assert mappings("SQS")
    for function, source in mappings("SQS"):
        queue = properties(TEMPLATE_TREE, source["Queue"]["Fn::GetAtt"][0])
        window = source.get("MaximumBatchingWindowInSeconds", 0)
        timeout = properties(TEMPLATE_TREE, function)["Timeout"]
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert queue["VisibilityTimeout"] >= 6 * timeout + window
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
        assert source["ScalingConfig"]["MaximumConcurrency"]


@pytest.mark.parametrize("queue", DEAD_LETTERS)
def test_one_dead_letter_is_an_alarm(queue: str) -> None:
    (alarm,) = [
        alarm["Properties"]
        for alarm in ALARMS.values()
        if alarm["Properties"]["Dimensions"][0]["Value"] == {"Fn::GetAtt": [queue, "QueueName"]}
    ]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["Threshold"] == 1


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_an_alarm_reaches_a_person_and_says_why(alarm: str) -> None:
    own = properties(TEMPLATE_TREE, alarm)
    assert alarm.endswith("Alarm")
    assert own["AlarmActions"] == own["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert own["AlarmDescription"].endswith(".")
    assert own["TreatMissingData"] in {"notBreaching", "breaching"}


def test_delays_raise_alarms() -> None:
    metrics = {alarm["Properties"]["MetricName"] for alarm in ALARMS.values()}
    late = {"PublishLag", "IteratorAge", "ApproximateAgeOfOldestMessage"}
    assert late | {"Quarantined"} <= metrics


def emitted(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Return the names of the metrics that the functions emit."""
    instruments = telemetry("conventions")
    report = PublishReport(stored_at=MORNING, announced=1)
    instruments.report_ingest(IngestReport())
    instruments.report_publish(report, [StreamRecord("1", ItemKey(SITE, f"{ENTRY}a"))], MORNING)
    instruments.report_expiry(ExpiryReport(timelines=0, has_aged_news=False))
    instruments.report_hubs(HubReport())
    instruments.report_request(202, "")
    for own in (VerificationReport(), FanOutReport(), DeliveryReport()):
        instruments.report_own_hub(own)
    instruments.metrics.flush_metrics()
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    (directive,) = counts["_aws"]["CloudWatchMetrics"]
    return {metric["Name"] for metric in directive["Metrics"]}


def widgets() -> Iterator[dict[str, Any]]:
    """Yield the widgets of all dashboards."""
    for board in resources(TEMPLATE_TREE, "AWS::CloudWatch::Dashboard").values():
        body = board["Properties"]["DashboardBody"]["Fn::Sub"]
        yield from json.loads(re.sub(r"\$\{([A-Za-z:.]+)\}", r"\1", body))["widgets"]


def own_metrics() -> Iterator[tuple[str, str]]:
    """Yield the metrics of ours that are shown or watched: name, service."""
    for widget in widgets():
        for metric in widget["properties"]["metrics"]:
            if str(metric[0]).startswith(NAMESPACE):
                yield metric[1], metric[3]
    for alarm in ALARMS.values():
        if "Fn::Sub" in alarm["Properties"]["Namespace"]:
            yield alarm["Properties"]["MetricName"], alarm["Properties"]["Dimensions"][0]["Value"]


def test_every_shown_or_watched_metric_is_emitted(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that nobody emits would be a line at zero, and an alarm that never rings."""
    names = {name for name, _ in own_metrics()}
    assert {"Ingested", "Quarantined", "PublishLag", "DocumentsWritten"} <= names
    assert names - emitted(capsys) == set()
    services = {folder_of(function).name for function in FUNCTIONS}
    assert {service for _, service in own_metrics()} <= services


def test_a_stack_has_metrics_of_its_own() -> None:
    namespace = {"Fn::Sub": f"{NAMESPACE}/${{AWS::StackName}}"}
    assert GLOBALS["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == namespace
    own = [
        alarm["Properties"]["Namespace"]
        for alarm in ALARMS.values()
        if isinstance(alarm["Properties"]["Namespace"], dict)
    ]
    assert own
    assert own == [namespace] * len(own)


def test_the_dashboard_shows_every_dead_letter() -> None:
    shown = json.dumps(list(widgets()))
    assert [queue for queue in DEAD_LETTERS if f'"{queue}.QueueName"' not in shown] == []


@pytest.mark.parametrize("query", sorted(QUERIES))
def test_a_saved_query_looks_into_groups_of_the_stack(query: str) -> None:
    own = properties(TEMPLATE_TREE, query)
    groups = {group["Ref"] for group in own["LogGroupNames"]}
    assert groups <= set(resources(TEMPLATE_TREE, "AWS::Logs::LogGroup"))
    assert own["Name"]["Fn::Sub"].startswith("${AWS::StackName}/")


def test_the_site_is_read_through_its_distribution_alone() -> None:
    (origin,) = DISTRIBUTION["Origins"]
    assert origin["DomainName"] == {"Fn::GetAtt": ["SiteBucket", "RegionalDomainName"]}
    assert origin["OriginAccessControlId"] == {"Ref": "SiteAccess"}
    allowed = [
        statement
        for policy in resources(TEMPLATE_TREE, "AWS::S3::BucketPolicy").values()
        for statement in statements(policy)
        if statement["Effect"] == "Allow"
    ]
    assert [statement["Action"] for statement in allowed] == ["s3:GetObject"]
    (source,) = allowed[0]["Condition"]["StringEquals"].values()
    assert source["Fn::Sub"].endswith(":distribution/${Distribution}")


@pytest.mark.parametrize("behavior", BEHAVIORS, ids=lambda item: item.get("PathPattern", "pages"))
def test_every_path_is_compressed_and_read_over_https_only(behavior: dict[str, Any]) -> None:
    """SPEC H4."""
    assert behavior["Compress"] is True
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert behavior["AllowedMethods"] == ["GET", "HEAD"]
    assert behavior["CachePolicyId"] == {"Ref": "CacheAsDocumentsSay"}
    events = [association["EventType"] for association in behavior["FunctionAssociations"]]
    assert events == ["viewer-request", "viewer-response"]


def test_a_document_is_cached_as_it_says_and_an_error_never() -> None:
    """SPEC H2."""
    policy = properties(TEMPLATE_TREE, "CacheAsDocumentsSay")["CachePolicyConfig"]
    assert (policy["MinTTL"], policy["MaxTTL"]) == (0, 31536000)
    cached = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert cached["EnableAcceptEncodingGzip"] is cached["EnableAcceptEncodingBrotli"] is True
    kept = {found["ErrorCode"]: found["ErrorCachingMinTTL"] for found in errors()}
    assert kept == dict.fromkeys((403, 404, 500, 502, 503, 504), 0)


def test_a_missing_document_gets_an_error_page() -> None:
    pages = {found["ErrorCode"]: found for found in errors() if "ResponsePagePath" in found}
    assert sorted(pages) == [403, 404]  # without a right to list, S3 says 403
    for page in pages.values():
        assert (page["ResponseCode"], page["ResponsePagePath"]) == (404, "/404.html")


def errors() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DISTRIBUTION["CustomErrorResponses"]
    return found


def test_the_distribution_sends_the_headers_that_the_server_here_sends() -> None:
    """SPEC H3."""
    pages, opened = (
        properties(TEMPLATE_TREE, name)["ResponseHeadersPolicyConfig"]
        for name in ("PageHeaders", "OpenHeaders")
    )
    assert pages["SecurityHeadersConfig"] == opened["SecurityHeadersConfig"]
    security = pages["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert policy == CONTENT_SECURITY_POLICY
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    assert opened["CorsConfig"]["AccessControlAllowOrigins"] == {"Items": ["*"]}
    patterns = [behavior["PathPattern"] for behavior in DISTRIBUTION["CacheBehaviors"]]
    assert patterns == [*(f"*{extension}" for extension in webserver._OPEN), "/search/*"]
    used = [behavior["ResponseHeadersPolicyId"]["Ref"] for behavior in BEHAVIORS]
    assert used == ["PageHeaders", *["OpenHeaders"] * len(webserver._OPEN), "SearchHeaders"]


def test_only_the_search_page_runs_a_script() -> None:
    """SPEC H3: the pages of the search have the policy that they name themselves."""
    policies = (
        properties(TEMPLATE_TREE, name)["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        for name in ("SearchHeaders", "PageHeaders")
    )
    security, of_pages = policies
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert policy == SEARCH_SECURITY_POLICY == f"{CONTENT_SECURITY_POLICY}; script-src 'self'"
    assert security | {"ContentSecurityPolicy": of_pages["ContentSecurityPolicy"]} == of_pages
