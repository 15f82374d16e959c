"""`gazette serve`: run the stack on this machine and serve its site over HTTP until Ctrl-C."""

import errno
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import track

from gazette_cli.demo.wait_until_published import wait_until_quiet
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import ACCESS_KEY, Stack, running_stack
from gazette_cli.emulators.webserver import HOST, SiteServer, bucket_reader
from gazette_cli.engines.acts import Act, Removal
from gazette_cli.engines.engine import TAG_AUTHORITY, EngineError
from gazette_cli.engines.sources import read_source

CONSOLE = Console(highlight=False, soft_wrap=True)
_EXAMPLE = "events/samples/source/events/2026/10/herring-quota-cut.json"


def serve(source: Path | None, port: int) -> int:
    """Run until Ctrl-C or SIGTERM.

    Raises:
        EngineError: the port is not available, or the stack does not start.
        SourceError: the source cannot be read.
    """
    changes = read_source(source).changes if source else []
    with interruptible(), bind_port(port) as server, serving_stack(server) as stack:
        for act in track(changes, "Writing", console=CONSOLE, disable=not changes):
            _apply(stack, act)
        CONSOLE.print(f"The site        {server.url}/")
        print_write_instructions(stack)
        wait_for_interrupt(stack)
    return 0


def _apply(stack: Stack, act: Act) -> None:
    """Apply an act. What a removal takes away is published before."""
    if isinstance(act, Removal):
        wait_until_quiet(stack)
    stack.apply(act)
    if isinstance(act, Removal):
        wait_until_quiet(stack)


def bind_port(port: int) -> SiteServer:
    """Bind the port of the site, before the slow start of the stack.

    Raises:
        EngineError: the port is not available.
    """
    try:
        return SiteServer(port)
    except OverflowError:
        reason = f"{port} is not a port number"
        raise EngineError(reason) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        reason = f"port {port} on {HOST} is in use; choose another with --port"
        raise EngineError(reason) from None


@contextmanager
def serving_stack(server: SiteServer) -> Iterator[Stack]:
    """Start a stack with the address of the server as its site, and serve the site bucket."""
    start = time.perf_counter()
    parameters = {
        "SiteUrl": server.url,
        "TagAuthority": TAG_AUTHORITY,
        "LedgerDeletionProtection": "false",
        # Each worker is a process, and a few cores gain nothing from many processes.
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
    """End the block on Ctrl-C or SIGTERM, without a traceback."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def wait_for_interrupt(stack: Stack) -> None:
    """Wait for Ctrl-C.

    Raises:
        KeyboardInterrupt: on Ctrl-C.
        MinistackError: ministack ended first.
    """
    CONSOLE.print("\nPress Ctrl-C to stop.")
    try:
        while True:
            time.sleep(0.5)
            stack.ministack.check()
    except KeyboardInterrupt:
        # A second Ctrl-C during the cleanup would leave processes behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        CONSOLE.print("Stopping …")
        raise


def print_write_instructions(stack: Stack) -> None:
    """Print how to write to the source bucket with the AWS CLI."""
    endpoint = stack.ministack.endpoint
    CONSOLE.print(f"S3 endpoint     {endpoint}")
    CONSOLE.print(f"Source bucket   {stack.source_bucket}")
    CONSOLE.print(f"Site bucket     {stack.site_bucket}")
    CONSOLE.print("\nPublish an event of your own:\n")
    CONSOLE.print(
        f"  export AWS_ACCESS_KEY_ID={ACCESS_KEY} AWS_SECRET_ACCESS_KEY={ACCESS_KEY} "
        f"AWS_DEFAULT_REGION={REGION} AWS_ENDPOINT_URL={endpoint}"
    )
    CONSOLE.print(f"  aws s3 cp {_EXAMPLE} s3://{stack.source_bucket}/events/my-first-event.json")


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
