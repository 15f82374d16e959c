"""A page of `gazette preview` in a browser: it is loaded again after a save."""

import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

from gazette.models.site import Site
from gazette_cli.emulators.serve import bind_port
from gazette_cli.emulators.webserver import StoredDocument
from gazette_cli.preview.preview import begin_preview
from tests.hostile.browser import browser
from tests.unit.publish.worlds import document_of

_SECONDS = 60


def test_a_page_reloads_itself_after_a_save(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    (folder / "events").mkdir(parents=True)
    file = folder / "events/bridge.json"
    file.write_bytes(document_of(title="Bridge opens"))
    waits, loads_again = threading.Event(), threading.Event()
    with bind_port(0) as server:
        site = Site(base_url=server.url, tag_authority="gazette.example,2026")
        preview = begin_preview(folder, site, datetime.now(UTC))
        live = preview.live.reader(preview.read)

        def read(path: str) -> StoredDocument | None:
            # The first question of the page is answered at once, the second one waits.
            if path == "_gazette/after/1.json":
                waits.set()
            if path == "index.html" and waits.is_set():
                loads_again.set()
            return live(path)

        command = [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        with server.serving(read), subprocess.Popen([*command, profile, f"{server.url}/"]) as shown:  # noqa: S603  # a browser on PATH with our arguments
            assert waits.wait(_SECONDS)
            file.write_bytes(document_of(title="Bridge closes"))
            preview.publish(datetime.now(UTC))
            assert loads_again.wait(_SECONDS)
            shown.terminate()
