"""What each kind of import writes is published as it is, and again after it was imported again."""

import json

import pytest

from gazette_cli.commands.cli import main
from tests.cli.importers.imports import Importer
from tests.cli.importers.test_calendar import CONCERT, FAIR, calendar
from tests.cli.importers.test_csv import MAP, TABLE, mapped
from tests.cli.importers.test_feed import JSON, RSS
from tests.cli.importers.test_markdown import HUGO, JEKYLL
from tests.cli.importers.test_osv import ADVISORY, WITHDRAWN
from tests.cli.importers.test_wikipedia import PAGE
from tests.cli.importers.test_wordpress import FEATURED, FILE, export, item
from tests.unit.images.image_files import PNG

TABLE_OPTIONS = [*mapped(*MAP), "--date-format", "%d.%m.%Y"]
SOURCES: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "csv": ("t.csv", {"t.csv": TABLE}, TABLE_OPTIONS),
    "feed": ("feed.xml", {"feed.xml": RSS}, []),
    "icalendar": ("a.ics", {"a.ics": calendar(CONCERT, FAIR)}, []),
    "markdown": ("m", {"m/_posts/2019-05-03-a.md": JEKYLL, "m/b.md": HUGO}, ["--images"]),
    "osv": ("o", {"o/1.json": json.dumps(ADVISORY)}, []),
    "wikipedia": ("page.txt", {"page.txt": PAGE}, []),
    "wordpress": ("wp.xml", {"wp.xml": export(item(7, more=FEATURED), FILE)}, []),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_an_import_is_published(
    importer: Importer, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    name, files, options = SOURCES[kind]
    for path, text in files.items():
        importer.file(path, text)
    importer.file("m/b.png", PNG)
    found = importer.run(kind, importer.folder / name, *options)
    assert (found.status, found.documents != {}) == (0, True)
    assert main(["validate", str(importer.out)]) == 0
    site = importer.folder / "site"
    publish = ["publish", str(importer.out), "--out", str(site), "--now", "2026-11-30T00:00:00Z"]
    assert main(publish) == 0
    assert {
        one["result"] for one in importer.run(kind, importer.folder / name, *options).results
    } == {"unchanged"}
    assert main(publish) == 0
    assert "0 events in 0 revisions" in capsys.readouterr().out


def test_a_withdrawn_advisory_leaves_the_lists(
    importer: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    site, publish = importer.folder / "site", ["publish", str(importer.out), "--out"]
    for advisory in (ADVISORY, WITHDRAWN):
        importer.run("osv", importer.file("a.json", json.dumps(advisory)))
        assert main([*publish, str(site)]) == 0
    (entry,) = json.loads((site / "feed.json").read_bytes())["items"]
    assert entry["title"].startswith("Withdrawn: ")
    assert "was withdrawn on 2026-03-06" in entry["content_text"]
    assert json.loads((site / "feed.json").read_bytes())["version"] == JSON["version"]
    assert capsys.readouterr().err == ""
