"""`gazette publish` says in its summary and its report what is held, quarantined, and waits."""

import json
from pathlib import Path
from typing import Any

import pytest

from gazette_cli.commands.cli import main

AT = "2026-11-20T12:00:00+00:00"
EVENT = {"title": "Bridge", "date": "2026-11-20"}
HELD = EVENT | {"published": "2026-12-24T08:00:00Z"}
WAITS = "revisions: number 2 is not there yet: it is erased as soon as it is published"


def put(key: str, document: object) -> dict[str, object]:
    return {"at": AT, "key": key, "document": document}


def published(
    folder: Path, capsys: pytest.CaptureFixture[str], *rows: dict[str, object]
) -> tuple[str, dict[str, Any]]:
    """Publish a history; return the summary and the report."""
    source, report = folder / "history.jsonl", folder / "report.json"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = ["publish", str(source), "--out", str(folder / "site"), "--report", str(report)]
    status, written = main(arguments), json.loads(report.read_text(encoding="utf-8"))
    printed = capsys.readouterr()
    assert (status, bool(printed.err)) == ((1, True) if written["quarantined"] else (0, False))
    return printed.out, written


@pytest.mark.parametrize("bad", [1, 2, 11])
def test_quarantined_documents_are_counted_and_named_and_are_the_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: int
) -> None:
    """A script that publishes must see that something is not on the site."""
    source = tmp_path / "source"
    for number in range(bad):
        file = source / "events" / f"bad-{number:02d}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}", encoding="utf-8")
    (source / "events" / "good.json").write_text(json.dumps(EVENT), encoding="utf-8")
    for _ in range(2):  # they stay quarantined when nothing has changed
        assert main(["publish", str(source), "--out", str(tmp_path / "site")]) == 1
        error = capsys.readouterr().err
        assert error.startswith(f"gazette: {bad} quarantined: events/bad-00.json")
        assert error.count("events/bad-") == min(bad, 10)
        assert ("…" in error) == (bad > 10)
        assert "`gazette validate`" in error
        assert "--report FILE" in error
    assert [*(tmp_path / "site").rglob("feed.rss")]


def test_the_summary_lists_held_events_with_the_time_of_their_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [put("events/a.json", HELD), put("events/b.json", EVENT)]
    output, report = published(tmp_path, capsys, *rows)
    assert "1 events in 1 revisions, 1 held, 0 quarantined; " in output
    assert "held a: until 2026-12-24T08:00:00Z\n" in output
    assert report["held"] == [{"id": "a", "release": "2026-12-24T08:00:00Z"}]


def test_what_was_released_or_deleted_before_the_end_is_not_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [put("events/a.json", HELD), put("events/b.json", HELD)]
    delete = {"at": "2026-12-01T00:00:00Z", "key": "events/b.json", "delete": True}
    output, report = published(tmp_path, capsys, *rows, delete, {"at": "2027-01-01T00:00:00Z"})
    assert "1 events in 1 revisions, 0 held, 0 quarantined; " in output
    assert report["held"] == []


def test_an_erasure_that_waits_is_not_quarantined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erasure = put("erasures/b.json", {"revisions": [1, 2], "reason": "Personal data."})
    output, report = published(tmp_path, capsys, put("events/b.json", EVENT), erasure)
    assert ", 0 quarantined; " in output
    assert f"waiting erasures/b.json: {WAITS}\n" in output
    assert (report["quarantined"], report["waiting"]) == (
        [],
        [{"key": "erasures/b.json", "reason": WAITS}],
    )


@pytest.mark.parametrize("key", ["events/b.json", "events/other.json"])
def test_an_erasure_of_all_that_finds_nothing_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    """A misspelt id must not pass for an erasure."""
    pause: dict[str, object] = {"at": AT}
    erasure = put("erasures/b.json", {"revisions": "all", "reason": "Personal data."})
    output, _ = published(tmp_path, capsys, put(key, EVENT), pause, erasure)
    assert ("so nothing is erased" in output) == (key == "events/other.json")


def test_an_erasure_that_has_found_its_revision_waits_no_longer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erasure = put("erasures/b.json", {"revisions": [2], "reason": "Personal data."})
    pause: dict[str, object] = {"at": AT}
    rows = [
        put("events/b.json", EVENT),
        erasure,
        pause,
        put("events/b.json", {**EVENT, "slug": "x"}),
    ]
    output, report = published(tmp_path, capsys, *rows)
    assert "waiting" not in output
    assert report["waiting"] == []


def test_an_invalid_erasure_is_quarantined_with_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erasure = put("erasures/b.json", {"revisions": "ALL", "reason": "Personal data."})
    output, _ = published(tmp_path, capsys, put("events/b.json", EVENT), erasure)
    assert ", 1 quarantined; " in output
    assert (
        'quarantined erasures/b.json: revisions: "ALL" is refused: names no revision; '
        'write "all", or a list of numbers, such as [1, 2]\n'
    ) in output


def test_an_image_that_is_missing_at_the_end_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = {"image": {"key": "images/typo.jpg", "alt": "A ship"}}
    output, report = published(tmp_path, capsys, put("events/a.json", EVENT | image))
    assert "waiting events/a.json: image: images/typo.jpg is not in the source bucket" in output
    assert [item["key"] for item in report["waiting"]] == ["events/a.json"]
    named = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert [path for path in named if b"image/typo.jpg" in path.read_bytes()] == []


def test_a_field_that_was_probably_meant_otherwise_is_a_remark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [put("events/a.json", EVENT | {"sumary": "x", "shelfmark": "MS 7"})]
    output, report = published(tmp_path, capsys, *rows)
    reason = (
        "sumary: is no field of the contract, and is published under extra; did you mean summary?"
    )
    assert ", 0 quarantined; " in output
    assert f"remark events/a.json: {reason}\n" in output
    assert report["remarks"] == [{"key": "events/a.json", "reason": reason}]
