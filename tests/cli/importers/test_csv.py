"""A row of a table becomes an event by the column that names it."""

import pytest

from tests.cli.importers.imports import Importer

TABLE = """Nr;Headline;Day;Text;Tags;Link;Image
a1;Bridge;04.03.2026;"It *opens*.

Twice";Harbour|Ferries;https://a.example/ https://b.example/;images/a.png
b/2;;05.03.2026;No title here.;;;https://a.example/a.png
"""
MAP = ("id=nr", "title=headline", "date=Day", "body=Text", "topics=Tags", "sources=Link")


def mapped(*mappings: str) -> list[str]:
    return [part for mapping in mappings for part in ("--map", mapping)]


def test_columns_are_mapped_to_fields(importer: Importer) -> None:
    file = importer.file("t.csv", TABLE.encode("utf-8-sig"))
    found = importer.run("csv", file, *mapped(*MAP), "--date-format", "%d.%m.%Y")
    assert found.status == 0
    assert found.documents == {
        "a1": {
            "title": "Bridge",
            "date": "2026-03-04",
            "topics": ["Harbour", "Ferries"],
            "body": "It *opens*.\n\nTwice",
            "sources": [{"url": "https://a.example/"}, {"url": "https://b.example/"}],
            "image": {"key": "images/a.png", "alt": "Bridge"},
            "published": "2026-03-04T00:00:00Z",
            "modified": "2026-03-04T00:00:00Z",
        },
        "b/2": {
            "title": "No title here.",
            "date": "2026-03-05",
            "body": "No title here.",
            "image": {"url": "https://a.example/a.png", "alt": "https://a.example/a.png"},
            "published": "2026-03-05T00:00:00Z",
            "modified": "2026-03-05T00:00:00Z",
        },
    }
    assert found.remarks == [
        "title: is missing; the first words of the text are it: No title here."
    ]


def test_columns_with_the_names_of_fields_need_no_mapping(importer: Importer) -> None:
    text = (
        "guid,Title,date,published,byline,aliases,image,image.alt,image.credit,own\n"
        "urn:x:1,A,2026-03-04,2026-03-05T10:00:00+02:00,A. B; C,/a;/b,images/a.png,Alt,C,x\n"
    )
    assert importer.run("csv", importer.file("t.csv", text)).only == {
        "title": "A",
        "date": "2026-03-04",
        "image": {"key": "images/a.png", "alt": "Alt", "credit": "C"},
        "byline": ["A. B", "C"],
        "published": "2026-03-05T08:00:00Z",
        "modified": "2026-03-05T08:00:00Z",
        "guid": "urn:x:1",
        "aliases": ["/a", "/b"],
    }


def test_rows_in_another_order_are_the_same_events(importer: Importer) -> None:
    lines = ["id,title,date", *(f"{n},Title {n},2026-03-0{n}" for n in range(1, 6))]
    importer.run("csv", importer.file("t.csv", "\n".join(lines)))
    lines[1:] = lines[:0:-1]
    found = importer.run("csv", importer.file("t.csv", "\n".join(lines)))
    assert {one["result"] for one in found.results} == {"unchanged"}
    assert sorted(found.documents) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Title,2026-03-04", "id: is blank"),
        ("x,Title,", "date: is blank"),
        ("x,Title,04/03/2026", "date: 04/03/2026 is no day such as 2026-03-04"),
        ("x,,2026-03-04", "title: is missing"),
        ("a,Title,2026-03-04", "id: is that of row 2 a already"),
    ],
)
def test_a_row_that_makes_no_event_is_left_out(importer: Importer, row: str, reason: str) -> None:
    text = f"id,title,date\na,A,2026-03-04\n{row}\n\n,,\n"
    found = importer.run("csv", importer.file("t.csv", text))
    assert (found.status, [*found.documents]) == (1, ["a"])
    assert found.said("left out")[0].startswith(reason)


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        (b"title,date\n", [], "no column names a row"),
        (b"id,title\n", ["--map", "body=txt"], "has no column txt"),
        (b"id,title\n", ["--map", "titel=title"], "did you mean title?"),
        (b"id,title\n", ["--map", "title"], "is no FIELD=COLUMN"),
        (b"id,title\n\xff", [], "UTF-8"),
        (b'id,title\n"' + b"x" * 4_300_000, [], "line"),
        (b"", [], "no column names a row"),
    ],
)
def test_a_table_that_cannot_be_read_is_misuse(
    importer: Importer,
    capsys: pytest.CaptureFixture[str],
    text: bytes,
    options: list[str],
    reason: str,
) -> None:
    try:
        found = importer.run("csv", importer.file("t.csv", text), *options)
        status, error = found.status, found.error
    except SystemExit as ended:
        status, error = int(ended.code or 0), capsys.readouterr().err
    assert status == 2
    assert reason in error
