"""An advisory of OSV becomes an event by its id; a withdrawn one is a retraction."""

import io
import json
import struct
import zipfile
from typing import Any

import pytest

from tests.cli.importers.imports import Importer

ADVISORY: dict[str, Any] = {
    "id": "GHSA-1",
    "published": "2026-03-04T00:00:00Z",
    "modified": "2026-03-05T00:00:00Z",
    "aliases": ["CVE-1"],
    "summary": "Bad thing",
    "details": "## Impact\n\nA <b> tag & more",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "x"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]},
                {"type": "GIT", "events": [{"introduced": "abcdef"}]},
            ],
        },
        {"package": {"ecosystem": "npm", "name": "y"}},
    ],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
    "references": [{"type": "WEB", "url": "https://a.example/"}, {"type": "WEB"}],
    "credits": [{"name": "R. Moss"}, {"name": "R. Moss"}],
}
EVENT = {
    "title": "Bad thing",
    "date": "2026-03-04",
    "topics": ["x", "y"],
    "category": "PyPI",
    "body": "## Impact\n\nA <b> tag & more\n\n<p>Also known as: CVE-1</p>\n\n"
    "<p>Affected:<br>\nx: introduced 0, fixed 1.2<br>\ny</p>\n\n<p>Severity: CVSS:3.1/AV:N</p>",
    "sources": [{"url": "https://a.example/"}],
    "language": "en",
    "byline": ["R. Moss"],
    "published": "2026-03-04T00:00:00Z",
    "modified": "2026-03-05T00:00:00Z",
}
WITHDRAWN = {**ADVISORY, "withdrawn": "2026-03-06T00:00:00Z"}
RETRACTION = {"kind": "retraction", "note": "The advisory was withdrawn on 2026-03-06."}


def test_an_advisory_is_an_event(importer: Importer) -> None:
    found = importer.run("osv", importer.file("a.json", json.dumps(ADVISORY)))
    assert (found.status, found.remarks, found.documents) == (0, [], {"GHSA-1": EVENT})


def test_a_withdrawn_advisory_is_a_retraction_until_it_is_back(importer: Importer) -> None:
    importer.run("osv", importer.file("a.json", json.dumps(ADVISORY)))
    found = importer.run("osv", importer.file("a.json", json.dumps(WITHDRAWN)))
    assert found.documents == {"GHSA-1": {**EVENT, "revision": RETRACTION}}
    back = importer.run("osv", importer.file("a.json", json.dumps(ADVISORY)))
    assert back.documents == {"GHSA-1": EVENT}


def zipped(files: dict[str, object]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, document in files.items():
            archive.writestr(name, json.dumps(document))
    return data.getvalue()


def test_a_folder_a_list_and_a_zip_file_are_read(importer: Importer) -> None:
    two = {**ADVISORY, "id": "A/../../B"}
    importer.file("folder/a/1.json", json.dumps(ADVISORY))
    importer.file("folder/2.json", json.dumps([two]))
    importer.file("answer.json", json.dumps({"vulns": [ADVISORY, two]}))
    importer.file("all.zip", zipped({"1.json": ADVISORY, "2.json": two, "x.txt": ""}))
    ids = []
    for name in ("folder", "answer.json", "all.zip"):
        found = importer.run("osv", importer.folder / name)
        assert found.status == 0
        ids.append(sorted(str(one["id"]) for one in found.results))
    assert ids[0] == ids[1] == ids[2]
    assert all(".." not in event_id for event_id in ids[0])


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "document: is no JSON"),
        ("[1]", "id: is missing"),
        ('{"id": "X"}', "modified: is missing"),
    ],
)
def test_what_is_no_advisory_is_left_out(importer: Importer, document: str, reason: str) -> None:
    importer.file("folder/bad.json", document)
    importer.file("folder/good.json", json.dumps(ADVISORY))
    found = importer.run("osv", importer.folder / "folder")
    assert (found.status, [*found.documents]) == (1, ["GHSA-1"])
    assert found.said("left out")[0].startswith(reason)


def test_an_advisory_without_a_summary_has_the_first_line_of_its_details(
    importer: Importer,
) -> None:
    bare = {"id": "X-1", "modified": "2026-03-05T00:00:00Z", "details": "# First\n\nSecond"}
    assert importer.run("osv", importer.file("a.json", json.dumps(bare))).only["title"] == "First"
    bare = {"id": "X-1", "modified": "2026-03-05T00:00:00Z"}
    assert importer.run("osv", importer.file("a.json", json.dumps(bare))).only["title"] == "X-1"


def test_a_damaged_file_of_a_zip_file_is_left_out(importer: Importer) -> None:
    data = zipped({"a.json": ADVISORY, "b.json": {**ADVISORY, "id": "GHSA-2"}})
    position = data.index(b"Bad thing")
    damaged = data[:position] + b"bad" + data[position + 3 :]
    found = importer.run("osv", importer.file("all.zip", damaged))
    assert (found.status, [*found.documents]) == (1, ["GHSA-2"])
    assert found.results[0]["source"] == "a.json"
    assert "cannot be unpacked: Bad CRC-32" in str(found.results[0])


@pytest.mark.parametrize(
    ("flag", "method", "reason"),
    [(1, 0, "password required"), (0, 99, "compression method is not supported")],
)
def test_a_file_of_a_zip_file_that_cannot_be_unpacked_here_is_left_out_with_its_reason(
    importer: Importer, flag: int, method: int, reason: str
) -> None:
    """One with a password, and one that was packed by a method of others."""
    data = bytearray(zipped({"a.json": ADVISORY}))
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    for position in (local + 6, central + 8):
        data[position : position + 4] = struct.pack("<HH", flag, method)
    found = importer.run("osv", importer.file("all.zip", bytes(data)))
    assert (found.status, [*found.documents]) == (1, [])
    assert reason in str(found.results[0])


def test_no_advisory_and_a_damaged_zip_file_are_misuse(importer: Importer) -> None:
    importer.file("folder/x.txt", "x")
    importer.file("bad.zip", zipped({"1.json": ADVISORY})[:-30])
    for name in ("folder", "bad.zip", "none.json"):
        found = importer.run("osv", importer.folder / name)
        assert (found.status, found.documents) == (2, {})
        assert name in found.error
