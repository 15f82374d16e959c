"""Runs the programs that a deployment needs: make and the SAM CLI. They print to stderr."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from gazette_cli.deploying.account import DeployError
from gazette_cli.emulators.template import ROOT, TEMPLATE

Run = Callable[[Sequence[str], Mapping[str, str]], int]
_STDERR = 2
_SAM = ROOT / ".venv-sam/bin/python"
_FIND_PYTHON = (str(ROOT / ".ci/python"), "3.13")


def run_program(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program in the checkout and return its exit status; results alone are on stdout."""
    own = {**os.environ, "SAM_CLI_TELEMETRY": "0", **environment}
    return subprocess.run(command, cwd=ROOT, env=own, stdout=_STDERR, check=False).returncode


def check_tools(*, builds: bool) -> None:
    """Check that what a deployment runs is there.

    Raises:
        DeployError: something is not; says how to get it.
    """
    if not TEMPLATE.is_file():
        raise DeployError(
            "gazette deploy builds and deploys template.yaml, so it needs a clone of Gazette; call"
            " .venv/bin/gazette of the clone, or `make deploy` in it"
        )
    if builds:
        _check_build()
    elif not sam():
        raise DeployError("the SAM CLI is not installed; run `make install-sam` in the clone")


def _check_build() -> None:
    if not shutil.which("make"):
        raise DeployError("make is not installed, which builds the functions; install it")
    if subprocess.run(_FIND_PYTHON, capture_output=True, check=False).returncode:
        raise DeployError(
            "python3.13 is not on PATH, which builds the functions as Lambda runs them; install"
            " it, or give a template that was built elsewhere with --template-file"
        )


def sam() -> tuple[str, ...]:
    """Return how to call the SAM CLI: that of the clone, else one on PATH; empty without one."""
    if _SAM.is_file():
        return (str(_SAM), "-m", "samcli")
    found = shutil.which("sam")
    return (found,) if found else ()
