"""The entry point of `python -m gazette_cli` and of the `gazette` command."""

import sys

from gazette_cli.commands.cli import run

sys.exit(run())
