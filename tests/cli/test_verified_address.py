"""`gazette verify` of a site on the web: it has no listing, so feeds lead to withdrawn events."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import unquote

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.identity import event_key
from gazette_cli.commands.verify import BROKEN, verify
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.golden.changes import GIF
from tests.unit.publish.worlds import MORNING, SITE, document_of

IMAGE = {"key": "images/fox.gif", "alt": "A fox"}
RETRACTION = {"kind": "retraction", "note": "It never was."}


def published(base_url: str) -> dict[str, bytes]:
    """Publish two events with images; one of them is withdrawn later."""
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(replace(SITE, base_url=base_url, title="Foxes"), store, Counter())
    bodies = (
        ("images/fox.gif", GIF),
        ("images/bear.gif", GIF),
        (event_key("fox"), document_of(title="Fox", image=IMAGE, body="![A](/image/bear.gif)")),
        (event_key("señor bear"), document_of(title="Bear")),
        (event_key("señor bear"), document_of(title="Bear", revision=RETRACTION)),
        (event_key("gone"), document_of(title="Gone", image=IMAGE | {"key": "images/no.gif"})),
    )
    for hour, (key, body) in enumerate(bodies):
        engine.apply(Change(MORNING + timedelta(hours=hour), key, body))
    engine.settle()
    return {path: document.body for path, document in store.documents.items()}


@contextmanager
def served() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve a site; the caller may change its documents."""
    documents: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path.removeprefix("/"))
            body = documents.get(path if path and not path.endswith("/") else f"{path}index.html")
            self.send_response(HTTPStatus.OK if body is not None else HTTPStatus.NOT_FOUND)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_arguments: object) -> None:
            """Write nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        documents |= published(address)
        try:
            yield address, documents
        finally:
            server.shutdown()
            thread.join()


def test_a_site_on_the_web_is_found_as_it_was_published(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served() as (address, documents):
        assert verify(address) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    compared = len(documents)
    assert shown.out == f"3 histories read, {compared} documents compared, 0 problems found\n"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("news/2026/07/4/fox.html", "news/2026/07/4/fox.html (event fox, revision 1): "),
        ("news/2026/07/4/bear.r1.md", "news/2026/07/4/bear.r1.md (event señor bear, revision 1): "),
        ("feed.rss", "feed.rss"),
    ],
)
def test_a_changed_document_on_the_web_is_named(
    path: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with served() as (address, documents):
        documents[path] = documents[path].replace(b"Fox", b"fox").replace(b"Bear", b"bear")
        assert verify(address) == BROKEN
    assert capsys.readouterr().err.startswith(named)
