"""`gazette completion`: print the script with which a shell completes our commands."""

import argparse
import sys

from gazette_cli.commands.argparse_types import Subparsers, path

_SHELLS = ("bash", "zsh", "fish", "tcsh")
_EPILOG = """For bash, write `eval "$(gazette completion bash)"` into ~/.bashrc; for zsh, print it
into a file _gazette in a folder of $fpath; for fish, into
~/.config/fish/completions/gazette.fish."""


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("completion", help="print the script that completes our commands")
    parser.epilog = _EPILOG
    parser.add_argument("shell", choices=_SHELLS)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gazette_cli.commands.cli import command_parser  # noqa: PLC0415  # it assembles this module, too

    sys.stdout.write(completion(command_parser(), options.shell) + "\n")
    return 0


def completion(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script of a shell; files are completed where an argument is a path."""
    import shtab  # noqa: PLC0415  # only this command needs it

    _complete_files(parser, shtab.FILE)
    return str(shtab.complete(parser, shell))


def _complete_files(parser: argparse.ArgumentParser, how: object) -> None:
    for action in parser._actions:  # noqa: SLF001  # shtab reads them there, too
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # argparse names it nowhere else
            for command in action.choices.values():
                _complete_files(command, how)
        elif action.type is path:
            action.complete = how  # type: ignore[attr-defined]  # the attribute that shtab reads
