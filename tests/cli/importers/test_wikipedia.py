"""A day of Current events becomes events that keep their ids when their words change."""

import pytest

from tests.cli.importers.imports import Importer

PAGE = """{{Current events|year=2026|month=03|day=4|content=
<!-- All news items below this line -->
'''Armed conflicts and attacks'''
*[[Bridge war (2020\N{EN DASH}present)|Bridge war]]
**The [[U.S. Army]] says that it ''has'' opened {{convert|5|km|mi}} of the [[bridge]]s. \
A second sentence [[File:X.png]]follows. [https://post.example/a (Harbour Post)] \
[https://b.example/b ''(B)'']
**Another '''bold entry''' &amp; more{{snd}}{{nowrap|x y}} [https://post.example/c?x=1&y=2 (Post)]
;Disasters
*A [https://e.example/ great storm] is here.<ref>{{cite news|url=https://d.example/|title=Storm}}</ref>
<!-- All news items above this line -->|}}
"""
BODY = (
    '<p>The <a href="https://en.wikipedia.org/wiki/U.S._Army">U.S. Army</a> says that it <i>has</i>'
    ' opened 5 km of the <a href="https://en.wikipedia.org/wiki/Bridge">bridges</a>. A second'
    ' sentence follows. <a href="https://post.example/a">(Harbour Post)</a>'
    ' <a href="https://b.example/b">(B)</a></p>'
)


def test_an_entry_has_title_topics_category_and_sources(importer: Importer) -> None:
    found = importer.run("wikipedia", importer.file("page.txt", PAGE))
    assert (found.status, found.remarks, len(found.documents)) == (0, [], 3)
    by_title = {document["title"]: document for document in found.documents.values()}
    assert by_title["The U.S. Army says that it has opened 5 km of the bridges."] == {
        "title": "The U.S. Army says that it has opened 5 km of the bridges.",
        "date": "2026-03-04",
        "topics": ["Bridge war (2020\N{EN DASH}present)", "U.S. Army", "Bridge"],
        "category": "Armed conflicts and attacks",
        "body": BODY,
        "sources": [
            {"url": "https://post.example/a", "title": "Harbour Post"},
            {"url": "https://b.example/b", "title": "B"},
        ],
        "language": "en",
        "published": "2026-03-04T00:00:00Z",
        "modified": "2026-03-04T00:00:00Z",
    }
    assert by_title["A great storm is here."]["category"] == "Disasters"
    assert by_title["A great storm is here."]["sources"] == [
        {"url": "https://e.example/", "title": "great storm"},
        {"url": "https://d.example/", "title": "Storm"},
    ]
    bold = by_title["Another bold entry & more \N{EN DASH} x y"]
    assert "<b>bold entry</b> &amp; more" in bold["body"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "The U.S. Army and Dr. A. Moss are at St. Ives. More.",
            "The U.S. Army and Dr. A. Moss are at St. Ives.",
        ),
        ('They call it "an exploitation". The end.', 'They call it "an exploitation".'),
        ("It is about the forces (RSF). Clashes follow.", "It is about the forces (RSF)."),
        (
            "A M<sub>w</sub>{{nbsp}}7.3 earthquake is felt.<br>Then more",
            "A Mw 7.3 earthquake is felt.",
        ),
        ("No. It is a short first sentence. End.", "No. It is a short first sentence."),
        ("It began at 5 p.m. in the harbour. End.", "It began at 5 p.m. in the harbour."),
    ],
)
def test_a_title_is_the_first_sentence(importer: Importer, text: str, title: str) -> None:
    found = importer.run("wikipedia", importer.file("2026-03-04.txt", f"* {text}\n"))
    assert found.only["title"] == title


def test_links_to_other_wikis_files_and_sections_are_read(importer: Importer) -> None:
    text = (
        "* [[:fr:Pont|Pont]], [[#a|here]], [[File:A.png|thumb]] [[Bridge#History|it]] ''i'''b'''''"
    )
    document = importer.run("wikipedia", importer.file("2026-03-04.txt", text)).only
    assert document["topics"] == ["Bridge"]
    assert document["body"] == (
        '<p><a href="https://fr.wikipedia.org/wiki/Pont">Pont</a>,'
        ' <a href="https://en.wikipedia.org/wiki/#a">here</a>,'
        ' <a href="https://en.wikipedia.org/wiki/Bridge#History">it</a> <i>i<b>b</b></i></p>'
    )


def test_an_entry_that_moves_or_is_worded_otherwise_stays_the_same_event(
    importer: Importer,
) -> None:
    before = importer.run("wikipedia", importer.file("page.txt", PAGE))
    lines = PAGE.replace("says that it", "said it").split("\n")
    lines[4], lines[5] = lines[5], lines[4]
    after = importer.run("wikipedia", importer.file("page.txt", "\n".join(lines)))
    assert [*after.documents] == [*before.documents]
    assert sorted(one["result"] for one in after.results) == ["changed", "unchanged", "unchanged"]


def test_entries_with_the_same_source_are_known_by_their_words(importer: Importer) -> None:
    page = "*A [https://a.example/ (A)]\n*B [https://a.example/ (A)]\n*C\n"
    there = importer.run("wikipedia", importer.file("2026-03-04.txt", page))
    lines = sorted(page.splitlines(), reverse=True)
    back = importer.run("wikipedia", importer.file("2026-03-04.txt", "\n".join(lines)))
    assert len(there.documents) == 3
    assert {one["result"] for one in back.results} == {"unchanged"}


def test_a_folder_of_days_and_older_headers_are_read(importer: Importer) -> None:
    importer.file("days/a.txt", "{{Current events header|2006|05|01}}\n* An entry\n")
    importer.file("days/2006 May 2.txt", "; Sport:\n* Another entry\nstray text\n----\n")
    importer.file("days/none.txt", "* Without a day\n")
    importer.file("days/2006-13-40.txt", "* Without a day\n")
    found = importer.run("wikipedia", importer.folder / "days", "--language", "de")
    assert found.status == 1
    assert sorted(one["date"] for one in found.documents.values()) == ["2006-05-01", "2006-05-02"]
    assert {one["language"] for one in found.documents.values()} == {"de"}
    assert [said.partition(":")[0] for said in found.said("left out")] == [
        *("wikitext", "date", "date"),
    ]


def test_a_page_without_a_day_is_misuse(importer: Importer) -> None:
    found = importer.run("wikipedia", importer.file("page.txt", "* Without a day\n"))
    assert found.status == 2
    assert "names no day" in found.error
