"""`gazette preview` shows what is in a folder, as one new version of each file that was saved."""

import json
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.site import Site
from gazette_cli.commands.cli import FAILED, main
from gazette_cli.emulators.webserver import respond
from gazette_cli.preview.live_reload import LiveReload
from gazette_cli.preview.preview import Preview, begin_preview, print_again
from tests.unit.publish.worlds import document_of

SITE = Site(base_url="http://127.0.0.1:8080", tag_authority="gazette.example,2026")
START = datetime(2026, 7, 5, 8, tzinfo=UTC)
BRIDGE, FERRY = "events/bridge.json", "events/ferry.json"
BRIDGE_PAGE = "news/2026/07/4/bridge-opens"
SAVES = {
    "same": document_of(title="Bridge opens"),
    "corrected": document_of(
        title="Bridge opens", body="At 7.", revision={"kind": "correction", "note": "Not at 6."}
    ),
    "renamed": document_of(title="Bridge closes"),
    "half": b'{"title": "Bri',
    "deleted": None,
}


def later(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def save(folder: Path, key: str, body: bytes | None) -> None:
    file = folder / key
    if body is None:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


@pytest.fixture
def preview(tmp_path: Path) -> Preview:
    save(tmp_path, BRIDGE, SAVES["same"])
    return begin_preview(tmp_path, SITE, START)


def shown(preview: Preview) -> dict[str, bytes]:
    return {path: one.body for path, one in preview.shown.store.documents.items()}


def event(preview: Preview, base_path: str = BRIDGE_PAGE) -> dict[str, object]:
    found: dict[str, object] = json.loads(shown(preview)[f"{base_path}.json"])
    return found


def test_all_saves_since_the_beginning_are_one_version(preview: Preview) -> None:
    for number in range(1, 5):
        note = {"kind": "correction", "note": f"Not at {number}."}
        save(preview.folder, BRIDGE, document_of(title="Bridge opens", revision=note))
        publication = preview.publish(later(number))
        assert publication.changed == (BRIDGE,)
    revision = event(preview)["revision"]
    assert isinstance(revision, dict)
    assert (revision["number"], revision["note"]) == (2, "Not at 4.")
    assert preview.address(BRIDGE) == f"{SITE.base_url}/{BRIDGE_PAGE}.html"


@given(names=st.lists(st.sampled_from(sorted(SAVES)), min_size=1, max_size=4))
def test_what_is_shown_depends_on_the_last_save_only(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folders = [tmp_path_factory.mktemp("source") for _ in range(2)]
    for folder in folders:
        save(folder, BRIDGE, SAVES["same"])
    many, once = (begin_preview(folder, SITE, START) for folder in folders)
    for name in names:
        save(many.folder, BRIDGE, SAVES[name])
        many.publish(later(9))
    save(once.folder, BRIDGE, SAVES[names[-1]])
    once.publish(later(9))
    assert shown(many) == shown(once)


def test_a_file_that_returns_to_the_beginning_leaves_the_site_of_the_beginning(
    preview: Preview,
) -> None:
    before = shown(preview)
    save(preview.folder, BRIDGE, SAVES["renamed"])
    save(preview.folder, FERRY, document_of(title="Ferry sails"))
    preview.publish(later(1))
    assert shown(preview) != before
    save(preview.folder, BRIDGE, SAVES["same"])
    save(preview.folder, FERRY, None)
    assert preview.publish(later(1)).changed == ()
    assert shown(preview) == before


def test_a_new_event_is_published_and_a_deleted_one_withdrawn(preview: Preview) -> None:
    save(preview.folder, FERRY, document_of(title="Ferry sails"))
    save(preview.folder, BRIDGE, None)
    assert set(preview.publish(later(1)).changed) == {BRIDGE, FERRY}
    assert event(preview)["status"] == "withdrawn"
    assert event(preview, "news/2026/07/4/ferry-sails")["status"] == "published"


def test_a_file_with_a_mistake_is_named_and_what_was_published_stays(preview: Preview) -> None:
    save(preview.folder, BRIDGE, b'{"title": "Bri')
    (problem,) = preview.publish(later(1)).problems
    assert problem.startswith(f"{BRIDGE}: document: is not JSON")
    assert preview.live.problems == (problem,)
    assert event(preview)["title"] == "Bridge opens"
    save(preview.folder, BRIDGE, SAVES["same"])
    assert preview.publish(later(2)).problems == ()


def test_a_mistake_from_the_beginning_is_named_until_it_is_mended(tmp_path: Path) -> None:
    save(tmp_path, BRIDGE, b"{}")
    preview = begin_preview(tmp_path, SITE, START)
    assert preview.live.problems[0].startswith(f"{BRIDGE}: title: is missing")
    save(tmp_path, FERRY, document_of())
    assert len(preview.publish(later(1)).problems) == 1
    save(tmp_path, BRIDGE, document_of())
    assert preview.publish(later(2)).problems == ()


def test_what_a_save_changed_is_printed(
    preview: Preview, capsys: pytest.CaptureFixture[str]
) -> None:
    save(preview.folder, BRIDGE, SAVES["corrected"])
    save(preview.folder, "images/a.png", b"no image")
    print_again(preview, later(1))
    printed = capsys.readouterr().out
    assert re.search(rf"{BRIDGE}  http://127.0.0.1:8080/{BRIDGE_PAGE}.html\n", printed)
    assert "not published: images/a.png: image: is not a JPEG" in printed
    save(preview.folder, "images/a.png", None)
    save(preview.folder, BRIDGE, SAVES["same"])
    print_again(preview, later(2))
    assert "as at the beginning" in capsys.readouterr().out


def test_a_folder_that_vanishes_is_reported_and_the_preview_goes_on(
    preview: Preview, capsys: pytest.CaptureFixture[str]
) -> None:
    before = shown(preview)
    hidden = preview.folder.rename(preview.folder.with_name("hidden"))
    print_again(preview, later(1))
    assert "08:01:00  not published: " in capsys.readouterr().out
    assert shown(preview) == before
    hidden.rename(preview.folder)
    assert preview.publish(later(2)).changed == ()


def test_pages_get_the_script_and_no_other_document_does(preview: Preview) -> None:
    read = preview.live.reader(preview.read)
    page = respond("/", {}, read)
    assert page.body.count(b'<script src="/_gazette/reload.js" data-number="1" defer>') == 1
    assert b"Content-Security-Policy" not in page.body
    assert page.headers["Content-Security-Policy"].endswith("; script-src 'self'")
    assert page.headers["ETag"] != preview.shown.store.documents["index.html"].etag
    for path in ("feed.atom", "feed.json", "robots.txt"):
        assert respond(f"/{path}", {}, read).body == shown(preview)[path]
    script = respond("/_gazette/reload.js", {}, read)
    assert script.headers["Content-Type"] == "text/javascript"
    assert respond("/_gazette/other.js", {}, read).status is HTTPStatus.NOT_FOUND


def after(live: LiveReload, number: int) -> dict[str, object]:
    answer = respond(f"/_gazette/after/{number}.json", {}, live.reader(lambda _: None))
    assert answer.headers["Cache-Control"] == "no-store"
    state: dict[str, object] = json.loads(answer.body)
    return state


def test_a_page_waits_for_another_publication_than_the_one_it_shows() -> None:
    live = LiveReload(wait_seconds=60)
    live.publish(())
    assert after(live, 0) == {"number": 1, "problems": []}
    found: list[dict[str, object]] = []
    waiting = threading.Thread(target=lambda: found.append(after(live, 1)))
    waiting.start()
    live.publish(["a.json: title: is missing"])
    waiting.join(60)
    assert found == [{"number": 2, "problems": ["a.json: title: is missing"]}]
    live.wait_seconds = 0.01
    assert after(live, 2)["number"] == 2


def test_it_runs_until_a_signal_and_publishes_each_save(tmp_path: Path) -> None:
    save(tmp_path, BRIDGE, SAVES["same"])
    config = tmp_path / "gazette.toml"
    config.write_text('url = "https://news.example"\ntitle = "The Harbour Post"\n', "utf-8")
    options = ["--port", "0", "--config", str(config)]
    command = [sys.executable, "-m", "gazette_cli", "preview", str(tmp_path), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our command line
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found
        while "Ctrl-C" not in process.stdout.readline():
            pass
        save(tmp_path, BRIDGE, SAVES["corrected"])
        with urllib.request.urlopen(f"{found[0]}/_gazette/after/1.json", timeout=60) as answer:  # noqa: S310  # our server
            assert json.load(answer)["number"] > 1
        with urllib.request.urlopen(f"{found[0]}/feed.json", timeout=60) as answer:  # noqa: S310  # our server
            feed = json.load(answer)
        assert (feed["title"], feed["home_page_url"]) == ("The Harbour Post", f"{found[0]}/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").touch()
    assert main(["preview", str(tmp_path / "a.jsonl"), "--port", "0"]) == FAILED
    assert "is no folder; name one with events/" in capsys.readouterr().err
