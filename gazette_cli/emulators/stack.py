"""Creates the stack of template.yaml on ministack through CloudFormation, as SAM does."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from gazette_cli.emulators.ministack import REGION, Ministack, MinistackError
from gazette_cli.emulators.template import ROOT, TEMPLATE, Template, load_template, resources
from gazette_cli.engines.acts import (
    Act,
    Change,
    Denial,
    Expiration,
    Removal,
    Versioning,
    WriteLog,
)
from gazette_cli.engines.headers import upload_arguments

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

STACK_NAME = "gazette"
# The public credentials of the root user of the emulator.
ACCESS_KEY = "test"
_ARTIFACTS = "gazette-artifacts"
_SECONDS_TO_CREATE = 60
# ministack does not know these types, and a local stack does not need them.
_UNKNOWN_TYPES = ("AWS::Logs::QueryDefinition",)


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack: its clients and its outputs."""

    ministack: Ministack
    s3: "S3Client"
    sqs: "SQSClient"
    outputs: Mapping[str, str]
    writes: WriteLog = field(default_factory=WriteLog)

    @property
    def source_bucket(self) -> str:
        return self.outputs["SourceBucketName"]

    @property
    def site_bucket(self) -> str:
        return self.outputs["SiteBucketName"]

    def write(
        self, key: str, body: bytes | None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """Write an object into the source bucket, or delete it if the body is None.

        Returns:
            The id of the version or of the delete marker.
        """
        if body is None:
            return self.s3.delete_object(Bucket=self.source_bucket, Key=key)["VersionId"]
        answer = self.s3.put_object(
            Bucket=self.source_bucket, Key=key, Body=body, **upload_arguments(headers)
        )
        return answer["VersionId"]

    def apply(self, act: Act) -> None:
        """Do to the source bucket what an act says. Its time is that of the emulator: now.

        No lifecycle rule runs on the emulator. What one does is done in its place.

        Raises:
            MinistackError: the emulator cannot do it.
        """
        if reason := why_refused(act):
            raise MinistackError(reason)
        if isinstance(act, Change):
            self.writes.add(act.key, self.write(act.key, act.body, act.headers))
        elif isinstance(act, Expiration):
            self.writes.add(act.key, self.write(act.key, None))
        elif isinstance(act, Removal):
            self.writes.remove(act, self.remove_version)

    def remove_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker of the source bucket for good."""
        self.s3.delete_object(Bucket=self.source_bucket, Key=key, VersionId=version_id)

    def read(self, path: str) -> bytes | None:
        """Return a published document, or None if it does not exist."""
        try:
            return self.s3.get_object(Bucket=self.site_bucket, Key=path)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise

    def dead_letters(self) -> int:
        """Count the messages of all dead-letter queues."""
        queues = [url for name, url in self.outputs.items() if name.endswith("DeadLetterQueueUrl")]
        counts = (
            self.sqs.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )
            for url in queues
        )
        return sum(int(count["Attributes"]["ApproximateNumberOfMessages"]) for count in counts)


def why_refused(act: Act) -> str | None:
    """Return why the emulator cannot do what an act says, or None if it can."""
    use = "publish this history with `gazette publish`"
    if isinstance(act, Versioning):
        return f"the local stack always keeps versions, so versioning cannot change; {use}"
    if isinstance(act, Denial):
        return f"the local stack serves every version, so {act.key} stays readable; {use}"
    return None


@contextmanager
def running_stack(
    parameters: Mapping[str, str],
    template: Path = TEMPLATE,
    make: Callable[[], Ministack] = Ministack,
) -> Iterator[Stack]:
    """Start ministack, create the stack on it, and remove both at the end.

    Raises:
        MinistackError: the stack was not created; names the reason and the end of the log.
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
        packaged = _package(adapt_template(load_template(template), parameters), s3)
        # A template in the call itself may have at most 51,200 bytes.
        _upload(s3, "template.json", json.dumps(packaged).encode())
        url = f"{ministack.endpoint}/{_ARTIFACTS}/template.json"
        outputs = _create(ministack, formation, url, parameters)
        yield Stack(ministack, s3, sqs, outputs)


def adapt_template(template: Template, parameters: Mapping[str, str]) -> Template:
    """Return the template without unknown resource types and with its numbers filled in."""
    unknown = {name for kind in _UNKNOWN_TYPES for name in resources(template, kind)}
    known = {name: found for name, found in template["Resources"].items() if name not in unknown}
    return {**template, "Resources": _fill_numbers(known, _number_parameters(template, parameters))}


def _package(template: Template, s3: "S3Client") -> Template:
    """Upload code and layers to S3 and link the template to them, as `sam package` does."""
    s3.create_bucket(Bucket=_ARTIFACTS)
    for name, function in resources(template, "AWS::Serverless::Function").items():
        body = _zip(ROOT / function["Properties"]["CodeUri"], "")
        function["Properties"]["CodeUri"] = _upload(s3, f"{name}.zip", body)
    for name, layer in resources(template, "AWS::Serverless::LayerVersion").items():
        folder = ROOT / layer["Properties"]["ContentUri"]
        # The functions run on this interpreter, which has the dependencies installed. So the
        # dependency layer is uploaded without them.
        layer["Properties"]["ContentUri"] = _upload(s3, f"{name}.zip", _zip(folder, "python/"))
    for name, machine in resources(template, "AWS::Serverless::StateMachine").items():
        body = (ROOT / machine["Properties"]["DefinitionUri"]).read_bytes()
        machine["Properties"]["DefinitionUri"] = _upload(s3, f"{name}.json", body)
    return template


def _zip(folder: Path, prefix: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return buffer.getvalue()


def _upload(s3: "S3Client", key: str, body: bytes) -> dict[str, str]:
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
    stack = _wait_until_finished(formation)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        reasons = "\n".join(_failure_reasons(formation)) or stack.get("StackStatusReason", "")
        reason = f"the stack is {stack['StackStatus']}:\n{reasons}\n{ministack.log_tail()}"
        raise MinistackError(reason)
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _number_parameters(template: Template, parameters: Mapping[str, str]) -> dict[str, int]:
    return {
        name: int(parameters.get(name, parameter["Default"]))
        for name, parameter in template.get("Parameters", {}).items()
        if parameter["Type"] == "Number"
    }


def _fill_numbers(node: object, numbers: Mapping[str, int]) -> object:
    """Replace references to number parameters: ministack passes text, AWS passes numbers."""
    if isinstance(node, list):
        return [_fill_numbers(item, numbers) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"Ref"} and node["Ref"] in numbers:
        return numbers[node["Ref"]]
    # The environment variables of a function are text; a number would stop its worker.
    return {
        name: value if name == "Variables" else _fill_numbers(value, numbers)
        for name, value in node.items()
    }


def _wait_until_finished(formation: "CloudFormationClient") -> "StackTypeDef":
    deadline = time.monotonic() + _SECONDS_TO_CREATE
    while True:
        stack = formation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            return stack
        time.sleep(0.05)


def _failure_reasons(formation: "CloudFormationClient") -> Iterator[str]:
    for event in formation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]:
        if event.get("ResourceStatus", "").endswith("FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
