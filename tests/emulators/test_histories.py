"""A history file on the engines: what each row does to the source bucket, in memory and on moto."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.delivery.s3 import S3SourceArchive
from gazette.models.object_version import ObjectVersion
from gazette.models.site import Site
from gazette.ports import SourceArchive
from gazette_cli.commands.cli import main
from gazette_cli.engines.acts import bursts
from gazette_cli.engines.engine import Engine
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import read_source
from tests.emulators.moto_engine import MotoEngine
from tests.emulators.moto_stack import SOURCE_BUCKET

SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
KEY = "events/case.json"
GZIPPED = "H4sIAAAAAAAC/6uuBQBDv6ajAgAAAA=="


def row(minute: int, **fields: object) -> str:
    moment = datetime(2026, 11, 20, 12, minute, tzinfo=UTC)
    return json.dumps({"at": moment.isoformat()} | fields) + "\n"


def put(minute: int, title: str) -> str:
    return row(minute, key=KEY, document={"title": title, "date": "2026-11-20"})


def moments(versions: list[ObjectVersion]) -> list[tuple[int, bool]]:
    """Return the minute of each version, and whether it is a delete marker."""
    return [(version.last_modified.minute, version.is_delete_marker) for version in versions]


@pytest.fixture(params=["memory", "moto"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    calls: Counter[str] = Counter()
    if request.param == "memory":
        yield MemoryEngine(SITE, MemorySiteStore(calls), calls)
        return
    (tmp_path / "site").mkdir()
    moto = MotoEngine(SITE, tmp_path / "site")
    yield moto
    moto.close()


def source_of(engine: Engine) -> SourceArchive:
    if isinstance(engine, MotoEngine):
        return S3SourceArchive(engine._stack.s3, SOURCE_BUCKET)
    assert isinstance(engine, MemoryEngine)
    return engine._source


def applied(engine: Engine, folder: Path, *rows: str) -> list[ObjectVersion]:
    """Apply rows as `gazette publish` does; return the versions of the key afterwards."""
    file = folder / "history.jsonl"
    file.write_text("".join(rows), encoding="utf-8")
    changes = read_source(file)
    assert changes.refused == []
    for burst in bursts(changes.changes):
        for act in burst:
            engine.apply(act)
        engine.settle()
    return source_of(engine).versions(KEY)[::-1]


def test_documents_and_deletions_are_versions_of_their_times(
    engine: Engine, tmp_path: Path
) -> None:
    versions = applied(engine, tmp_path, put(0, "One"), row(5, key=KEY, delete=True), put(9, "Two"))
    assert moments(versions) == [(0, False), (5, True), (9, False)]
    newest = source_of(engine).read(KEY, versions[-1].version_id)
    assert json.loads(newest) == {"title": "Two", "date": "2026-11-20"}


@pytest.mark.parametrize(
    ("which", "left"),
    [
        ("newest", [(0, False), (5, True)]),
        ("marker", [(0, False), (9, False)]),
        ("all but the newest", [(9, False)]),
        (1, [(5, True), (9, False)]),
        (2, [(0, False), (5, True)]),
    ],
)
def test_a_removal_leaves_the_other_versions(
    engine: Engine, tmp_path: Path, which: object, left: list[tuple[int, bool]]
) -> None:
    rows = [put(0, "One"), row(5, key=KEY, delete=True), put(9, "Two")]
    versions = applied(engine, tmp_path, *rows, row(10, key=KEY, remove_version=which))
    assert moments(versions) == left


def test_what_a_removal_takes_away_was_published_before(engine: Engine, tmp_path: Path) -> None:
    rows = [put(0, "One"), put(1, "Two"), row(2, key=KEY, remove_version=1)]
    applied(engine, tmp_path, *rows)
    assert engine.report.revisions == 2


def test_bytes_are_uploaded_as_they_are(engine: Engine, tmp_path: Path) -> None:
    headers = {"Content-Encoding": "gzip", "x-amz-meta-author": "me"}
    (version,) = applied(engine, tmp_path, row(0, key=KEY, bytes=GZIPPED, headers=headers))
    assert version.size == len(base64.b64decode(GZIPPED))
    assert source_of(engine).read(KEY, version.version_id) == b"{}"  # as the header says
    assert headers_of(engine, version) == headers


def headers_of(engine: Engine, version: ObjectVersion) -> dict[str, str]:
    if isinstance(engine, MemoryEngine):
        return dict(engine._source.headers(KEY, version.version_id))
    assert isinstance(engine, MotoEngine)
    head = engine._stack.s3.head_object(Bucket=SOURCE_BUCKET, Key=KEY)
    metadata = {f"x-amz-meta-{name}": value for name, value in head["Metadata"].items()}
    return {"Content-Encoding": head["ContentEncoding"], **metadata}


def test_time_passes_without_a_change(engine: Engine, tmp_path: Path) -> None:
    applied(engine, tmp_path, put(0, "One"), row(30))
    assert isinstance(engine, MemoryEngine | MotoEngine)
    assert engine._clock.now() == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_memory_and_moto_publish_the_same_history_alike(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    rows = [put(1, "Two"), put(0, "One"), row(2, key="images/a.png", bytes="AAAA"), row(50)]
    file.write_text("".join(rows), encoding="utf-8")
    sites = []
    for name in ("memory", "moto"):
        out = tmp_path / name
        assert main(["publish", str(file), "--out", str(out), "--engine", name]) == 0
        sites.append(
            {
                path.relative_to(out).as_posix(): path.read_bytes()
                for path in out.rglob("*")
                if path.is_file()
            }
        )
    assert sites[0] == sites[1]
    assert "news/2026/11/20/two.html" in sites[0]


def test_a_bad_row_is_reported_by_its_line_and_the_others_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "history.jsonl", tmp_path / "site"
    file.write_text("\n" + row(1, key=KEY, delet=True) + put(0, "One"), encoding="utf-8")
    assert main(["publish", str(file), "--out", str(out)]) == 0
    assert (
        "quarantined history.jsonl line 2: delet: is no field of a history; use at, key, "
        "document, bytes, delete, remove_version, headers\n"
    ) in capsys.readouterr().out
    assert (out / "news/2026/11/20/one.html").exists()
