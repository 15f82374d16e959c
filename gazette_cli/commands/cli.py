"""The `gazette` command: assembles the subcommands and reports errors in one line."""

import argparse
import os
import sys
from collections.abc import Sequence

from gazette import __version__
from gazette_cli.commands import (
    cost,
    demo,
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
from gazette_cli.engines.engine import EngineError
from gazette_cli.engines.file_errors import file_problem
from gazette_cli.engines.sources import SourceError

FAILED, INTERRUPTED = 2, 130
# In the order of `gazette --help`: write, publish, check, and then what works with a stack.
_COMMANDS = (
    *(init, new, import_source, preview, publish, serve, settings, validate, verify),
    *(demo, write, operate, webhooks, cost),
)


def run() -> int:
    """Run the command of this process: what the installed program calls."""
    return main(sys.argv[1:])


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="gazette", description="Publish an archive of events.")
    parser.add_argument("--version", action="version", version=f"gazette {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add_parser(commands)
    options = parser.parse_args(arguments)
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
