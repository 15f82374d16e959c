"""`gazette publish` on a folder that it has published before."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree as remove_tree
from typing import NamedTuple

import pytest

from gazette_cli.commands.cli import main
from gazette_cli.engines.sqlite import planned_documents
from gazette_cli.engines.sqlite.site_file import SiteFile
from tests.unit.images.image_files import image_file

AT = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
BRIDGE = {"title": "Bridge opens", "date": "2026-11-20", "topics": ["Harbour"]}
FERRY = {"title": "Ferry returns", "date": "2026-11-20", "topics": ["Harbour"]}
PAGE = "news/2026/11/20/bridge-opens"


class Newsroom(NamedTuple):
    """A folder of documents, the folder of the site, and what the command prints."""

    source: Path
    site: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, key: str, document: object) -> None:
        file = self.source / key
        file.parent.mkdir(parents=True, exist_ok=True)
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        file.write_bytes(body)
        os.utime(file, (AT, AT))

    def publish(self, *more: str, day: int = 21, status: int = 0) -> str:
        """Publish on a day of November; return what was printed."""
        now = f"2026-11-{day}T12:00:00Z"
        arguments = ["publish", str(self.source), "--out", str(self.site), "--now", now, *more]
        assert main(arguments) == status
        printed = self.capsys.readouterr()
        return printed.err if status else printed.out

    def documents(self) -> dict[str, bytes]:
        return {
            file.relative_to(self.site).as_posix(): file.read_bytes()
            for file in self.site.rglob("*")
            if file.is_file()
        }

    def read(self, path: str) -> str:
        return (self.site / path).read_text(encoding="utf-8")


@pytest.fixture
def newsroom(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Newsroom:
    newsroom = Newsroom(tmp_path / "source", tmp_path / "site", capsys)
    newsroom.write("events/bridge.json", BRIDGE)
    newsroom.write("events/ferry.json", FERRY)
    return newsroom


def test_an_unchanged_folder_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.publish()
    before = newsroom.documents()
    assert "0 events in 0 revisions, 0 held, 0 quarantined; 0 documents" in newsroom.publish()
    assert newsroom.documents() == before


def test_a_changed_file_is_a_new_version_of_the_event(newsroom: Newsroom) -> None:
    newsroom.publish()
    note = {"kind": "correction", "note": "It opens on Sunday."}
    newsroom.write("events/bridge.json", BRIDGE | {"body": "On Sunday.", "revision": note})
    assert "1 events in 1 revisions" in newsroom.publish(day=22)
    page = json.loads(newsroom.read(f"{PAGE}.json"))
    assert "2026-11-22T12:00:00Z" in newsroom.read(f"{PAGE}.json")
    assert "It opens on Sunday." in newsroom.read("corrections.atom")
    assert (newsroom.site / f"{PAGE}.r1.html").exists()
    assert page["title"] == "Bridge opens"


def test_a_file_that_is_missing_is_an_event_that_was_deleted(newsroom: Newsroom) -> None:
    newsroom.publish()
    (newsroom.source / "events/bridge.json").unlink()
    newsroom.publish(day=22)
    assert "Bridge opens" not in newsroom.read("topics/harbour/index.html").partition("<main")[2]
    assert "withdrawn" in newsroom.read(f"{PAGE}.html").lower()


def test_bytes_that_return_are_a_new_version(newsroom: Newsroom) -> None:
    newsroom.publish()
    newsroom.write("events/bridge.json", BRIDGE | {"body": "Closed."})
    newsroom.publish(day=22)
    newsroom.write("events/bridge.json", BRIDGE)
    newsroom.publish(day=23)
    assert (newsroom.site / f"{PAGE}.r2.html").exists()


def test_a_held_event_is_released_by_the_first_run_after_its_time(newsroom: Newsroom) -> None:
    newsroom.write("events/bridge.json", BRIDGE | {"published": "2026-11-24T08:00:00Z"})
    assert "1 held" in newsroom.publish()
    assert not (newsroom.site / f"{PAGE}.html").exists()
    assert "0 held" in newsroom.publish(day=25)
    assert (newsroom.site / f"{PAGE}.html").exists()


def test_a_document_is_quarantined_until_it_is_mended(newsroom: Newsroom) -> None:
    newsroom.write("events/bad.json", {"title": "No date"})
    first = newsroom.publish(status=1)
    assert newsroom.publish(day=22, status=1) == first
    assert "events/bad.json" in first
    newsroom.write("events/bad.json", {"title": "No date", "date": "2026-11-20"})
    assert "0 quarantined" in newsroom.publish(day=23)


def test_an_erasure_waits_until_its_revision_is_there(newsroom: Newsroom) -> None:
    newsroom.write("erasures/bridge.json", {"revisions": [2], "reason": "Personal data."})
    waiting = "waiting erasures/bridge.json: revisions: number 2 is not there yet"
    assert waiting in newsroom.publish()
    assert waiting in newsroom.publish(day=22)
    newsroom.write("events/bridge.json", BRIDGE | {"body": "By A. Person."})
    assert "waiting" not in newsroom.publish(day=23)
    assert not any(b"A. Person" in body for body in newsroom.documents().values())


def test_an_image_that_is_added_is_shown(newsroom: Newsroom) -> None:
    image = {"key": "images/bridge.png", "alt": "The bridge"}
    newsroom.write("events/bridge.json", BRIDGE | {"image": image})
    assert "waiting" in newsroom.publish()
    newsroom.write("images/bridge.png", image_file())
    assert "waiting" not in newsroom.publish(day=22)
    assert "bridge.png" in newsroom.read(f"{PAGE}.html")


@pytest.mark.parametrize("path", [f"{PAGE}.html", "topics/harbour/feed.atom", "robots.txt"])
def test_a_document_that_somebody_deleted_comes_back(newsroom: Newsroom, path: str) -> None:
    newsroom.publish()
    before = newsroom.documents()
    (newsroom.site / path).unlink()
    assert "1 documents written" in newsroom.publish()
    assert newsroom.documents() == before


def test_another_address_of_the_site_changes_every_document(
    newsroom: Newsroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish()
    newsroom.publish("--base-url", "https://other.example")
    fresh = Newsroom(newsroom.source, tmp_path / "fresh", capsys)
    fresh.publish("--base-url", "https://other.example")
    assert newsroom.documents() == fresh.documents()
    assert not any(b"gazette.example/" in body for body in newsroom.documents().values())


def test_a_folder_with_other_files_is_refused(newsroom: Newsroom) -> None:
    newsroom.site.mkdir()
    (newsroom.site / "CNAME").write_text("news.example")
    assert "not empty" in newsroom.publish(status=2)
    assert newsroom.documents() == {"CNAME": b"news.example"}


def test_a_fresh_publication_forgets_versions_and_leaves_other_files(
    newsroom: Newsroom,
) -> None:
    newsroom.publish()
    first = newsroom.documents()
    newsroom.write("events/bridge.json", BRIDGE | {"body": "Closed."})
    newsroom.publish(day=22)
    (newsroom.site / "CNAME").write_text("news.example")
    newsroom.write("events/bridge.json", BRIDGE)
    newsroom.publish("--fresh")
    assert newsroom.documents() == first | {"CNAME": b"news.example"}


def test_another_source_is_refused(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.publish()
    before = newsroom.documents()
    history = tmp_path / "history.jsonl"
    rows = [{"at": "2026-11-20T12:00:00Z", "key": "events/a.json", "document": BRIDGE}]
    history.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    other = newsroom._replace(source=history)
    assert "another source" in other.publish(status=2)
    assert newsroom.documents() == before
    other.publish("--fresh")
    assert "another source" in newsroom.publish(status=2)
    rows[0]["document"] = FERRY
    history.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert "rows of it that were published have changed" in other.publish(status=2)


SUSPENDED = [
    {"at": "2026-11-20T12:00:00Z", "versioning": "suspended"},
    *(
        {
            "at": f"2026-11-2{day}T12:00:00Z",
            "key": "events/a.json",
            "document": BRIDGE | {"body": f"{day}"},
        }
        for day in (1, 2, 3)
    ),
]
TAKEN_AWAY = [
    {
        "at": "2026-11-20T12:00:00Z",
        "key": "events/a.json",
        "document": BRIDGE | {"published": "2026-11-24T08:00:00Z"},
    },
    {"at": "2026-11-28T12:00:00Z", "key": "events/a.json", "remove_version": "newest"},
]


@pytest.mark.parametrize("rows", [SUSPENDED, TAKEN_AWAY])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_history_that_grows_publishes_what_the_whole_one_publishes(
    newsroom: Newsroom, tmp_path: Path, rows: list[dict[str, object]], cut: int
) -> None:
    """Versioning stays suspended, and time passes before something is taken away."""
    history = tmp_path / "history.jsonl"
    lines = [json.dumps(row) + "\n" for row in rows]

    def publish(site: Path, count: int) -> None:
        history.write_text("".join(lines[:count]), encoding="utf-8")
        assert main(["publish", str(history), "--out", str(site)]) == 0

    for count in (cut, len(lines)):
        publish(newsroom.site, count)
    publish(tmp_path / "at_once", len(lines))
    at_once = newsroom._replace(site=tmp_path / "at_once")
    assert newsroom.documents() == at_once.documents() != {}


def test_the_last_file_of_a_folder_can_be_deleted(newsroom: Newsroom) -> None:
    (newsroom.source / "events/ferry.json").unlink()
    newsroom.publish()
    (newsroom.source / "events/bridge.json").unlink()
    newsroom.publish(day=22)
    assert "withdrawn" in newsroom.read(f"{PAGE}.html").lower()


def test_files_that_are_written_later_than_now_are_dated_now(newsroom: Newsroom) -> None:
    newsroom.write("events/bridge.json", BRIDGE | {"published": "2026-11-20T10:00:00Z"})
    assert "1 held" in newsroom.publish(day=19)


def test_an_erasure_in_a_folder_covers_what_lies_there(newsroom: Newsroom) -> None:
    """Whatever the times of the files are: a clone of a repository sets them at random."""
    newsroom.write("erasures/bridge.json", {"revisions": "all", "reason": "Personal data."})
    os.utime(newsroom.source / "erasures/bridge.json", (AT - 60, AT - 60))
    newsroom.publish()
    assert not any(b"Bridge opens" in body for body in newsroom.documents().values())


def test_two_runs_at_once_are_refused(newsroom: Newsroom) -> None:
    newsroom.publish()
    with SiteFile(newsroom.site):
        assert "is in use by another run; wait" in newsroom.publish(status=2)


def test_files_that_are_none_of_ours_are_refused(newsroom: Newsroom) -> None:
    newsroom.publish()
    with SiteFile(newsroom.site) as file:
        file.connection.execute("PRAGMA user_version = 9")
        file.commit()
    assert "another release of Gazette wrote it" in newsroom.publish(status=2)
    file.path.write_bytes(b"This is no database, but a text that is long enough." * 100)
    assert "move it and the folder away" in newsroom.publish(status=2)


def test_other_settings_publish_the_whole_site_again(newsroom: Newsroom) -> None:
    """What the settings leave out is removed."""
    settings = newsroom.source.parent / "gazette.toml"
    settings.write_text('tag_authority = "post.example,2026"\n')
    newsroom.publish("--config", str(settings))
    newsroom.write("events/bridge.json", BRIDGE | {"title": "Bridge closes", "topics": ["City"]})
    newsroom.publish("--config", str(settings), day=22)
    settings.write_text(
        'tag_authority = "post.example,2026"\nformats = ["xml"]\ntitle = "Post"\n'
        'refused_crawlers = ["ai-training"]\n'
    )
    newsroom.publish("--config", str(settings), day=23)
    again = newsroom.documents()
    assert f"{PAGE}.xml" in again
    assert [path for path in again if path.endswith((".md", ".rss"))] == []
    assert "Post" in newsroom.read("index.html")
    assert newsroom.read("llms.txt").startswith("# Post\n")
    assert "User-agent: GPTBot\n" in newsroom.read("robots.txt")
    settings.write_text('tag_authority = "post.example,2026"\n')
    newsroom.publish("--config", str(settings), day=24)
    assert newsroom.read("feed.rss")


def test_a_history_without_new_rows_is_published_with_other_settings(newsroom: Newsroom) -> None:
    """The site is that of a fresh run with these settings."""
    history = newsroom.source.parent / "history.jsonl"
    rows = ({"at": f"2026-11-2{day}T10:00:00Z", "key": "events/a.json"} for day in (1, 2))
    documents = (BRIDGE, BRIDGE | {"body": "On Sunday."})
    texts = (json.dumps(row | {"document": one}) for row, one in zip(rows, documents, strict=True))
    history.write_text("\n".join(texts) + "\n")
    settings = newsroom.source.parent / "gazette.toml"
    sites = []
    for formats, out in ((["md"], "again"), ([], "again"), ([], "fresh")):
        text = f'tag_authority = "post.example,2026"\nformats = {json.dumps(formats)}\n'
        settings.write_text(text)
        site = newsroom.source.parent / out
        assert main(["publish", str(history), "--out", str(site), "--config", str(settings)]) == 0
        sites.append(newsroom._replace(site=site).documents())
    assert sites[0] != sites[1] == sites[2]


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_any_number_of_processes_publishes_the_same(newsroom: Newsroom, jobs: str) -> None:
    for number in range(12):
        event = FERRY | {"title": f"Ferry {number}", "topics": ["Harbour", f"Line {number}"]}
        newsroom.write(f"events/line-{number}.json", event)
    printed = newsroom.publish("--engine", "memory")
    expected = newsroom.documents()
    remove_tree(newsroom.site)
    assert newsroom.publish("--jobs", jobs).split(" in ")[0] == printed.split(" in ")[0]
    assert newsroom.documents() == expected
    # What is planned and equals what stands is written by no process.
    assert "0 documents written" in newsroom.publish("--jobs", jobs)


def test_a_copy_of_the_process_that_ends_early_is_an_error(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned_documents, "render", lambda *_: os._exit(3))
    assert "ended early; run it again with --jobs 1" in newsroom.publish("--jobs", "2", status=2)
    monkeypatch.undo()
    assert "2 events in 2 revisions" in newsroom.publish("--jobs", "2")
    assert "Bridge opens" in newsroom.read(f"{PAGE}.html")
