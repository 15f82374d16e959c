"""`gazette verify` knows the ids and addresses that events had elsewhere."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.models.contract.identity import erasure_key, event_key
from gazette_cli.commands.verify import BROKEN, verify
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.unit.publish.worlds import MORNING, SITE, document_of

VERSIONS: dict[str, list[dict[str, object]]] = {
    "a": [
        {"title": "One", "guid": "1 at old", "aliases": ["/old/one/", "/news/first/"]},
        {"title": "Two", "guid": "1 at old", "aliases": ["/old/two.html"], "topics": ["Foxes"]},
    ],
    "b": [{"title": "River", "guid": "https://old.example/?p=2"}],
}


def published(folder: Path, erased: list[int]) -> Path:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for name, versions in VERSIONS.items():
        for hour, fields in enumerate(versions):
            at = MORNING + timedelta(hours=hour)
            engine.apply(Change(at, event_key(name), document_of(**fields)))
    if erased:
        erasure = json.dumps({"revisions": erased, "reason": "Asked for."}).encode()
        engine.apply(Change(MORNING + timedelta(hours=4), erasure_key("a"), erasure))
    engine.settle()
    for path, document in store.documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(document.body)
    return folder


@pytest.mark.parametrize("erased", [[], [1], [2], [1, 2]])
def test_a_site_whose_events_all_have_guids_has_no_problem(
    tmp_path: Path, erased: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = published(tmp_path, erased)
    assert verify(str(folder)) == 0
    compared = sum(file.is_file() for file in folder.rglob("*"))
    assert f"{compared} documents compared, 0 problems found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("old/one/index.html", b"moved", b"loved"),
        ("old/two.md", b"one.md", b"two.md"),
        ("news/first/index.xml", b"1%20at", b"2%20at"),
        ("feed.rss", b">1 at old<", b">2 at old<"),
        ("feed.atom", b"tag:gazette.example,2026:site", b"tag:gazette.example,2025:site"),
    ],
)
def test_a_changed_id_or_alias_is_found_and_named(
    tmp_path: Path, path: str, before: bytes, after: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = published(tmp_path, [])
    file = folder / path
    assert before in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(before, after, 1))
    assert verify(str(folder)) == BROKEN
    assert path in capsys.readouterr().err


def test_a_missing_document_of_an_alias_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = published(tmp_path, [])
    (folder / "old/two.json").unlink()
    (folder / "updates.atom").unlink()
    assert verify(str(folder)) == BROKEN
    assert "old/two.json: is missing or cannot be read" in capsys.readouterr().err


def corrected(folder: Path, name: str) -> Path:
    """Publish an event with four corrections, of which a feed shows each as an entry."""
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(SITE, store, Counter())
    for hour in range(5):
        revision = {"kind": "correction" if hour else "update", "note": f"Note {hour}."}
        fields = {"title": "River" if hour < 3 else "Lake", "topics": ["Foxes"]}
        body = document_of(body=f"Text {hour}.", revision=revision, **fields)
        engine.apply(Change(MORNING + timedelta(hours=hour), event_key(name), body))
    engine.settle()
    for path, document in store.documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(document.body)
    return folder


@pytest.mark.parametrize("name", ["a", '2026/fox & "cub"'])
@pytest.mark.parametrize(
    "path",
    ["corrections.atom", "corrections.rss", "corrections.json", "topics/foxes/updates.atom"],
)
def test_of_several_entries_of_one_event_the_revision_of_the_changed_one_is_named(
    tmp_path: Path, path: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SPEC V14."""
    folder = corrected(tmp_path, name)
    body = (folder / path).read_bytes()
    for number in range(2, 6):
        note = f"Note {number - 1}.".encode()
        (folder / path).write_bytes(body.replace(note, b"X" + note[1:]))
        assert verify(str(folder)) == BROKEN
        assert f"{path} (event {name}, revision {number}): " in capsys.readouterr().err
