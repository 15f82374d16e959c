"""The whole archive of a published site is imported from the address of its feed."""

import pytest

from tests.cli.importers.imports import Importer
from tests.cli.importers.test_round_trip import publish, write
from tests.cli.importers.web import Answer, web


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
