"""`gazette serve`: run the stack on this machine and serve its site over HTTP until Ctrl-C."""

import errno
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import track

from gazette.models.branding.site_settings import SiteSettings, parameter_of, texts_of
from gazette.models.contract.identity import event_key
from gazette.models.identifiers.slugs import title_slug
from gazette_cli.console.console import serving_console
from gazette_cli.console.terminal import ArrivalPrinter
from gazette_cli.demo.wait_until_published import wait_until_quiet
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.ministack import REGION
from gazette_cli.emulators.stack import STACK_NAME, Stack, running_stack, why_refused
from gazette_cli.emulators.template import TEMPLATE
from gazette_cli.emulators.webserver import HOST, SiteServer, bucket_reader
from gazette_cli.engines.acts import Act, Expiration, Removal
from gazette_cli.engines.engine import TAG_AUTHORITY, EngineError
from gazette_cli.engines.sources import read_source
from gazette_cli.operate.deployment import StackAddress, open_deployment

CONSOLE = Console(highlight=False, soft_wrap=True)
EXAMPLE_TITLE, EXAMPLE_FOLDER = "My first event", "my-archive"


def serve(source: Path | None, port: int, settings: SiteSettings, *, is_quiet: bool) -> int:
    """Run until Ctrl-C or SIGTERM; print a line for each arrival unless it ``is_quiet``.

    Raises:
        EngineError: the port is not available, the stack does not start, or it cannot do what the
            source says.
        SourceError: the source cannot be read.
    """
    needs_template("gazette serve")
    changes = read_source(source).changes if source else []
    for reason in filter(None, map(why_refused, changes)):
        raise EngineError(reason)
    with interruptible(), bind_port(port) as server, serving_stack(server, settings) as stack:
        for act in track(changes, "Writing", console=CONSOLE, disable=not changes):
            _apply(stack, act)
        CONSOLE.print(f"The site        {server.url}/")
        run_console(server, stack, settings, is_quiet=is_quiet)
    return 0


def run_console(
    server: SiteServer, stack: Stack, settings: SiteSettings, *, is_quiet: bool
) -> None:
    """Serve the console of the publisher until Ctrl-C.

    Raises:
        KeyboardInterrupt: on Ctrl-C.
        MinistackError: ministack ended first.
    """
    address = StackAddress(STACK_NAME, stack.ministack.endpoint, REGION)
    printer = ArrivalPrinter(CONSOLE, is_quiet=is_quiet)
    log = stack.ministack.log
    with (
        open_deployment(address) as deployment,
        serving_console(server, deployment, settings, log, printer) as console,
    ):
        CONSOLE.print(f"The console     {console.access.address}")
        print_write_instructions(stack, server.url)
        wait_for_interrupt(stack)


def needs_template(command: str) -> None:
    """Check that this is a checkout: an installed command has no template of the stack.

    Raises:
        EngineError: it is none.
    """
    if not TEMPLATE.is_file():
        raise EngineError(
            f"{command} runs template.yaml, so it needs a checkout of Gazette, and `make demo`"
            " in it; without one, `gazette publish SOURCE --out DIR` makes the site and `gazette"
            " serve DIR` shows it"
        )


def _apply(stack: Stack, act: Act) -> None:
    """Apply an act. What a removal takes away is published before."""
    is_removal = isinstance(act, Removal | Expiration)
    if is_removal:
        wait_until_quiet(stack)
    stack.apply(act)
    if is_removal:
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
def serving_stack(server: SiteServer, settings: SiteSettings) -> Iterator[Stack]:
    """Start a stack with the address of the server as its site, and serve the site bucket.

    The ids in its feeds are not those of the settings: it is a preview.
    """
    start = time.perf_counter()
    CONSOLE.print("Starting the stack of template.yaml on ministack …")
    with (
        running_stack(local_parameters(settings, server.url)) as stack,
        server.serving(bucket_reader(stack.s3, stack.site_bucket), FeedLinks(server.url)),
    ):
        CONSOLE.print(f"Ready after {time.perf_counter() - start:.1f} s")
        yield stack


def local_parameters(settings: SiteSettings, url: str) -> dict[str, str]:
    """Return the parameters of a stack on this machine with the settings of a site."""
    return {
        **{parameter_of(name): text for name, text in texts_of(settings).items()},
        "SiteUrl": url,
        "TagAuthority": TAG_AUTHORITY,
        # Search engines and hubs must not hear of addresses of this machine.
        "IndexNowKey": "",
        "Hubs": "",
        "LedgerDeletionProtection": "false",
        # Each worker is a process, and a few cores gain nothing from many processes.
        "IngestConcurrency": "2",
    }


@contextmanager
def interruptible() -> Iterator[None]:
    """End the block on Ctrl-C or SIGTERM, without a traceback.

    A shell lets the programs that a script starts in the background ignore Ctrl-C; they end, too.
    """
    before = {one: signal.signal(one, _interrupt) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


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


def print_write_instructions(stack: Stack, url: str) -> None:
    """Print how to write an event to the stack, and where it appears."""
    endpoint, program = stack.ministack.endpoint, _program()
    file = Path(EXAMPLE_FOLDER) / event_key(f"{datetime.now(UTC).year}/{title_slug(EXAMPLE_TITLE)}")
    CONSOLE.print(f"S3 endpoint     {endpoint}")
    CONSOLE.print(f"Source bucket   {stack.source_bucket}")
    CONSOLE.print(f"Site bucket     {stack.site_bucket}")
    CONSOLE.print("\nWrite an event in the console, or in another terminal:\n")
    new = f'{program} new "{EXAMPLE_TITLE}" --topic Harbour --in {EXAMPLE_FOLDER}'
    CONSOLE.print(f"  {new}", markup=False)
    CONSOLE.print(f"  {program} put {file} --endpoint-url {endpoint}", markup=False)
    CONSOLE.print(f"\nIt prints when the event is public, and where. It is first on {url}/ then.")


def _program() -> str:
    """Return how to call this program in another terminal."""
    installed = Path(sys.executable).with_name("gazette")
    if not installed.exists():
        return f"{sys.executable} -m gazette_cli"
    here = Path.cwd()
    return str(installed.relative_to(here) if installed.is_relative_to(here) else installed)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
