"""The `gazette` command: assembles the subcommands and reports errors in one line."""

import os
import sys
from collections.abc import Sequence

from gazette import __version__
from gazette_cli.commands import (
    completion,
    cost,
    demo,
    deploy,
    drift,
    import_source,
    init,
    new,
    operate,
    preview,
    publish,
    serve,
    settings,
    validate,
    verify,
    webhooks,
    write,
)
from gazette_cli.commands.parser import CommandParser
from gazette_cli.engines.engine import EngineError
from gazette_cli.engines.file_errors import file_problem
from gazette_cli.engines.sources import SourceError

FAILED, INTERRUPTED = 2, 130
# In the order of `gazette --help`: write, publish, check, and then what works with a stack.
_COMMANDS = (
    *(init, new, import_source, preview, publish, serve, settings, validate, verify),
    *(demo, deploy, drift, write, operate, webhooks, cost, completion),
)


_EPILOG = """Exit status: 0 if all went well, 1 if something was found, such as a document in
quarantine or a difference, 2 if the command could not do its work, 130 after Ctrl-C."""


def run() -> int:
    """Run the command of this process: what the installed program calls."""
    return main(sys.argv[1:])


def command_parser() -> CommandParser:
    """Return the parser of all commands."""
    parser = CommandParser(
        prog="gazette", description="Publish an archive of events.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"gazette {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for module in _COMMANDS:
        module.add_parser(commands)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    options = command_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        # Who reads the output has ended, such as `head`. Python would complain about the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("gazette: interrupted\n")
        return INTERRUPTED
    except OSError as error:
        sys.stderr.write(f"gazette: {file_problem(error)}\n")
        return FAILED
    except (SourceError, EngineError) as error:
        sys.stderr.write(f"gazette: {error}\n")
        return FAILED
