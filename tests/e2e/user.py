"""A user with a clone, the SAM CLI and the AWS CLI. ministack stands in for the AWS account."""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from gazette_cli.emulators.ministack import REGION, Ministack
from gazette_cli.emulators.stack import ACCESS_KEY, Stack, adapt_template
from gazette_cli.emulators.template import ROOT, load_template
from gazette_cli.engines.engine import TAG_AUTHORITY
from tests.stack.distribution import Distribution

STACK = "gazette-dev"  # as samconfig.toml calls it
_BIN = ROOT / ".venv-sam" / "bin"
AWS = _BIN / "aws"
_BUILD = ROOT / ".aws-sam" / "e2e"
_ADAPTED = _BUILD / "adapted.json"
_SECONDS = 600
_NOT_INHERITED = ("AWS_", "COV", "MAKE", "MFLAGS", "PYTEST")
ARCHITECTURE = "arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"
# Of them the emulator takes the numbers from the template, not from the call.
PARAMETERS = {"IngestConcurrency": "2", "LogRetentionDays": "7"}
SETTINGS = f"""
title = "{{title}}"
tag_authority = "{TAG_AUTHORITY}"

[stack]
name = "{{name}}"
alarm_email = ""
architecture = "{ARCHITECTURE}"
ledger_deletion_protection = false
ingest_concurrency = 2
log_retention_days = 7
"""


needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="CloudFront's functions need node"
)


class CommandError(Exception):
    """A command failed; the message has its output."""


def missing_tools() -> list[str]:
    """Return the missing tools that `make e2e` would install."""
    needed = (_BIN / "sam", AWS, ROOT / ".venv-build" / "bin" / "python3.13")
    return [path.relative_to(ROOT).as_posix() for path in needed if not path.exists()]


@dataclass(frozen=True)
class User:
    """Runs the commands of docs/deploy.md; each failure is an error."""

    ministack: Ministack
    home: Path

    def build(self) -> None:
        """Build the functions and layers for this machine, which runs them."""
        arguments = f"--build-dir {_BUILD} --parameter-overrides Architecture={ARCHITECTURE}"
        self._run("make", "--no-print-directory", "build", f"ARGS={arguments}")
        template = adapt_template(load_template(_BUILD / "template.yaml"), PARAMETERS)
        _ADAPTED.write_text(json.dumps(template), encoding="utf-8")

    def deploy(self, title: str = "Gazette") -> str:
        """Create the stack, or update its title; return what `gazette deploy` prints."""
        settings = self.home / "gazette.toml"
        settings.write_text(SETTINGS.format(title=title, name=STACK), encoding="utf-8")
        return self.run_deploy(settings, _ADAPTED, "--yes")

    def run_deploy(self, settings: Path, template: Path, *options: str) -> str:
        """Run `gazette deploy` with a built template: the emulator does not take ours as it is."""
        named = ("--config", settings, "--template-file", template)
        return self._run(sys.executable, "-m", "gazette_cli", "deploy", *named, *options)

    def delete(self) -> None:
        """Delete the stack."""
        self._sam("delete", "--no-prompts")

    def aws(self, *arguments: str | Path) -> str:
        """Run the AWS CLI and return its output."""
        # For SQS it takes the endpoint from the command line alone.
        return self._run(AWS, "--endpoint-url", self.ministack.endpoint, *arguments)

    def ask(self, *arguments: str) -> Any:  # noqa: ANN401  # any JSON that the AWS CLI prints
        printed = self.aws(*arguments, "--output", "json")
        return json.loads(printed) if printed else None

    def gazette(self, *arguments: str) -> str:
        """Run our own command line on the stack."""
        return self._run(sys.executable, "-m", "gazette_cli", *arguments, "--stack-name", STACK)

    def invoke(self, function: str, event: str) -> Any:  # noqa: ANN401  # any JSON that the function returns
        """Invoke a function of the stack with a payload of events/."""
        named = (function, "--stack-name", STACK, "--event-file", ROOT / "events" / event)
        return json.loads(self._run(_BIN / "sam", "remote", "invoke", *named))

    def put(self, key: str, document: Mapping[str, object] | str) -> None:
        """Copy a document into the source bucket."""
        file = self.home / "document.json"
        text = document if isinstance(document, str) else json.dumps(document)
        file.write_text(text, encoding="utf-8")
        self.aws("s3", "cp", "--quiet", file, f"s3://{self.output('SourceBucketName')}/{key}")

    def remove(self, key: str) -> None:
        """Delete an object of the source bucket."""
        self.aws("s3", "rm", "--quiet", f"s3://{self.output('SourceBucketName')}/{key}")

    def output(self, name: str) -> str:
        """Return an output of the stack."""
        return self._outputs[name]

    @cached_property
    def stack(self) -> Stack:
        """The stack, for what tests ask often: each command of the AWS CLI is a process."""
        session = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=REGION)
        trusted = self.ministack.trusted
        connect = partial(session.client, endpoint_url=self.ministack.endpoint, verify=trusted)
        return Stack(self.ministack, connect("s3"), connect("sqs"), self._outputs)

    def close(self) -> None:
        """Close the connections, because the emulator waits for them at its end."""
        if "stack" in vars(self):
            self.stack.s3.close()
            self.stack.sqs.close()

    @cached_property
    def _outputs(self) -> dict[str, str]:
        (stack,) = self.ask("cloudformation", "describe-stacks", "--stack-name", STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    @property
    def site(self) -> Distribution:
        return Distribution(self.ministack, self.output("DistributionDomain"))

    def _sam(self, *arguments: str) -> None:
        config = ("--config-file", str(ROOT / "samconfig.toml"), "--config-env", "dev")
        self._run(_BIN / "sam", arguments[0], *config, *arguments[1:])

    def _run(self, *command: str | Path) -> str:
        done = subprocess.run(  # noqa: S603  # commands of this file
            command,
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            line = " ".join(str(part) for part in command)
            raise CommandError(f"{line}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        # No setting of the user's own account or of the test runner is passed on.
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(_NOT_INHERITED)}
        return {
            **inherited,
            "ARCHITECTURE": ARCHITECTURE,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "AWS_CONFIG_FILE": str(self.home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "credentials"),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.ministack.endpoint,
            "AWS_CA_BUNDLE": self.ministack.trusted or "",
            "SAM_CLI_TELEMETRY": "0",
        }


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Return whether a condition becomes true in time. It polls rarely: a poll is a process."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.3)
    return True
