"""`gazette preview`: shows a folder as a site, and publishes it again after each save.

All that was saved since the preview began is one version. So the page of a corrected event shows
the correction as readers will see it, however often the file was saved meanwhile.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import track
from watchfiles import watch

from gazette.models.branding.site_settings import SiteSettings
from gazette.models.contract.identity import event_id
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.site import Site
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.serve import CONSOLE, bind_port, interruptible
from gazette_cli.emulators.webserver import StoredDocument
from gazette_cli.engines.acts import Change, Pause
from gazette_cli.engines.engine import EngineError
from gazette_cli.engines.sources import SourceError, read_source, source_files
from gazette_cli.preview.branch import Branch
from gazette_cli.preview.live_reload import LiveReload

# A program that saves a file in several steps is over with it by then.
_DEBOUNCE_MILLISECONDS = 100
_STEP_MILLISECONDS = 20
_TIMEOUT_MILLISECONDS = 500
_BURST = 50
_LINES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Publication:
    """What one publication has shown: the changed keys, and what is wrong with documents."""

    changed: tuple[str, ...]
    problems: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Preview:
    """A folder, the engine that has published it as it was at the beginning, and what is shown."""

    folder: Path
    site: Site
    base: Branch
    bodies: Mapping[str, bytes]
    shown: Branch
    shown_at: datetime
    live: LiveReload = field(default_factory=LiveReload)

    def read(self, path: str) -> StoredDocument | None:
        """Return the document that is shown at a path."""
        found = self.shown.store.documents.get(path)
        if found is None:
            return None
        return StoredDocument(found.body, found.media_type, found.etag, self.shown_at, "no-cache")

    def publish(self, now: datetime) -> Publication:
        """Publish what differs from the beginning, and let the pages reload.

        Raises:
            EngineError: it could not be published.
            OSError: a file cannot be read.
        """
        start = time.perf_counter()
        changes = tuple(self._changes(now))
        branch = Branch(self.site, self.base)
        for change in changes:
            branch.apply(change)
        branch.apply(Pause(now))
        branch.settle()
        self.shown, self.shown_at = branch, now
        changed = tuple(change.key for change in changes)
        problems = tuple(self._problems(branch, changed))
        self.live.publish(problems)
        return Publication(changed, problems, time.perf_counter() - start)

    def address(self, key: str) -> str:
        """Return the address of the page of an event, empty if it has none."""
        try:
            item = self.shown.ledger.get(keys.snapshot_key(event_id(key)))
        except InvalidEventError:  # the key of no event
            return ""
        revision = Snapshot.model_validate_json(item.payload).revision if item else None
        return self.site.url(f"{revision.entry.base_path}.html") if revision else ""

    def has_changed(self) -> bool:
        """Return whether the folder differs from what it held at the beginning."""
        return any(True for _ in self._changes(self.shown_at))

    def _changes(self, now: datetime) -> Iterator[Change]:
        """Yield how the folder differs from what it held at the beginning."""
        files = source_files(self.folder, may_be_empty=True)
        bodies = {file.relative_to(self.folder).as_posix(): file.read_bytes() for file in files}
        for key, body in bodies.items():
            if self.bodies.get(key) != body:
                yield Change(now, key, body)
        for key in self.bodies.keys() - bodies.keys():
            yield Change(now, key, None)

    def _problems(self, branch: Branch, changed: Sequence[str]) -> Iterator[str]:
        """Yield why documents are not published, be they changed or not."""
        before = (one for one in self.base.report.quarantined if one.key not in changed)
        for problem in (*before, *branch.report.quarantined):
            yield f"{problem.key}: {problem.reason}"


def begin_preview(folder: Path, site: Site, now: datetime) -> Preview:
    """Publish a folder as it is.

    Raises:
        EngineError: it could not be published.
        SourceError: it is no folder.
    """
    if not folder.is_dir():
        reason = f"{folder}: is no folder; name one with events/, as `gazette publish` takes it"
        raise SourceError(reason)
    acts = read_source(folder, may_be_empty=True).changes
    changes = [act for act in acts if isinstance(act, Change)]
    base = Branch(site)
    is_quiet = not (changes and CONSOLE.is_terminal)
    shown = track(changes, "Publishing", console=CONSOLE, transient=True, disable=is_quiet)
    for number, change in enumerate(shown, 1):
        base.apply(change._replace(at=min(change.at, now)))
        if number % _BURST == 0:
            base.settle()
    base.apply(Pause(now))
    base.settle()
    bodies = {change.key: change.body or b"" for change in changes}
    preview = Preview(folder, site, base, bodies, base, now)
    preview.publish(now)
    return preview


def run_preview(folder: Path, settings: SiteSettings, port: int) -> int:
    """Show a folder until Ctrl-C or SIGTERM; all links lead to the server, whatever the settings.

    Raises:
        EngineError: the port is not available.
        SourceError: it is no folder.
    """
    with interruptible(), bind_port(port) as server:
        site = settings.model_copy(update={"url": server.url}).site()
        preview = begin_preview(folder, site, datetime.now(UTC))
        links = FeedLinks(server.url, settings.hubs)
        with server.serving(preview.live.reader(preview.read), links):
            CONSOLE.print(f"The site        {server.url}/")
            for problem in preview.live.problems:
                CONSOLE.print(f"not published   {problem}", markup=False)
            CONSOLE.print(f"\nSave a file in {folder}, and the pages reload. Ctrl-C to stop.")
            for _ in _saves(preview):
                print_again(preview, datetime.now(UTC))
    return 0


def _saves(preview: Preview) -> Iterator[object]:
    """Yield after each save, and once for those before the folder was watched.

    Raises:
        KeyboardInterrupt: on Ctrl-C or SIGTERM.
    """
    is_watched = False
    for saved in watch(
        preview.folder,
        debounce=_DEBOUNCE_MILLISECONDS,
        step=_STEP_MILLISECONDS,
        rust_timeout=_TIMEOUT_MILLISECONDS,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        if saved or (not is_watched and preview.has_changed()):
            yield saved
        is_watched = True


def print_again(preview: Preview, now: datetime) -> None:
    """Publish after a save, and print what it has changed since the preview began."""
    try:
        publication = preview.publish(now)
    except (EngineError, OSError) as error:
        # A file may vanish while it is read; the next save is another attempt.
        CONSOLE.print(f"{now:%H:%M:%S}  not published: {error}", markup=False)
        return
    shown = [*publication.changed[:_LINES_SHOWN]] or ["as at the beginning"]
    CONSOLE.print(f"{now:%H:%M:%S}  published in {publication.seconds:.2f} s")
    for key in shown:
        CONSOLE.print(f"          {key}  {preview.address(key)}".rstrip(), markup=False)
    for problem in publication.problems[:_LINES_SHOWN]:
        CONSOLE.print(f"          not published: {problem}", markup=False)
