"""A feed that Gazette has published is imported and published again, with its ids and words."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gazette_cli.commands.cli import main
from tests.cli.importers.imports import Importer
from tests.cli.importers.web import Answer, web

EVENTS: Mapping[str, dict[str, Any]] = {
    "2026/bridge": {
        "title": "The *bridge* opens & <b>closes</b>",
        "date": "2026-03-04",
        "topics": ["Harbour", "C++"],
        "body": "It opened at **seven**, 1 < 2.\n\n    code *here*\n\n- one\n- two",
        "sources": [{"title": "Post", "url": "https://post.example/bridge"}],
        "image": {"url": "https://post.example/a.png", "alt": "A bridge"},
        "language": "en",
        "byline": "R. Moss",
        "published": "2026-03-04T08:00:00Z",
    },
    "storm": {
        "title": "عاصفة في الميناء",
        "date": "2026-03-05",
        "summary": "ملخص",
        "language": "ar",
        "published": "2026-03-05T08:00:00Z",
        "guid": "123 at https://post.example",
    },
    "nothing": {"title": "Only a title", "date": "2026-03-06", "published": "2026-03-06T08:00:00Z"},
}


def publish(source: Path, out: Path, base: str = "https://gazette.example") -> list[dict[str, Any]]:
    """Publish a folder; return the items of its JSON Feed."""
    arguments = ["publish", str(source), "--out", str(out), "--engine", "memory"]
    assert main([*arguments, "--base-url", base, "--now", "2026-11-30T00:00:00Z"]) == 0
    items: list[dict[str, Any]] = json.loads((out / "feed.json").read_bytes())["items"]
    return items


def words(item: Mapping[str, Any]) -> set[str]:
    return set(f"{item['title']} {item['content_text']}".split())


def write(source: Path, events: Mapping[str, Mapping[str, Any]]) -> None:
    for event_id, document in events.items():
        file = source / "events" / f"{event_id}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_a_published_feed_is_published_again(
    importer: Importer, capsys: pytest.CaptureFixture[str], extension: str
) -> None:
    write(importer.folder / "source", EVENTS)
    before = {
        item["id"]: item for item in publish(importer.folder / "source", importer.folder / "a")
    }
    capsys.readouterr()
    found = importer.run("feed", importer.folder / "a" / f"feed.{extension}")
    assert found.status == 0
    after = {item["id"]: item for item in publish(importer.out, importer.folder / "b")}
    assert after.keys() == before.keys()
    for identity, item in after.items():
        old = before[identity]
        assert (item["title"], item["date_published"]) == (old["title"], old["date_published"])
        # An event without a language has that of the site. RSS names no other one.
        if extension != "rss":
            assert item.get("language") == old.get("language", "en")
        assert item["url"] == old["url"]
        assert item.get("tags", []) == old.get("tags", [])
        assert item.get("authors") == old.get("authors")
        assert words(old) <= words(item)
    assert [one["byline"] for one in found.documents.values() if "byline" in one] == [["R. Moss"]]


def test_a_whole_archive_is_imported_from_its_address(
    importer: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    events = {
        f"e{number:03d}": {
            "title": f"Event {number}",
            "date": "2026-03-04",
            "body": f"Words of {number}.",
            "published": f"2026-03-04T{number // 60:02d}:{number % 60:02d}:00Z",
        }
        for number in range(110)
    }
    source, site, answers = importer.folder / "source", importer.folder / "a", dict[str, Answer]()
    write(source, events)
    with web(answers) as address:
        publish(source, site, address)
        files = [file for file in site.rglob("*") if file.is_file()]
        for file in files:
            path = file.relative_to(site).as_posix()
            if path.startswith(("feed", "archive")):
                answers[f"/{path}"] = Answer(file.read_bytes())
        capsys.readouterr()
        found = importer.run("feed", f"{address}/feed.atom")
    assert (found.status, found.remarks) == (0, [])
    assert [*found.documents] == [*events]
    assert len([path for path in answers if path.startswith("/archive") and "atom" in path]) > 1
