"""Creates the stack of template.yaml on ministack, through CloudFormation as SAM does."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from gazette_cli.emulators.ministack import REGION, Ministack, MinistackError
from gazette_cli.emulators.template import ROOT, TEMPLATE, Template, load_template, resources

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

STACK_NAME = "gazette"
# The credentials of the emulator's root, known to everybody.
ACCESS_KEY = "test"
_ARTIFACTS = "gazette-artifacts"
_SECONDS_TO_CREATE = 60
# What ministack does not know, and nothing here needs.
_UNKNOWN_TYPES = ("AWS::Logs::QueryDefinition",)


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that runs: its clients and the names of what it made."""

    ministack: Ministack
    s3: "S3Client"
    sqs: "SQSClient"
    outputs: Mapping[str, str]

    @property
    def source_bucket(self) -> str:
        return self.outputs["SourceBucketName"]

    @property
    def site_bucket(self) -> str:
        return self.outputs["SiteBucketName"]

    def write(self, key: str, body: bytes | None) -> None:
        """Write an object into the source bucket; without a body, delete it."""
        if body is None:
            self.s3.delete_object(Bucket=self.source_bucket, Key=key)
        else:
            self.s3.put_object(Bucket=self.source_bucket, Key=key, Body=body)

    def read(self, path: str) -> bytes | None:
        """Return a published document, or None where there is none."""
        try:
            return self.s3.get_object(Bucket=self.site_bucket, Key=path)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise

    def dead_letters(self) -> int:
        """Count what failed every time."""
        queues = [url for name, url in self.outputs.items() if name.endswith("DeadLetterQueueUrl")]
        counts = (
            self.sqs.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )
            for url in queues
        )
        return sum(int(count["Attributes"]["ApproximateNumberOfMessages"]) for count in counts)


@contextmanager
def running_stack(
    parameters: Mapping[str, str],
    template: Path = TEMPLATE,
    make: Callable[[], Ministack] = Ministack,
) -> Iterator[Stack]:
    """Start ministack, create the stack on it, and end both.

    Raises:
        MinistackError: it could not be created; the reason and the end of the log are told.
    """
    with make() as ministack, ExitStack() as clients:
        session = boto3.Session(
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=ACCESS_KEY, region_name=REGION
        )
        connect = partial(session.client, endpoint_url=ministack.endpoint, verify=ministack.trusted)
        config = Config(max_pool_connections=32)
        s3, sqs = connect("s3", config=config), connect("sqs", config=config)
        formation = connect("cloudformation")
        for client in (s3, sqs, formation):
            clients.callback(client.close)
        packaged = _package(adapted(load_template(template), parameters), s3)
        # Said in the call, a template may have 51,200 bytes at most.
        _stored(s3, "template.json", json.dumps(packaged).encode())
        url = f"{ministack.endpoint}/{_ARTIFACTS}/template.json"
        outputs = _create(ministack, formation, url, parameters)
        yield Stack(ministack, s3, sqs, outputs)


def adapted(template: Template, parameters: Mapping[str, str]) -> Template:
    """Return the template without what ministack does not know, and with its numbers filled in."""
    unknown = {name for kind in _UNKNOWN_TYPES for name in resources(template, kind)}
    known = {name: found for name, found in template["Resources"].items() if name not in unknown}
    return {**template, "Resources": _with_numbers(known, _numbers(template, parameters))}


def _package(template: Template, s3: "S3Client") -> Template:
    """Put code and layers into S3 and let the template point there, as `sam package` does."""
    s3.create_bucket(Bucket=_ARTIFACTS)
    for name, function in resources(template, "AWS::Serverless::Function").items():
        body = _zipped(ROOT / function["Properties"]["CodeUri"], "")
        function["Properties"]["CodeUri"] = _stored(s3, f"{name}.zip", body)
    for name, layer in resources(template, "AWS::Serverless::LayerVersion").items():
        folder = ROOT / layer["Properties"]["ContentUri"]
        # The functions run on this interpreter, which has the dependencies installed; of that layer
        # only the recipe is packed.
        layer["Properties"]["ContentUri"] = _stored(s3, f"{name}.zip", _zipped(folder, "python/"))
    for name, machine in resources(template, "AWS::Serverless::StateMachine").items():
        body = (ROOT / machine["Properties"]["DefinitionUri"]).read_bytes()
        machine["Properties"]["DefinitionUri"] = _stored(s3, f"{name}.json", body)
    return template


def _zipped(folder: Path, prefix: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return buffer.getvalue()


def _stored(s3: "S3Client", key: str, body: bytes) -> dict[str, str]:
    s3.put_object(Bucket=_ARTIFACTS, Key=key, Body=body)
    return {"Bucket": _ARTIFACTS, "Key": key}


def _create(
    ministack: Ministack,
    formation: "CloudFormationClient",
    template_url: str,
    parameters: Mapping[str, str],
) -> dict[str, str]:
    try:
        formation.create_stack(
            StackName=STACK_NAME,
            TemplateURL=template_url,
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        raise MinistackError(str(error)) from error
    stack = _finished(formation)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        reasons = "\n".join(_reasons(formation)) or stack.get("StackStatusReason", "")
        reason = f"the stack is {stack['StackStatus']}:\n{reasons}\n{ministack.log_tail()}"
        raise MinistackError(reason)
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _numbers(template: Template, parameters: Mapping[str, str]) -> dict[str, int]:
    return {
        name: int(parameters.get(name, parameter["Default"]))
        for name, parameter in template.get("Parameters", {}).items()
        if parameter["Type"] == "Number"
    }


def _with_numbers(node: object, numbers: Mapping[str, int]) -> object:
    """Put numbers where parameters are referred to; ministack hands on text, unlike AWS."""
    if isinstance(node, list):
        return [_with_numbers(item, numbers) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"Ref"} and node["Ref"] in numbers:
        return numbers[node["Ref"]]
    # The variables of a function are text, and a number among them would stop its worker.
    return {
        name: value if name == "Variables" else _with_numbers(value, numbers)
        for name, value in node.items()
    }


def _finished(formation: "CloudFormationClient") -> "StackTypeDef":
    deadline = time.monotonic() + _SECONDS_TO_CREATE
    while True:
        stack = formation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            return stack
        time.sleep(0.05)


def _reasons(formation: "CloudFormationClient") -> Iterator[str]:
    for event in formation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]:
        if event.get("ResourceStatus", "").endswith("FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
