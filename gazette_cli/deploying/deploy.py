"""`gazette deploy`: build, check and deploy the stack of a site, and say what to do next."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gazette_cli.deploying.account import (
    CREATION_FAILED,
    Account,
    DeployError,
    StackState,
    check_names,
    check_state,
    open_account,
    read_state,
    remove_failed,
)
from gazette_cli.deploying.changes import listing_changes, print_changes
from gazette_cli.deploying.next_steps import print_next_steps
from gazette_cli.deploying.parameters import override
from gazette_cli.deploying.programs import Run, check_tools, run_program, sam
from gazette_cli.emulators.template import ROOT, TEMPLATE
from gazette_cli.operate.deployment import StackAddress, session_of

_BUILT = ROOT / ".aws-sam/build/template.yaml"
# `make deploy ARGS=…` would hand its arguments on to the build.
_BUILD = ("make", "--no-print-directory", "build", "ARGS=")
_TAG_AUTHORITY, _ARCHITECTURE = "TagAuthority", "Architecture"


class DeployOptions(NamedTuple):
    """``template`` is one that is built already; ``asks`` is whether somebody can confirm."""

    template: Path | None = None
    asks: bool = True
    only_changes: bool = False
    as_json: bool = False


def deploy(
    address: StackAddress,
    parameters: Mapping[str, str],
    options: DeployOptions,
    run: Run = run_program,
) -> int:
    """Deploy a stack with these parameters; the others stay as they are.

    Raises:
        DeployError: a check or a step failed; says which, and what to do.
        DeploymentError: AWS cannot be reached, or refuses a call.
    """
    check_tools(builds=options.template is None)
    with open_account(address) as account:
        deploy_to(account, address, parameters, options, run)
    return 0


def deploy_to(
    account: Account,
    address: StackAddress,
    parameters: Mapping[str, str],
    options: DeployOptions,
    run: Run,
) -> None:
    """Deploy to an account that is open, or list what would change."""
    state = read_state(account, address.name)
    check_state(address.name, state, only_changes=options.only_changes)
    _check(account, address.name, state, parameters)
    template = options.template or _build(run, _architecture(state, parameters))
    command = _deployment(address, account, template, parameters)
    environment = _environment(address, account)
    if options.only_changes:
        command = [*command, "--no-execute-changeset", "--no-confirm-changeset"]
        with listing_changes(account, address.name, is_new=state is None) as changes:
            _step(run, command, environment, "the changes could not be listed")
            print_changes(changes(), as_json=options.as_json)
        return
    if state and state.status == CREATION_FAILED:
        sys.stderr.write("Deleting what is left of a creation that failed …\n")
        remove_failed(account, state)
    asking = "--confirm-changeset" if options.asks else "--no-confirm-changeset"
    _step(run, [*command, asking], environment, _failure(address.name))
    after = read_state(account, address.name)
    if after is None:
        raise DeployError(f"stack {address.name}: was not deployed")
    print_next_steps(address, state, after, as_json=options.as_json)


def _check(
    account: Account, name: str, state: StackState | None, parameters: Mapping[str, str]
) -> None:
    if state is None or state.status == CREATION_FAILED:
        check_names(account, name)
        return
    deployed = state.parameters.get(_TAG_AUTHORITY)
    wanted = parameters.get(_TAG_AUTHORITY, deployed)
    if wanted != deployed:
        raise DeployError(
            f"tag_authority: the stack {name} has {deployed}, and all ids of its feeds begin with"
            f" it; write it into gazette.toml instead of {wanted}"
        )


def _architecture(state: StackState | None, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Return for which instruction set the layer is compiled, nothing for that of the template."""
    deployed = state.parameters if state else {}
    wanted = parameters.get(_ARCHITECTURE) or deployed.get(_ARCHITECTURE)
    return {"ARCHITECTURE": wanted} if wanted else {}


def _build(run: Run, architecture: Mapping[str, str]) -> Path:
    sys.stderr.write("Building the functions and layers, and checking template.yaml …\n")
    _step(run, _BUILD, architecture, "the build failed")
    check = [*sam(), "validate", "--lint", "--template-file", str(TEMPLATE)]
    region = {"AWS_DEFAULT_REGION": "us-east-1"}  # it wants one, and asks nothing of it
    _step(run, check, region, "template.yaml is not valid")
    return _BUILT


def _deployment(
    address: StackAddress, account: Account, template: Path, parameters: Mapping[str, str]
) -> Sequence[str]:
    """Return the command that deploys, without whether it asks."""
    return [
        *(*sam(), "deploy", "--template-file", str(template.absolute())),
        *("--stack-name", address.name, "--region", account.region),
        *("--capabilities", "CAPABILITY_IAM", "--resolve-s3", "--s3-prefix", address.name),
        *("--no-fail-on-empty-changeset", "--tags", "project=gazette"),
        *("--parameter-overrides", *(override(*one) for one in parameters.items())),
    ]


def _environment(address: StackAddress, account: Account) -> Mapping[str, str]:
    """Return what the SAM CLI takes from the environment: a stack on this machine has no keys."""
    if address.endpoint is None:
        return {}
    credentials = session_of(address).get_credentials()
    keys = credentials.get_frozen_credentials() if credentials else None
    return {
        "AWS_ENDPOINT_URL": address.endpoint,
        "AWS_DEFAULT_REGION": account.region,
        "AWS_ACCESS_KEY_ID": (keys.access_key if keys else None) or "",
        "AWS_SECRET_ACCESS_KEY": (keys.secret_key if keys else None) or "",
    }


def _step(run: Run, command: Sequence[str], environment: Mapping[str, str], failure: str) -> None:
    if status := run(command, environment):
        raise DeployError(f"{failure} (exit status {status}); the lines above say why")


def _failure(name: str) -> str:
    return (
        f"stack {name}: the deployment failed, and what was deployed before it is as it was; remove"
        " the cause and run `gazette deploy` again"
    )
