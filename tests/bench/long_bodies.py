"""Measures the memory of one process that reads and renders many long bodies.

``python -m tests.bench.long_bodies --bodies 1000``. Caches of a warm function are bounded by bytes,
so the memory stays the same however many bodies there were.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

from gazette.models.contract.parsing import parse_document
from gazette.models.contract.stored_document import read_stored, written
from gazette.projections.markup.body import RENDERED_BODIES, body_html
from tests.unit.publish.worlds import document_of

BODY_BYTES = 900_000
_MIB = 1024**2
_STEPS = 10


def main() -> int:
    """Print the memory after each tenth of the bodies."""
    parser = argparse.ArgumentParser(prog="long_bodies", description=__doc__)
    parser.add_argument("--bodies", type=int, default=1000)
    options = parser.parse_args()
    start = time.monotonic()
    sys.stdout.write(f"{_resident():,.0f} MiB before\n")
    for number in range(1, options.bodies + 1):
        _render(number)
        if number % max(options.bodies // _STEPS, 1) == 0:
            cached = RENDERED_BODIES.cache.used_bytes / _MIB
            sys.stdout.write(
                f"{_resident():,.0f} MiB after {number:,} bodies, {cached:,.0f} MiB in the cache\n"
            )
            sys.stdout.flush()
    # Linux counts in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak {peak:,.0f} MiB in {time.monotonic() - start:,.0f} s\n")
    return 0


def _render(number: int) -> None:
    """Read a document with a long body as ingest and publishing do, and render it."""
    body = f"{number} " + "word " * (BODY_BYTES // 5)
    document = read_stored(written(parse_document(document_of(body=body))))
    body_html(document.body or "", f"https://gazette.example/{number}.html")


def _resident() -> float:
    """Return the memory that the process has now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / _MIB


if __name__ == "__main__":
    sys.exit(main())
