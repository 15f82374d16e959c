"""What the tests of the template read it with."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gazette_cli.emulators.template import ROOT, load_template, properties, resources
from gazette_cli.engines.engine import TAG_AUTHORITY

TEMPLATE_TREE = load_template()
GLOBALS = TEMPLATE_TREE["Globals"]["Function"]
FUNCTIONS = sorted(resources(TEMPLATE_TREE, "AWS::Serverless::Function"))
# What the parameters without a default are given.
_REQUIRED = {"TagAuthority": TAG_AUTHORITY}
of_every_function = pytest.mark.parametrize("function", FUNCTIONS)


def folder_of(function: str) -> Path:
    return ROOT / str(properties(TEMPLATE_TREE, function)["CodeUri"])


def statements(node: object) -> Iterator[dict[str, Any]]:
    """Yield every statement of every policy."""
    if isinstance(node, dict):
        if "Effect" in node:
            yield node
        yield from itertools.chain.from_iterable(map(statements, node.values()))
    elif isinstance(node, list):
        yield from itertools.chain.from_iterable(map(statements, node))


def role_of(function: str) -> str:
    role: str = properties(TEMPLATE_TREE, function)["Role"]["Fn::GetAtt"][0]
    return role


def environment_of(function: str) -> dict[str, str]:
    """Return the variables of a function; a parameter is its default, a resource its own name."""
    own = properties(TEMPLATE_TREE, function)["Environment"]["Variables"]
    variables = {**GLOBALS["Environment"]["Variables"], **own}
    return {name: _by_default(value) for name, value in variables.items()}


def _by_default(value: Any) -> str:  # noqa: ANN401  # CloudFormation is nested maps and lists
    """Return what a variable is with required parameters alone: every condition is false then."""
    if isinstance(value, str):
        return value
    if "Fn::If" in value:
        return _by_default(value["Fn::If"][2])
    if "Fn::Sub" in value:
        return str(value["Fn::Sub"])
    name: str = value["Ref"]
    default: str = TEMPLATE_TREE["Parameters"].get(name, {}).get("Default", name)
    return _REQUIRED.get(name, default)
