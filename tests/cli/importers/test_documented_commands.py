"""Every command of docs/import.md does what the page says, on sources of the tests."""

import json
import re
import shlex
import zipfile
from pathlib import Path

import pytest

from gazette_cli.commands.cli import main
from tests.cli.importers.imports import Importer
from tests.cli.importers.test_calendar import CONCERT, calendar
from tests.cli.importers.test_csv import TABLE
from tests.cli.importers.test_feed import RSS
from tests.cli.importers.test_markdown import JEKYLL
from tests.cli.importers.test_osv import ADVISORY
from tests.cli.importers.test_wikipedia import PAGE
from tests.cli.importers.test_wordpress import export, item
from tests.cli.importers.web import Answer, web

PAGE_OF_DOCS = Path(__file__).parents[3] / "docs/import.md"
TEXT = PAGE_OF_DOCS.read_text(encoding="utf-8").replace("\\\n", " ")
COMMANDS = [line.strip() for line in re.findall(r"^    gazette import .*", TEXT, re.MULTILINE)][1:]


def test_the_page_has_a_command_of_each_kind() -> None:
    kinds = {command.split()[2] for command in COMMANDS}
    assert kinds == {"csv", "feed", "icalendar", "markdown", "osv", "wikipedia", "wordpress"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_documented_command_imports(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(importer.folder)
    # Images of these sources are on hosts that do not exist.
    post = item(7).replace("<img", "<b").replace("[embed]https", "[embed]http")
    importer.file(
        "saved.atom", RSS.replace("<img", "<b").replace("m.png", "").replace("media:", "")
    )
    importer.file("blog/_posts/2019-05-03-a.md", JEKYLL)
    importer.file("export.xml", export(post))
    importer.file("2026-03-04.txt", PAGE)
    importer.file("events.ics", calendar(CONCERT))
    importer.file("table.csv", TABLE.replace("Nr", "Number"))
    with zipfile.ZipFile("all.zip", "w") as archive:
        archive.writestr("a.json", json.dumps(ADVISORY))
    with web({"/feed.xml": Answer(RSS.encode())}) as address:
        arguments = shlex.split(command.replace("https://post.example", address))[1:]
        assert main(arguments) == 0
    out = Path(arguments[arguments.index("--out") + 1])
    assert [*(out / "events").rglob("*.json")]
