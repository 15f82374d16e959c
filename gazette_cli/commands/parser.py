"""The parser of the command line: `argparse`, which also says what was probably meant."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from gazette.models.problems.messages import did_you_mean
from gazette_cli.commands.argparse_types import shown

_OPTION = "-"


class CommandParser(argparse.ArgumentParser):
    """Names the command, option or choice that is most like one that does not exist."""

    def parse_args(self, args: Sequence[str], namespace: None = None) -> argparse.Namespace:  # type: ignore[override]  # as we call it
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self._of(options).refuse(unknown[0])
        return options

    def refuse(self, unknown: str) -> NoReturn:
        """End with what is wrong with an argument that no option and no position takes."""
        name = unknown.partition("=")[0]
        if not name.startswith(_OPTION):
            self.error(f"{shown(unknown)} is one argument too many")
        remedy = did_you_mean(name, self._option_string_actions)
        self.error(f"{shown(name)} is no option; {remedy or 'see --help'}")

    def _of(self, options: argparse.Namespace) -> "CommandParser":
        """Return the parser of the command that was chosen: it has the options."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # argparse names it nowhere else
                chosen: CommandParser = action.choices[getattr(options, action.dest)]
                return chosen
        return self

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401  # as argparse has it
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        remedy = did_you_mean(str(value), choices) or f"it is one of {', '.join(choices)}"
        raise argparse.ArgumentError(action, f"{shown(str(value))} does not exist; {remedy}")
