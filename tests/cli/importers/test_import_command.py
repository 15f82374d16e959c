"""What `gazette import` does with every kind: ids, files that stay, repairs, output, statuses."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gazette_cli.commands.cli import main
from gazette_cli.commands.import_source import KINDS
from gazette_cli.importers.importing import READERS
from tests.cli.importers.imports import Importer

HEADER = "id,title,date,modified,body,language,sources,aliases,guid,slug,byline,summary\n"


def table(*rows: dict[str, str]) -> str:
    names = HEADER.strip().split(",")
    first = {"id": "a", "title": "A", "date": "2026-03-04"}
    lines = [",".join((first | row).get(name, "") for name in names) for row in rows]
    return HEADER + "\n".join(lines) + "\n"


def test_every_kind_has_a_reader_and_a_line_of_help() -> None:
    assert KINDS.keys() == READERS.keys()


def test_what_has_not_changed_is_not_written(importer: Importer) -> None:
    file = importer.file("t.csv", table({}, {"id": "b"}))
    importer.run("csv", file)
    written = importer.out / "events/a.json"
    before = written.read_bytes()
    os.utime(written, (1, 1))
    importer.file("t.csv", table({}, {"id": "b", "title": "B"}))
    found = importer.run("csv", file)
    assert [one["result"] for one in found.results] == ["unchanged", "changed"]
    assert (written.read_bytes(), written.stat().st_mtime) == (before, 1)


def test_a_change_without_a_later_date_is_minor_and_one_with_it_is_an_update(
    importer: Importer,
) -> None:
    """SPEC L2."""
    later = {"modified": "2026-03-05"}
    revisions: list[Any] = []
    for row in ({}, {"title": "B"}, {"title": "B"}, {"title": "C"} | later, later):
        found = importer.run("csv", importer.file("t.csv", table(row)))
        revisions.append((found.results[0]["result"], found.only.get("revision")))
    minor = {"kind": "minor"}
    assert revisions == [
        ("new", None),
        *(("changed", minor), ("unchanged", minor), ("changed", None), ("changed", minor)),
    ]


@pytest.mark.parametrize(
    ("row", "field", "kept"),
    [
        ({"language": "xx_YY"}, "language", None),
        ({"language": "pt_BR.UTF-8"}, None, "pt-BR"),
        ({"sources": "mailto:a@b.example https://a.example/"}, "sources.0.url", None),
        ({"aliases": "/feed.rss;/ok"}, "aliases.0", ["/ok"]),
        ({"aliases": "/feed.rss"}, "aliases.0", None),
        ({"aliases": ";".join(f"/{n}" for n in range(12))}, "aliases", None),
        ({"guid": "x" * 1001}, "guid", None),
        ({"title": "word " * 300}, "title", None),
        ({"summary": "word " * 1200}, "summary", None),
    ],
)
def test_what_the_contract_refuses_is_left_out_with_a_remark(
    importer: Importer, row: dict[str, str], field: str | None, kept: object
) -> None:
    found = importer.run("csv", importer.file("t.csv", table(row)))
    assert found.status == 0
    name = (field or "language").partition(".")[0]
    if kept is not None:
        assert found.only[name] == kept
    assert [remark.partition(":")[0] for remark in found.remarks] == ([field] if field else [])


def test_no_word_of_a_long_title_or_summary_is_lost(importer: Importer) -> None:
    words = [f"w{number}" for number in range(1500)]
    row = {"title": " ".join(words), "summary": " ".join(words), "body": "The end."}
    found = importer.run("csv", importer.file("t.csv", table(row)))
    document = found.only
    assert len(document["title"]) <= 1000
    assert len(document["summary"]) <= 5000
    assert set(words) <= set(document["body"].replace("<p>", "").replace("</p>", "").split())
    assert document["body"].endswith("The end.")


def test_an_address_leads_to_one_event_only_and_stays_with_it(importer: Importer) -> None:
    importer.run("csv", importer.file("t.csv", table({"aliases": "/x/"})))
    both = table({"id": "b", "aliases": "https://old.example/x"}, {"aliases": "/x/"})
    found = importer.run("csv", importer.file("t.csv", both))
    assert found.documents["a"]["aliases"] == ["/x/"]
    assert "aliases" not in found.documents["b"]
    assert "leads to events/a.json already" in found.remarks[0]


def test_a_language_is_given_to_events_without_one(importer: Importer) -> None:
    text = table({}, {"id": "b", "language": "fr"})
    found = importer.run("csv", importer.file("t.csv", text), "--language", "de")
    assert [one["language"] for one in found.documents.values()] == ["de", "fr"]


def test_an_event_that_is_too_large_is_left_out(importer: Importer) -> None:
    found = importer.run("csv", importer.file("t.csv", table({"body": "x" * 1_060_000})))
    assert (found.status, found.documents) == (1, {})
    assert "document: is 1," in found.said("left out")[0]


def test_a_file_in_the_way_is_named(importer: Importer) -> None:
    importer.file("out/events/a.json/x", "")
    found = importer.run("csv", importer.file("t.csv", table({}, {"id": "b"})))
    assert (found.status, [one["result"] for one in found.results]) == (1, ["left out", "new"])
    (importer.folder / "file").write_text("x")
    arguments = ["import", "csv", str(importer.folder / "t.csv"), "--out"]
    assert main([*arguments, str(importer.folder / "file")]) == 2


def test_a_damaged_document_of_an_earlier_import_is_replaced(importer: Importer) -> None:
    file = importer.file("t.csv", table({}))
    importer.run("csv", file)
    for text in ("{", "[]"):
        importer.file("out/events/a.json", text)
        assert importer.run("csv", file).only["title"] == "A"


def test_the_summary_counts_and_lists_few_of_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "t.csv"
    rows = [{"id": f"{n}", "title": "", "body": f"Text {n}"} for n in range(30)]
    source.write_text(table(*rows, {"id": "x", "date": ""}), encoding="utf-8")
    assert main(["import", "csv", str(source), "--out", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr()
    expected = f"30 new, 0 changed, 0 unchanged, 1 left out, 0 skipped; documents are in {tmp_path}"
    assert printed.out.startswith(expected)
    lines = printed.err.splitlines()
    assert lines[0].startswith(f"{source}: left out: row 32 x: date: is blank; ")
    assert (len(lines), lines[-1]) == (22, "… and 10 more; --json lists all")


def test_json_lists_every_event(importer: Importer) -> None:
    found = importer.run("csv", importer.file("t.csv", table({}, {"id": "b", "date": ""})))
    assert found.results == [
        {"source": "row 2 a", "result": "new", "id": "a", "problems": [], "remarks": []},
        {
            "source": "row 3 b",
            "result": "left out",
            "id": None,
            "problems": [{"field": "date", "reason": "is blank; write a day such as 2026-03-04"}],
            "remarks": [],
        },
    ]
    assert json.dumps(found.results)
