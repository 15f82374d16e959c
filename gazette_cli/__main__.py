"""`python -m gazette_cli`, which `gazette` runs."""

import sys

from gazette_cli.commands.cli import main

sys.exit(main(sys.argv[1:]))
