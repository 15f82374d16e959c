"""What Lambda itself asks of the role of a function, by what the template has it do.

After the developer guide of Lambda: "Configuring an Amazon SQS queue", "Creating an event source
mapping" for DynamoDB, "Retain discarded records for a DynamoDB event source", "Capturing records of
asynchronous invocations", "Sending function logs", and "Visualize invocations using X-Ray".
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from gazette_cli.emulators.template import properties
from tests.template.reading import GLOBALS, TEMPLATE_TREE, role_of, statements

_FROM_A_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_FROM_A_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
_LOGGING = ("logs:CreateLogStream", "logs:PutLogEvents")
_TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


class Grant(NamedTuple):
    """An action on a resource as the template names it, in JSON; ``sid`` is of the statement."""

    action: str
    resource: str
    sid: str = ""


def grants_of(role: str) -> set[Grant]:
    """Take the policy of a role apart, into one action on one resource each."""
    return {
        Grant(action, json.dumps(resource), statement["Sid"])
        for statement in statements(properties(TEMPLATE_TREE, role)["Policies"])
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }


def asked_by_lambda(function: str) -> set[Grant]:
    """Return what the function's role needs although its code calls nothing of it.

    Raises:
        KeyError: its role lacks a part of it.
    """
    granted = {grant[:2]: grant for grant in grants_of(role_of(function))}
    return {granted[asked[:2]] for asked in _asked(properties(TEMPLATE_TREE, function))}


def _asked(own: dict[str, Any]) -> Iterator[Grant]:
    for event in own.get("Events", {}).values():
        yield from _for_source(event["Type"], event["Properties"])
    yield from _for_failures(own.get("EventInvokeConfig", {}))
    group = own["LoggingConfig"]["LogGroup"]["Ref"]
    yield from (Grant(action, _arn(group)) for action in _LOGGING)
    assert GLOBALS["Tracing"] == "Active"
    yield from (Grant(action, '"*"') for action in _TRACING)


def _for_source(kind: str, source: dict[str, Any]) -> Iterator[Grant]:
    if kind == "SQS":
        queue = json.dumps(source["Queue"])
        yield from (Grant(action, queue) for action in _FROM_A_QUEUE)
    if kind == "DynamoDB":
        table = source["Stream"]["Fn::GetAtt"][0]
        yield from (Grant(action, json.dumps(source["Stream"])) for action in _FROM_A_STREAM)
        yield Grant("dynamodb:ListStreams", json.dumps({"Fn::Sub": f"${{{table}.Arn}}/stream/*"}))
    yield from _for_failures(source)


def _for_failures(source: dict[str, Any]) -> Iterator[Grant]:
    failed = source.get("DestinationConfig", {}).get("OnFailure")
    if failed is None:
        return
    name = failed["Destination"]["Fn::GetAtt"][0]
    if failed["Type"] == "S3":
        yield Grant("s3:PutObject", json.dumps({"Fn::Sub": f"${{{name}.Arn}}/*"}))
        yield Grant("s3:ListBucket", _arn(name))
    else:
        yield Grant("sqs:SendMessage", _arn(name))


def _arn(name: str) -> str:
    return json.dumps({"Fn::GetAtt": [name, "Arn"]})


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  # what a policy names once, or in a list
    return value if isinstance(value, list) else [value]
