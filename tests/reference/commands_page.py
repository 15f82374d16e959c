"""docs/commands.md: every command with its options, from the parser of the command line."""

import argparse
import re
from collections.abc import Iterator

from gazette_cli.commands.cli import command_parser

_INTRODUCTION = """# Commands

`make reference` writes this page from the command line itself; `gazette COMMAND --help` shows the
same.

## What holds for all

- **Exit status**: 0 if all went well; 1 if something was found, such as a document in quarantine or
  a difference; 2 if the command could not do its work, or was called in a wrong way; 130 after
  Ctrl-C. Where a command means more by it, its section says so.
- **Results are on stdout**, progress and mistakes on stderr. In a pipe nothing is coloured;
  `NO_COLOR` takes the colours away in a terminal, too. Tables fit the terminal.
- **`--json`** is there for all that lists something. Its fields stay
  ([upgrading.md](upgrading.md#what-a-version-number-promises)).
- **A mistake** is one line with what to write. A command, an option or a choice that does not exist
  is named with the one that was probably meant.
- **A stack** is named by `--stack-name` and `--region`, or by the table `[stack]` of the
  `gazette.toml` in the folder ([deploy.md](deploy.md#all-settings-of-the-stack)). A stack on this
  machine (`--endpoint-url`) needs no region and no credentials.
- **Completion**: `gazette completion bash`, `zsh`, `fish` or `tcsh` prints the script of a shell.
"""
_OF_STACKS = frozenset({"stack_name", "region", "endpoint_url"})


def commands_page() -> str:
    sections = [_INTRODUCTION]
    for name, (about, parser) in sorted(_commands("", command_parser())):
        sections += [f"## {name}\n", *_section(about, parser)]
    return "\n".join(sections)


def _commands(
    before: str, parser: argparse.ArgumentParser
) -> Iterator[tuple[str, tuple[str, argparse.ArgumentParser]]]:
    """Yield each command by its words, with its help, and what it has below it in its place."""
    for actions in parser._actions:
        if not isinstance(actions, argparse._SubParsersAction):
            continue
        helps = {one.dest: one.help or "" for one in actions._get_subactions()}
        for name, below in actions.choices.items():
            words = f"{before} {name}".strip()
            further = list(_commands(words, below))
            yield from further or [(words, (helps[name], below))]


def _section(about: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"{about[0].upper()}{about[1:].rstrip(' …')}.\n"
    if parser.epilog:
        yield f"{_one_line(parser.epilog)}\n"
    actions = [one for one in parser._actions if one.dest not in {"help", *_OF_STACKS}]
    if actions:
        yield "| argument | what it is |"
        yield "|---|---|"
    for action in actions:
        # Help texts name a default as argparse fills it in.
        text = _one_line(action.help or "").replace("%(default)s", str(action.default))
        text = text.replace("%%", "%")
        yield f"| `{_name(action)}` | {text or _choices(action)} |"
    if any(one.dest == "stack_name" for one in parser._actions):
        yield "| `--stack-name`, `--region`, `--endpoint-url` | the stack, as above |"
    yield ""


def _name(action: argparse.Action) -> str:
    shown = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return shown
    return ", ".join(action.option_strings) + (f" {shown}" if action.nargs != 0 else "")


def _choices(action: argparse.Action) -> str:
    return "one of " + ", ".join(f"`{choice}`" for choice in action.choices or ())


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|").replace("<", "&lt;")
