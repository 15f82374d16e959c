"""Runs pages in a real browser. A server notices when a script runs in one of them.

Scripts of the attacks request ``/ran/<number>``. Every page requests ``/seen/<number>`` when it is
drawn, so that a page without a script differs from a page that was not loaded.
"""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

# Acts as a reader who clicks everything, once, and again after the page has been parsed again.
PROD = """
addEventListener("click", event => {
  const link = event.target.closest("a[href], area[href]");
  if (link && /^(https?|mailto):/.test(link.protocol)) event.preventDefault();
}, true);
addEventListener("submit", event => {
  const {submitter, target} = event;
  if (/^https?:/.test(submitter?.formAction || target.action)) event.preventDefault();
}, true);
function prod() {
  for (const element of document.querySelectorAll("*")) {
    for (const {name} of [...element.attributes])
      if (name.startsWith("on")) element.dispatchEvent(new Event(name.slice(2)));
    if (element.matches("a, area, button, input, [onclick]"))
      element.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
  }
}
addEventListener("load", () => {
  prod();
  document.body.innerHTML = document.body.innerHTML;
  prod();
});
"""
_BODY = re.compile(rb"<body[^>]*>")
# The browser gives up after a minute, in which a busy machine draws some hundred pages.
PAGES_A_RUN = 200
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Page(NamedTuple):
    """A document for the browser, and the policy sent with it, if any."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    policy: str | None = None


@dataclass
class Sighting:
    """The requests of the browser: pages that were drawn, and attacks that ran."""

    seen: set[int] = field(default_factory=set)
    ran: set[int] = field(default_factory=set)

    def note(self, path: str) -> None:
        kind, _, number = path.removeprefix("/").partition("/")
        if kind in {"seen", "ran"} and number.isdecimal():
            (self.seen if kind == "seen" else self.ran).add(int(number))


def browser() -> str:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("no chromium here; .ci/install-program chromium installs it")
    return found


def with_beacon(number: int, body: bytes) -> bytes:
    """Make a page request ``/seen/`` when it is drawn, before any of its own content."""
    found = _BODY.search(body)
    end = found.end() if found else 0
    return body[:end] + b'<img src="/seen/%d" alt="">' % number + body[end:]


def with_prod(body: bytes) -> bytes:
    """Make a script click everything on a page. It comes first, so no markup can disable it."""
    return body.replace(b"<head>", b'<head><script src="/prod.js"></script>', 1)


def show(pages: Sequence[Page], profile: Path) -> Sighting:
    """Show all pages, each in a frame, and return the requests."""
    sighting = Sighting()
    numbers = range(len(pages))
    for start in numbers[::PAGES_A_RUN]:
        _show(pages, numbers[start : start + PAGES_A_RUN], profile, sighting)
    return sighting


def _show(pages: Sequence[Page], numbers: range, profile: Path, sighting: Sighting) -> None:
    frames = "".join(f'<iframe src="/page/{number}"></iframe>' for number in numbers)
    with _serving(pages, frames, sighting) as address:
        subprocess.run(  # noqa: S603  # a browser on PATH with our arguments
            [
                browser(),
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                *("--no-first-run", "--disable-background-networking", "--disable-popup-blocking"),
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                f"--user-data-dir={profile}",
                *("--virtual-time-budget=20000", "--timeout=60000", "--dump-dom", address),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


@contextmanager
def _serving(pages: Sequence[Page], frames: str, sighting: Sighting) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            sighting.note(path)
            kind, _, number = path.removeprefix("/").partition("/")
            if path == "/":
                self.answer(Page(frames.encode()))
            elif path == "/prod.js":
                self.answer(Page(PROD.encode(), "text/javascript"))
            elif kind == "page" and number.isdecimal():
                self.answer(pages[int(number)])
            else:
                self.send_error(404)

        def answer(self, page: Page) -> None:
            self.send_response(200)
            self.send_header("Content-Type", page.media_type)
            self.send_header("Content-Length", str(len(page.body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            if page.policy is not None:
                self.send_header("Content-Security-Policy", page.policy)
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
