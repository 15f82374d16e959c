"""A history file on the engines: what each row does to the source bucket, in memory and on moto."""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette.delivery.s3 import S3SourceArchive
from gazette.models.branding.brand import Brand
from gazette.models.object_version import ObjectVersion
from gazette.models.site import Site
from gazette.ports import SourceArchive, UnreadableVersionError
from gazette_cli.commands.cli import main
from gazette_cli.engines.acts import Change, bursts
from gazette_cli.engines.engine import Engine
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import read_source
from gazette_cli.engines.sqlite.site_file import SiteFile
from gazette_cli.engines.sqlite.sqlite_engine import SqliteEngine
from tests.emulators.moto_engine import MotoEngine
from tests.emulators.moto_stack import SOURCE_BUCKET
from tests.unit.images.image_files import image_file

SITE = Site(
    base_url="https://gazette.example",
    tag_authority="gazette.example,2026",
    brand=Brand(authors=True),
)
KEY = "events/case.json"
PNG = base64.b64encode(image_file()).decode()
GZIPPED = "H4sIAAAAAAAC/6uuBQBDv6ajAgAAAA=="


def row(minute: int, **fields: object) -> str:
    moment = datetime(2026, 11, 20, 12, minute, tzinfo=UTC)
    return json.dumps({"at": moment.isoformat()} | fields) + "\n"


def put(minute: int, title: str) -> str:
    return row(minute, key=KEY, document={"title": title, "date": "2026-11-20"})


def naming(minute: int, image: str) -> str:
    """Upload an event that names an image of the bucket."""
    named = {"key": f"images/{image}.png", "alt": "A ship"}
    document = {"title": image, "date": "2026-11-20", "byline": "Ada Moss", "image": named}
    return row(minute, key=f"events/{image}.json", document=document)


def moments(versions: list[ObjectVersion]) -> list[tuple[int, bool]]:
    """Return the minute of each version, and whether it is a delete marker."""
    return [(version.last_modified.minute, version.is_delete_marker) for version in versions]


@pytest.fixture(params=["memory", "sqlite", "moto"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    calls: Counter[str] = Counter()
    if request.param == "memory":
        yield MemoryEngine(SITE, MemorySiteStore(calls), calls)
        return
    if request.param == "sqlite":
        with SiteFile(tmp_path / "site") as file:
            yield SqliteEngine(SITE, file)
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


def site_of(engine: Engine, folder: Path) -> dict[str, bytes]:
    """Return the published documents by path."""
    if isinstance(engine, MemoryEngine) and not isinstance(engine, SqliteEngine):
        store = engine._publisher.site
        assert isinstance(store, MemorySiteStore)
        return {path: document.body for path, document in store.documents.items()}
    if isinstance(engine, MotoEngine):
        engine._write_site()
    out = folder / "site"
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        ({"published": "2026-11-25T12:00:00Z"}, "published"),
        ({"expires": "2026-11-25T12:00:00Z"}, "expired"),
        ({"published": "2026-11-25T12:00:00Z", "expires": "2026-11-27T12:00:00Z"}, "expired"),
    ],
    ids=["held", "expiring", "held and expiring"],
)
@pytest.mark.parametrize("step", ["a pause", "a change of another event"])
def test_what_was_due_long_before_the_end_of_a_step_has_happened(
    engine: Engine, tmp_path: Path, dates: dict[str, str], status: str, step: str
) -> None:
    fields = {"title": "Quokka", "date": "2026-11-20", **dates}
    rows = [row(0, key=KEY, document=fields), row(1)]
    later: dict[str, object] = {"at": "2026-12-20T12:00:00Z"}
    if step != "a pause":
        other = {"title": "Other", "date": "2026-11-20"}
        later |= {"key": "events/other.json", "document": other}
    applied(engine, tmp_path, *rows, json.dumps(later) + "\n")
    page = json.loads(site_of(engine, tmp_path)["news/2026/11/20/quokka.json"])
    assert page["status"] == status


def versioning(minute: int, state: str) -> str:
    moment = datetime(2026, 11, 20, 12, minute, tzinfo=UTC)
    return json.dumps({"at": moment.isoformat(), "versioning": state}) + "\n"


def page_of(engine: Engine, folder: Path, slug: str) -> Mapping[str, Any]:
    page: Mapping[str, Any] = json.loads(site_of(engine, folder)[f"news/2026/11/20/{slug}.json"])
    return page


