"""`gazette serve DIR` serves a published folder as the stack serves its site (SPEC H)."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from gazette_cli.commands.cli import FAILED, main
from gazette_cli.emulators import serve
from gazette_cli.emulators.feed_links import FeedLinks
from gazette_cli.emulators.serve_folder import folder_reader, is_site, links_of, media_type
from gazette_cli.emulators.webserver import respond
from tests.property.archives import SMALL
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import World, hours

FORMS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")


@pytest.fixture(scope="module")
def world() -> World:
    """Make a site with every kind of document."""
    world = World(SMALL)
    for form in FORMS:
        world.source.put(f"images/{form}", image_file(400, 300, form), hours(0))
    for number, form in enumerate((*FORMS, *FORMS)):
        image = {"key": f"images/{form}", "alt": "A"}
        fields = {"topics": ["Foxes"], "category": "Nature", "image": image}
        world.put(f"{number}", hours(number), title=f"Fox {number}", **fields)
        world.settle()
    correction = {"kind": "correction", "note": "It was a cat."}
    world.put("1", hours(30), title="Cat 1", topics=["Foxes"], revision=correction)
    world.delete("2", hours(31))
    world.settle()
    return world


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    for path, body in world.site().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return folder


def test_every_document_has_the_media_type_of_the_stack(world: World) -> None:
    stored = {path: one.media_type for path, one in world.store.documents.items()}
    assert len(set(stored.values())) >= 15
    guessed = {path: media_type(path, world.site()[path]) for path in stored}
    assert guessed == stored


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *(("/", 200), ("/topics/foxes/", 200), ("/feed.rss", 200), ("/feed.rss?x=1", 200)),
        *(("/topics/foxes", 301), ("/nothing.html", 404), ("/news/nothing/", 404)),
        *(("/%2e%2e/secret.txt", 404), ("/../secret.txt", 404), ("/news/%00.html", 404)),
        ("//etc/passwd.txt", 404),
    ],
)
def test_pages_answer_and_nothing_outside_of_the_folder_does(
    folder: Path, address: str, status: int
) -> None:
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    response = respond(address, {}, folder_reader(folder))
    assert response.status == status
    assert b"secret" not in response.body


def test_a_static_file_has_the_type_of_its_name() -> None:
    assert media_type("static/report.pdf", b"%PDF") == "application/pdf"
    assert media_type("image/a.png", b"no image") == "image/png"


def test_a_client_that_has_the_document_gets_no_body(folder: Path) -> None:
    """SPEC H1."""
    read = folder_reader(folder)
    etag = respond("/feed.atom", {}, read).headers["ETag"]
    again = respond("/feed.atom", {"If-None-Match": etag}, read)
    assert again.status is HTTPStatus.NOT_MODIFIED


def test_the_links_of_feeds_are_those_with_which_the_folder_was_published(
    folder: Path, tmp_path: Path
) -> None:
    """SPEC W1."""
    assert links_of(folder) == FeedLinks(SMALL.base_url)
    feed = {
        "home_page_url": "https://a.example/x/index.html",
        "hubs": [{"url": "https://hub.example"}],
    }
    (tmp_path / "feed.json").write_text(json.dumps(feed), encoding="utf-8")
    assert links_of(tmp_path) == FeedLinks("https://a.example/x", ("https://hub.example",))


@pytest.mark.parametrize("feed", ["", "[]", "{}", '{"home_page_url": "a", "hubs": [1]}'])
def test_a_folder_whose_feed_says_nothing_has_no_links(tmp_path: Path, feed: str) -> None:
    assert links_of(tmp_path) is None
    (tmp_path / "feed.json").write_text(feed, encoding="utf-8")
    assert links_of(tmp_path) is None


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "gazette_cli", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our command line
        assert process.stdout is not None
        first = re.search(r"http://\S+", process.stdout.readline())
        assert first
        yield process, first[0]
        process.kill()


def test_a_folder_is_served_until_a_signal(served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    with urllib.request.urlopen(f"{url}feed.json", timeout=30) as answer:  # noqa: S310  # our server
        assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
        assert answer.headers["Link"] == f'<{json.load(answer)["feed_url"]}>; rel="self"'
    assert process.stdout is not None
    assert "gazette.example" in process.stdout.readline()
    assert f"--base-url {url.rstrip('/')}" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0


def test_a_folder_without_feeds_is_served_too(tmp_path: Path) -> None:
    assert not is_site(tmp_path)
    (tmp_path / "index.html").write_text("A", encoding="utf-8")
    assert is_site(tmp_path)
    assert respond("/", {}, folder_reader(tmp_path)).body == b"A"


def test_without_a_checkout_the_stack_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "TEMPLATE", tmp_path / "template.yaml")
    assert main(["serve"]) == FAILED
    error = capsys.readouterr().err
    for part in ("needs a checkout", "`make demo`", "gazette publish", "`gazette serve DIR`"):
        assert part in error
