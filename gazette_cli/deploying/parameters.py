"""The parameters of a stack, from the settings of its site and their table `[stack]`.

The site's settings have a list of their own. Those of the stack are the other parameters of
template.yaml, which says what each may be.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from gazette.models.branding.site_settings import SiteSettings, parameter_of, texts_of
from gazette.models.problems.messages import did_you_mean, quoted
from gazette_cli.engines.sources import SourceError

Parameter = Mapping[str, Any]

DEFAULT_STACK = "gazette"
# What the file lacks stays as the stack has it: these have no default that suits a stack.
_WITHOUT_DEFAULT = ("url", "tag_authority")
_NAME, _REGION = "name", "region"
# What the table has besides parameters; the part of a stack's name is that of its buckets.
_WRITTEN = {
    _NAME: (r"[a-z][a-z0-9-]{0,27}", "write at most 28 small letters, digits and dashes"),
    _REGION: (r"[a-z]+(-[a-z0-9]+)+", "write a region such as eu-west-1"),
}
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class ParameterError(SourceError):
    """The table `[stack]` has a mistake."""


def site_parameters(settings: SiteSettings, named: Collection[str]) -> dict[str, str]:
    """Return the parameters of all settings of a site; the file has those that are ``named``."""
    return {
        parameter_of(name): text
        for name, text in texts_of(settings).items()
        if name not in _WITHOUT_DEFAULT or name in named
    }


def stack_and_region(table: Mapping[str, object], file: Path) -> tuple[str | None, str | None]:
    """Return the name of the stack and its region, None for what the table lacks.

    Raises:
        ParameterError: one of them cannot be.
    """
    problems = [line for key in _WRITTEN if key in table for line in _of_name(key, table[key])]
    _refuse(problems, file)
    name, region = (str(table[key]) if key in table else None for key in (_NAME, _REGION))
    return name, region


def stack_parameters(table: Mapping[str, object], file: Path) -> dict[str, str]:
    """Return the parameters that the table names. What it leaves out stays as the stack has it.

    Raises:
        ParameterError: a key is none of them, or a value is not right; it names each.
    """
    given = {key: value for key, value in table.items() if key not in _WRITTEN}
    # An installed command has no template, and only gives the parameters their names.
    known = stack_keys() or {key: _parameter(key) for key in given}
    problems = [line for key in _WRITTEN if key in table for line in _of_name(key, table[key])]
    for key, value in given.items():
        problems += _of_parameter(key, _text(value), known)
    _refuse(problems, file)
    return {known[key]: _text(value) for key, value in given.items()}


def override(name: str, text: str) -> str:
    """Return a parameter as SAM reads it: in quotes, with a backslash before those within."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{escaped}"'


def stack_keys() -> Mapping[str, str]:
    """Return each parameter that is no setting of the site, by its key in the table."""
    of_the_site = {parameter_of(name) for name in SiteSettings.model_fields}
    return {_key(name): name for name in _template_parameters() if name not in of_the_site}


@lru_cache(maxsize=1)
def _template_parameters() -> Mapping[str, Parameter]:
    """Return the parameters of template.yaml, none without a checkout."""
    from gazette_cli.emulators.template import TEMPLATE, load_template  # noqa: PLC0415  # yaml is slow to import

    return load_template(TEMPLATE)["Parameters"] if TEMPLATE.is_file() else {}


def _key(parameter: str) -> str:
    return _CAPITAL.sub("_", parameter).lower()


def _parameter(key: str) -> str:
    return "".join(map(str.capitalize, key.split("_")))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_name(key: str, value: object) -> Iterator[str]:
    pattern, remedy = _WRITTEN[key]
    if not re.fullmatch(pattern, str(value)):
        yield f"{key}: {quoted(value)} is refused; {remedy}"


def _of_parameter(key: str, text: str, known: Mapping[str, str]) -> Iterator[str]:
    if key not in known:
        remedy = did_you_mean(key, known) or f"it has {', '.join(sorted(known))}"
        yield f"{key}: is no setting of a stack; {remedy}"
        return
    parameter = _template_parameters().get(known[key])
    if parameter and not _is_accepted(text, parameter):
        yield f"{key}: {quoted(text)} is refused; {_remedy(parameter)}"


def _is_accepted(text: str, parameter: Parameter) -> bool:
    """Return whether CloudFormation would take a value."""
    if "AllowedValues" in parameter:
        return text in map(str, parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        is_number = re.fullmatch(r"\d{1,10}", text, re.ASCII) is not None
        return is_number and parameter["MinValue"] <= int(text) <= parameter["MaxValue"]
    return re.fullmatch(parameter.get("AllowedPattern", ".*"), text) is not None


def _remedy(parameter: Parameter) -> str:
    if "AllowedValues" in parameter:
        return f"write one of {', '.join(map(str, parameter['AllowedValues']))}"
    if parameter["Type"] == "Number":
        return f"write a number from {parameter['MinValue']:,} to {parameter['MaxValue']:,}"
    return f"write {parameter['ConstraintDescription']}"


def _refuse(problems: list[str], file: Path) -> None:
    if problems:
        raise ParameterError("\n".join(f"{file}: stack.{problem}" for problem in problems))
