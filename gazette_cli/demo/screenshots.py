"""`make screenshots`: takes the screenshots of the README and of docs/tour.md from the samples.

The samples are published in memory and served on this machine. Chromium takes screenshots of
pages. newsboat subscribes to the feed inside tmux, and Chromium draws what its terminal shows.
The console of docs/console.md shows what arrives on a local stack.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.parsing import parse_document
from gazette.models.site import Site, encoded_path
from gazette.projections.history.entries import preferred_path
from gazette_cli.demo.console_screenshot import photograph_console
from gazette_cli.demo.photographs import FOLDER, ScreenshotError, Shot, photograph
from gazette_cli.demo.samples import SAMPLES, read_scenes
from gazette_cli.emulators.webserver import SiteServer, StoredDocument
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine

# The samples are written hour by hour, so that the screenshots are the same every time.
_START = datetime(2026, 11, 12, 8, tzinfo=UTC)
_EVENT = "news/2026/10/18/storm-wendeline-floods-lantern-quay-and-halts-trams.html"
_ARABIC_KEY = "events/2026/11/nur-al-bahr-tugboat-rescue.json"
_FEED = "feed.atom"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_COLUMNS, _ROWS = 96, 24
_SECONDS = 30
# newsboat's own title shows the address, whose port is another one every time.
_NEWSBOAT = """color info white blue bold
color listfocus black cyan
articlelist-title-format "%N - Articles in feed '%T' (%u unread, %t total)"
"""
_TERMINAL = (
    "<!DOCTYPE html><meta charset='utf-8'><style>body{{margin:0;padding:12px;"
    "background:{background};color:{foreground}}}"
    "pre{{margin:0;font:15px/20px monospace}}</style><pre>{code}</pre>"
)


def shots() -> list[Shot]:
    """Return the screenshots of pages, in the order of docs/tour.md."""
    arabic = parse_document((SAMPLES / "source" / _ARABIC_KEY).read_bytes())
    return [
        Shot("home", "", 1280, 1150),
        Shot("event", _EVENT, 1000, 1250),
        Shot("topic", "topics/harbour/", 1280, 1000),
        Shot("month", "news/2026/10/", 1280, 900),
        Shot("corrections", "corrections/", 1000, 1000),
        Shot("dark", "", 1280, 1000, is_dark=True),
        Shot("phone", _EVENT, 390, 844),
        Shot("arabic", f"{preferred_path(arabic)}.html", 1000, 1000),
    ]


def main() -> int:
    """Take all screenshots; return 2 where a program is missing."""
    try:
        browser, newsboat, tmux = _program(*_BROWSERS), _program("newsboat"), _program("tmux")
        FOLDER.mkdir(parents=True, exist_ok=True)
        server = SiteServer(0)
        store = publish_samples(server.url)
        with server.serving(lambda path: _read(store, path)), TemporaryDirectory() as scratch:
            for shot in shots():
                photograph(browser, f"{server.url}/{encoded_path(shot.path)}", shot)
            terminal = Path(scratch) / "terminal.html"
            screen = _run_newsboat(tmux, newsboat, f"{server.url}/{_FEED}", Path(scratch))
            terminal.write_text(_as_html(screen), encoding="utf-8")
            reader = Shot("newsboat", terminal.name, 900, 20 * _ROWS + 24)
            photograph(browser, terminal.as_uri(), reader)
        photograph_console(browser)
    except ScreenshotError as error:
        sys.stderr.write(f"screenshots: {error}\n")
        return 2
    return 0


def _program(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        reason = f"needs {names[0]}, which .ci/install-program {names[0]} installs"
        raise ScreenshotError(reason)
    return found


def publish_samples(url: str) -> MemorySiteStore:
    """Publish the samples, scene by scene, on a site with this address."""
    store = MemorySiteStore(Counter())
    site = Site(base_url=url, tag_authority="gazette.example,2026")
    engine = MemoryEngine(site, store, Counter())
    for hour, scene in enumerate(read_scenes()):
        for write in scene.writes:
            engine.apply(Change(_START + timedelta(hours=hour), write.key, write.body))
        engine.settle()
    return store


def page_of(shot: Shot) -> str:
    """Return the path of the document that a screenshot shows."""
    return shot.path if shot.path.endswith(".html") else f"{shot.path}index.html"


def _read(store: MemorySiteStore, path: str) -> StoredDocument | None:
    found = store.documents.get(path)
    if found is None:
        return None
    return StoredDocument(found.body, found.media_type, found.etag, _START, found.cache_control)


def _run_newsboat(tmux: str, newsboat: str, feed: str, home: Path) -> str:
    """Return the list of articles as newsboat shows it, with the colours of the terminal."""
    (home / "urls").write_text(f"{feed}\n", encoding="utf-8")
    (home / "config").write_text(_NEWSBOAT, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "screen-256color",
        "no_proxy": "127.0.0.1",
    }

    def run(*arguments: str) -> str:
        command = [tmux, "-u", "-S", str(home / "tmux"), *arguments]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=_SECONDS
        ).stdout

    reader = f"{newsboat} -r -C {home}/config -u {home}/urls -c {home}/cache.db"
    run("new-session", "-d", "-x", str(_COLUMNS), "-y", str(_ROWS), reader)
    try:
        # The list of feeds counts unread articles once the feed is loaded.
        _wait_for(r"\([1-9]\d*/\d+\)", lambda: run("capture-pane", "-p"))

        def open_feed() -> str:
            run("send-keys", "Enter")
            time.sleep(1)  # an Enter more would open an article
            return run("capture-pane", "-p", "-e", "-N")

        return _wait_for("Articles in feed", open_feed)
    finally:
        run("kill-server")


def _wait_for(pattern: str, capture: Callable[[], str]) -> str:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        if re.search(pattern, screen := capture()):
            return screen
        time.sleep(0.1)
    raise ScreenshotError(f"newsboat did not show {pattern!r} within {_SECONDS} seconds:\n{screen}")


def _as_html(screen: str) -> str:
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen), soft_wrap=True, end="")
    return console.export_html(theme=SVG_EXPORT_THEME, code_format=_TERMINAL, inline_styles=True)


if __name__ == "__main__":
    sys.exit(main())
