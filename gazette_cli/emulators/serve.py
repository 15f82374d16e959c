"""`gazette serve`: the whole stack on this machine, and its site over HTTP, until Ctrl-C."""

import errno
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import track

from gazette_cli.demo.wait_until_published import TAG_AUTHORITY
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, Stack, running_stack
from gazette_cli.emulators.webserver import HOST, SiteServer, bucket_reader
from gazette_cli.engines.engine import EngineError
from gazette_cli.engines.sources import Change, read_source

CONSOLE = Console(highlight=False, soft_wrap=True)
_EXAMPLE = "events/samples/source/events/2026/10/herring-quota-cut.json"


def serve(source: Path | None, port: int) -> int:
    """Run until Ctrl-C or SIGTERM.

    Raises:
        EngineError: the port is in use, or the stack does not start.
        SourceError: the source cannot be read.
    """
    changes = read_source(source).changes if source else []
    with interruptible(), take_port(port) as server, running_site(server) as stack:
        _write(stack, changes)
        CONSOLE.print(f"The site        {server.url}/")
        tell_how_to_write(stack)
        wait_for_end(stack)
    return 0


def take_port(port: int) -> SiteServer:
    """Take a port for the site, before anything slow begins.

    Raises:
        EngineError: it cannot be had.
    """
    try:
        return SiteServer(port)
    except OverflowError:
        reason = f"{port} is no port"
        raise EngineError(reason) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        reason = f"port {port} on {HOST} is in use; choose another with --port"
        raise EngineError(reason) from None


@contextmanager
def running_site(server: SiteServer) -> Iterator[Stack]:
    """Start the stack for the address of the server, and serve its site."""
    start = time.perf_counter()
    parameters = {
        "SiteUrl": server.url,
        "TagAuthority": TAG_AUTHORITY,
        "LedgerDeletionProtection": "false",
        # Each worker is a process that has to start; a few cores gain nothing from many of them.
        "IngestConcurrency": "2",
    }
    CONSOLE.print("Starting the stack of template.yaml on ministack …")
    with (
        running_stack(parameters) as stack,
        server.serving(bucket_reader(stack.s3, stack.site_bucket)),
    ):
        CONSOLE.print(f"Ready after {time.perf_counter() - start:.1f} s")
        yield stack


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the block, in good order and without a traceback."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def wait_for_end(stack: Stack) -> None:
    """Return on Ctrl-C.

    Raises:
        MinistackError: ministack ended before.
    """
    CONSOLE.print("\nCtrl-C ends all of it.")
    try:
        while True:
            time.sleep(0.5)
            stack.ministack.check()
    except KeyboardInterrupt:
        # A second Ctrl-C would leave processes behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        CONSOLE.print("Stopping …")
        raise


def tell_how_to_write(stack: Stack) -> None:
    """Print the names one needs to write to the source bucket with the AWS CLI."""
    endpoint = stack.ministack.endpoint
    CONSOLE.print(f"S3 endpoint     {endpoint}")
    CONSOLE.print(f"Source bucket   {stack.source_bucket}")
    CONSOLE.print(f"Site bucket     {stack.site_bucket}")
    CONSOLE.print("\nPublish something yourself:\n")
    CONSOLE.print(
        f"  export AWS_ACCESS_KEY_ID={ACCESS_KEY} AWS_SECRET_ACCESS_KEY={ACCESS_KEY} "
        f"AWS_DEFAULT_REGION={REGION} AWS_ENDPOINT_URL={endpoint}"
    )
    CONSOLE.print(f"  aws s3 cp {_EXAMPLE} s3://{stack.source_bucket}/events/my-first-event.json")


def _write(stack: Stack, changes: list[Change]) -> None:
    if not changes:
        return
    for change in track(changes, "Writing", console=CONSOLE):
        stack.write(change.key, change.body)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
