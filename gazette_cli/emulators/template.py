"""Reads template.yaml, so that local engines are wired as on AWS."""

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"

# CloudFormation has nested maps and lists of many shapes; the functions below return types.
Template = dict[str, Any]


class TemplateError(Exception):
    """The template lacks an expected setting."""


@dataclass(frozen=True, slots=True)
class QueueWiring:
    """How a queue invokes a function; ``visibility`` is in seconds."""

    batch_size: int
    max_receive_count: int
    visibility: int


@dataclass(frozen=True, slots=True)
class StreamWiring:
    """How a stream invokes a function; a record passes if it matches any of ``filters``.

    A failed batch is retried ``retry_attempts`` times. If ``bisects`` is true, a batch that raises
    is split in half first.
    """

    batch_size: int
    filters: tuple[Template, ...]
    retry_attempts: int
    bisects: bool


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation, and keeps dates as text."""


def _construct_intrinsic(loader: _Loader, tag: str, node: yaml.Node) -> Template:
    value: object
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _construct_intrinsic)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_template(path: Path = TEMPLATE) -> Template:
    """Read a template and expand short forms: ``!Ref x`` becomes ``{"Ref": "x"}``."""
    return deepcopy(_parsed(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _parsed(text: str) -> Template:
    # Parsing takes a hundred times as long as a copy, and tests do it for each of their stacks.
    loaded: Template = yaml.load(text, _Loader)  # noqa: S506  # a SafeLoader
    return loaded


def resources(template: Template, resource_type: str) -> dict[str, Template]:
    """Return the resources of one type by their logical ids."""
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == resource_type
    }


def properties(template: Template, name: str) -> Template:
    """Return the properties of a resource, unresolved."""
    found: Template = template["Resources"][name].get("Properties", {})
    return found


def event_source(template: Template, function: str, source_type: str) -> Template:
    """Return the settings of the only event source of a type, ``SQS`` or ``DynamoDB``.

    Raises:
        TemplateError: the function has none or several of this type.
    """
    events = properties(template, function).get("Events", {}).values()
    found: list[Template] = [
        event["Properties"] for event in events if event["Type"] == source_type
    ]
    if len(found) != 1:
        reason = f"{function} has {len(found)} event sources of type {source_type}, not one"
        raise TemplateError(reason)
    return found[0]


def queue_wiring(template: Template, function: str) -> QueueWiring:
    """Read how its queue invokes a function."""
    source = event_source(template, function, "SQS")
    queue = properties(template, source["Queue"]["Fn::GetAtt"][0])
    return QueueWiring(
        source["BatchSize"], queue["RedrivePolicy"]["maxReceiveCount"], queue["VisibilityTimeout"]
    )


def stream_wiring(template: Template, function: str) -> StreamWiring:
    """Read how the stream of its table invokes a function."""
    source = event_source(template, function, "DynamoDB")
    filters = source.get("FilterCriteria", {}).get("Filters", [])
    return StreamWiring(
        source["BatchSize"],
        tuple(json.loads(item["Pattern"]) for item in filters),
        source["MaximumRetryAttempts"],
        source.get("BisectBatchOnFunctionError", False),
    )
