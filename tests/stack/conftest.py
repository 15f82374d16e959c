"""A stack on ministack with the real template and functions, started once."""

import time
from collections.abc import Callable, Iterator

import pytest

from gazette_cli.emulators.stack import Stack, running_stack
from gazette_cli.engines.engine import TAG_AUTHORITY

SITE_URL = "http://127.0.0.1:8080"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    parameters = {
        "SiteUrl": SITE_URL,
        "TagAuthority": TAG_AUTHORITY,
        "LedgerDeletionProtection": "false",
        "IngestConcurrency": "2",
    }
    with running_stack(parameters) as stack:
        yield stack


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Return whether a condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