def test_an_upload_replaces_the_one_before_it_while_versioning_is_suspended(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [put(0, "One"), versioning(1, "suspended"), put(2, "Two"), put(3, "Three")]
    versions = applied(engine, tmp_path, *rows, versioning(4, "enabled"), put(5, "Four"))
    assert moments(versions) == [(0, False), (3, False), (5, False)]
    assert versions[1].version_id == "null"
    assert page_of(engine, tmp_path, "four")["revision"]["number"] == 4


@pytest.mark.parametrize(
    ("action", "code"),
    [("deny_version", "AccessDenied"), ("archive_version", "InvalidObjectState")],
)
def test_a_version_that_is_not_served_any_more_is_shown_from_what_was_kept(
    engine: Engine, tmp_path: Path, action: str, code: str
) -> None:
    rows = [put(0, "One"), row(1, key=KEY, delete=True), row(2, key=KEY, **{action: "newest"})]
    applied(engine, tmp_path, *rows, row(3, key=KEY, remove_version="marker"))
    with pytest.raises(UnreadableVersionError, match=f"^{code}: "):
        source_of(engine).read(KEY, source_of(engine).versions(KEY)[0].version_id)
    page = page_of(engine, tmp_path, "one")
    assert (page["status"], page["revision"]["kind"]) == ("published", "restored")


def test_a_lifecycle_rule_withdraws_the_event_and_takes_its_old_versions(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [put(0, "One"), put(1, "Two"), row(2, key=KEY, lifecycle="expire the object")]
    assert [marker for _, marker in moments(applied(engine, tmp_path, *rows))] == [0, 0, 1]
    assert page_of(engine, tmp_path, "two")["status"] == "withdrawn"


def test_a_lifecycle_rule_that_takes_old_versions_leaves_the_event_public(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [put(0, "One"), put(1, "Two"), row(2, key=KEY, lifecycle="expire old versions")]
    assert moments(applied(engine, tmp_path, *rows)) == [(1, False)]
    page = page_of(engine, tmp_path, "two")
    assert (page["status"], page["revision"]["number"]) == ("published", 2)


def test_memory_and_moto_publish_the_same_history_alike(tmp_path: Path) -> None:
    file, settings = tmp_path / "history.jsonl", tmp_path / "gazette.toml"
    settings.write_text(
        'tag_authority = "gazette.example,2026"\nauthors = true\n', encoding="utf-8"
    )
    rows = [
        *(put(1, "Two"), put(0, "One"), row(2, key="images/a.png", bytes="AAAA")),
        *(versioning(3, "suspended"), put(4, "Two"), put(5, "Two")),
        *(row(6, key=KEY, deny_version="newest"), row(7, key=KEY, lifecycle="expire old versions")),
        row(8, key=KEY, lifecycle="expire the object"),
        *(
            naming(1, "late"),
            naming(2, "never"),
            row(40, key="images/late.png", bytes=PNG),
            row(50),
        ),
    ]
    file.write_text("".join(rows), encoding="utf-8")
    sites = []
    for name in ("memory", "moto"):
        out = tmp_path / name
        options = ["--out", str(out), "--engine", name, "--config", str(settings)]
        assert main(["publish", str(file), *options]) == 1
        sites.append(
            {
                path.relative_to(out).as_posix(): path.read_bytes()
                for path in out.rglob("*")
                if path.is_file()
            }
        )
    assert sites[0] == sites[1]
    assert {"news/2026/11/20/two.html", "authors/ada-moss/feed.rss"} <= sites[0].keys()
    assert b"image/late.png" in sites[0]["feed.rss"]
    assert [path for path, body in sites[0].items() if b"image/never.png" in body] == []


def test_a_bad_row_is_reported_by_its_line_and_the_others_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "history.jsonl", tmp_path / "site"
    file.write_text("\n" + row(1, key=KEY, delet=True) + put(0, "One"), encoding="utf-8")
    assert main(["publish", str(file), "--out", str(out)]) == 1
    assert (
        "quarantined history.jsonl line 2: delet: is no field of a history; use at, key, "
        "document, bytes, delete, remove_version, deny_version, archive_version, lifecycle, "
        "headers, versioning\n"
    ) in capsys.readouterr().out
    assert (out / "news/2026/11/20/one.html").exists()


def test_an_object_that_is_not_read_is_reported_on_every_engine(
    engine: Engine, tmp_path: Path
) -> None:
    """S3 sends no notification about a key next to the folders; the nightly run finds it."""
    history = tmp_path / "history.jsonl"
    document = {"title": "A", "date": "2026-11-20"}
    history.write_text(
        row(0, key="event/b.json", document=document)
        + row(1, key="events/c.JSON", document=document)
        + row(2, key="d.json", document=document)
        + row(3, key="d.json", delete=True)
        + row(4, key="static/e.css", bytes="")
    )
    for burst in bursts(read_source(history).changes):
        for act in burst:
            engine.apply(act)
        engine.settle()
    reported = {one.key: one.reason for one in engine.report.quarantined}
    assert reported == {
        "event/b.json": "is not read: write events to events/<id>.json, images to images/, other"
        " files of the site to static/",
        "events/c.JSON": "is not read: the key of an event ends in .json, in lower case",
    }


def test_a_folder_with_a_misspelt_name_is_reported(tmp_path: Path) -> None:
    for name in ("events/a.json", "event/b.json", "Events/c.json", "docs/d.json", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"title": "A", "date": "2026-11-20"}')
    keys = {act.key for act in read_source(tmp_path).changes if isinstance(act, Change)}
    assert keys == {"events/a.json", "event/b.json", "Events/c.json"}
