"""`gazette deploy`: deploy the stack of a site from a clone, with the settings of gazette.toml."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from gazette_cli.commands.argparse_types import Subparsers, path
from gazette_cli.commands.operate import add_json, add_stack, address_of_stack
from gazette_cli.commands.settings import parameters_of
from gazette_cli.commands.site_config import (
    FILE_NAME,
    ConfigError,
    add_config_option,
)

_REQUIRED = {
    "tag_authority": "write a domain of yours and a year in which you had it, such as"
    ' "news.example,2026"; all ids of the feeds begin with it, so it must never change',
    "stack.alarm_email": 'write below [stack] who gets the alarms, such as "alarms@news.example",'
    ' or "" for nobody',
}


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("deploy", help="build and deploy the stack of a site")
    parser.epilog = (
        "It runs `make build` and the SAM CLI, and may be repeated after a failure. Exit status:"
        " 0 if the stack is deployed, or its changes are listed, 2 if a check or a step failed."
    )
    parser.add_argument(
        "--changes",
        "--dry-run",
        action="store_true",
        help="list what would change, and change nothing",
    )
    parser.add_argument(
        "--yes", action="store_true", help="do not ask; needed where no terminal is"
    )
    parser.add_argument(
        "--template-file",
        type=path,
        metavar="FILE",
        help="a template that is built already, instead of building",
    )
    add_config_option(parser)
    add_json(parser)
    add_stack(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.deploying.deploy import DeployOptions, deploy  # noqa: PLC0415  # boto3 is slow to import

    parameters = required_parameters(options.config)
    can_ask = sys.stdin.isatty()
    if not (options.yes or options.changes or can_ask):
        raise ConfigError("there is no terminal to ask on; give --yes, or --changes to look first")
    chosen = DeployOptions(options.template_file, not options.yes, options.changes, options.as_json)
    return deploy(address_of_stack(options, options.config), parameters, chosen)


def required_parameters(config: Path | None) -> Mapping[str, str]:
    """Return the parameters of the settings.

    Raises:
        ConfigError: there are no settings, or one that has no default is missing.
        SourceError: a setting is wrong.
    """
    file = config or Path(FILE_NAME)
    if config is None and not file.is_file():
        raise ConfigError(f"{file}: does not exist in this folder; write it with `gazette init`")
    parameters = parameters_of(config)
    given = {"tag_authority": "TagAuthority", "stack.alarm_email": "AlarmEmail"}
    missing = [name for name, parameter in given.items() if parameter not in parameters]
    if missing:
        lines = (f"{file}: {name}: is missing; {_REQUIRED[name]}" for name in missing)
        raise ConfigError("\n".join(lines))
    if parameters.get("DomainName") and not parameters.get("CertificateArn"):
        reason = "is missing, and a domain needs it; docs/deploy.md says how to request one"
        raise ConfigError(f"{file}: stack.certificate_arn: {reason}")
    return parameters
