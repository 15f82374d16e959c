"""`make demo`: publish the samples on a local stack, measure the time, and serve the site."""

import statistics
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from gazette.models import paths
from gazette.models.branding.site_settings import SiteSettings
from gazette.models.contract import identity
from gazette.models.site import Site
from gazette.projections.history.entries import preferred_path
from gazette_cli.demo.samples import Sample, Scene, Write, apply_scene, feeds_of, read_scenes
from gazette_cli.demo.wait_until_published import (
    Pending,
    Timing,
    wait_until_published,
    wait_until_quiet,
)
from gazette_cli.emulators.serve import (
    CONSOLE,
    bind_port,
    interruptible,
    needs_template,
    run_console,
    serving_stack,
)
from gazette_cli.emulators.stack import Stack
from gazette_cli.emulators.webserver import SiteServer
from gazette_cli.engines.engine import TAG_AUTHORITY, EngineError

_FIRST_PORT, _PORTS = 8080, 20
_WRITERS = 8
# Width of all columns but the title of the event.
_OTHER_COLUMNS = 40


def demo(settings: SiteSettings, *, once: bool, is_quiet: bool = False) -> int:
    """Run until Ctrl-C. With ``once``, check the site instead and return 1 if it is wrong.

    It prints a line for each arrival unless it ``is_quiet``.

    Raises:
        EngineError: the stack does not start or does not publish.
    """
    needs_template("gazette demo")
    scenes = read_scenes()
    samples: dict[str, Sample] = {}
    with interruptible(), _bind_any_port() as server, serving_stack(server, settings) as stack:
        timings = _publish(stack, scenes, samples)
        documents = wait_until_quiet(stack)
        _print_timings(timings, documents)
        _print_addresses(server.url, samples)
        if once:
            return _check(server.url, stack, scenes, samples)
        run_console(server, stack, settings, is_quiet=is_quiet)
    return 0


def _bind_any_port() -> SiteServer:
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        with suppress(EngineError):
            return bind_port(port)
    return bind_port(0)


def _publish(stack: Stack, scenes: Sequence[Scene], samples: dict[str, Sample]) -> list[Timing]:
    timings: list[Timing] = []
    with Progress(console=CONSOLE) as progress:
        objects = sum(len(scene.writes) for scene in scenes)
        written = progress.add_task("Written to S3", total=objects)
        shown = progress.add_task("Shown in feeds", total=objects - len(_images(scenes)))
        for scene in scenes:
            pending = write_scene(stack, scene, samples)
            progress.advance(written, len(scene.writes))
            for timing in wait_until_published(stack, pending):
                timings.append(timing)
                progress.advance(shown)
    return timings


def write_scene(stack: Stack, scene: Scene, samples: dict[str, Sample]) -> list[Pending]:
    """Write a scene in one burst and return the versions that should appear."""
    changed = apply_scene(samples, scene)

    def write(one: Write) -> tuple[str, float]:
        start = time.monotonic()
        stack.write(one.key, one.body)
        return one.key, start

    with ThreadPoolExecutor(_WRITERS) as pool:
        starts = dict(pool.map(write, scene.writes))
    return [Pending(sample, starts[identity.event_key(sample.event_id)]) for sample in changed]


def _images(scenes: Sequence[Scene]) -> dict[str, bytes]:
    """Return every written image by its key."""
    return {
        write.key: write.body
        for scene in scenes
        for write in scene.writes
        if write.key.startswith(identity.IMAGES) and write.body is not None
    }


def _print_timings(timings: Sequence[Timing], documents: int) -> None:
    table = Table(title="From the write to the feed")
    table.add_column(
        "Event", no_wrap=True, overflow="ellipsis", max_width=CONSOLE.width - _OTHER_COLUMNS
    )
    table.add_column("Version")
    table.add_column("Kind", no_wrap=True)
    table.add_column("ms", justify="right", no_wrap=True)
    for sample, milliseconds in timings:
        version = str(len(sample.versions))
        table.add_row(escape(sample.document.title), version, sample.kind, f"{milliseconds:,.0f}")
    CONSOLE.print(table, soft_wrap=False)
    burst = [timing.milliseconds for timing in timings if len(timing.sample.versions) == 1]
    later = [timing.milliseconds for timing in timings if len(timing.sample.versions) > 1]
    CONSOLE.print(
        f"{len(burst)} events in one burst, functions cold: the last appeared after "
        f"{max(burst) / 1000:,.1f} s.\n{len(later)} later versions, one after another: median "
        f"{statistics.median(later):,.0f} ms.\n{documents} documents published.\n"
    )


def with_own_image(samples: Iterable[Sample]) -> Sample:
    """Return the newest event that is shown with an image of the source bucket, and no other is.

    Raises:
        ValueError: no event is shown with one.
    """
    shown: dict[str, list[Sample]] = {}
    for sample in samples:
        image = sample.document.image
        if image and image.key and not sample.is_withdrawn:
            shown.setdefault(image.key, []).append(sample)
    own = [sharing[0] for sharing in shown.values() if len(sharing) == 1]
    return max(own, key=lambda sample: sample.document.date)


def _print_addresses(url: str, samples: dict[str, Sample]) -> None:
    site = Site(base_url=url, tag_authority=TAG_AUTHORITY)
    event = with_own_image(samples.values()).document
    topic = feeds_of(event)[0]
    addresses = {
        "Home": "index.html",
        "An event": f"{preferred_path(event)}.html",
        "A topic": f"{topic.removesuffix('feed')}index.html",
        "Its feeds": f"{topic}.rss",
        "": f"{topic}.atom",
        " ": f"{topic}.json",
        "A day": f"{paths.day_path(event.date)}.html",
        "Sitemap": paths.SITEMAP,
    }
    for label, path in addresses.items():
        CONSOLE.print(f"{label:15} {site.url(path)}")


def _check(url: str, stack: Stack, scenes: Sequence[Scene], samples: dict[str, Sample]) -> int:
    from gazette_cli.demo.site_check import SiteCheck  # noqa: PLC0415  # only the check needs feedparser

    check = SiteCheck(url, _images(scenes))
    problems = check.problems(list(samples.values()))
    if dead := stack.dead_letters():
        problems.append(f"the dead-letter queues hold {dead} messages")
    for problem in problems:
        CONSOLE.print(f"[red]wrong[/red]  {escape(problem)}")
    if problems:
        return 1
    feeds = len(check.feeds_read)
    CONSOLE.print(
        f"\n[green]Checked[/green] {len(samples)} events in {feeds} feeds with feedparser: all "
        "are correct."
    )
    return 0
