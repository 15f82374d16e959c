"""`gazette verify` finds every changed byte of a history or a revision."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gazette.delivery.memory import MemorySiteStore
from gazette.models import paths
from gazette.models.contract.canonical import sha256_of
from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.ledger import partitions
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.models.views.site_document import Document
from gazette.renderers.json.parts import write_json
from gazette_cli.commands.cli import main
from gazette_cli.commands.verify import BROKEN, verify
from gazette_cli.engines.acts import Change, Pause
from gazette_cli.engines.engine import EngineError
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sources import SourceError
from gazette_cli.verification.document_comparison import DocumentComparison
from gazette_cli.verification.hash_chain import check_history
from gazette_cli.verification.progress import Progress
from gazette_cli.verification.published_site import FolderSite, open_site
from gazette_cli.verification.republish import Comparison
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import MORNING, SITE, document_of

CORRECTION = {"kind": "correction", "note": "It closed."}
RETRACTION = {"kind": "retraction", "note": "It never was."}
VERSIONS: dict[str, list[bytes | None]] = {
    "river": [
        document_of(topics=["Rivers"], body="It opens."),
        document_of(topics=["Rivers"], title="River closes", revision=CORRECTION),
        document_of(date="2026-07-05", extra={"kept": [1, None, "ñ"]}, summary='"<&>'),
        None,
    ],
    "2026/señor fox": [document_of(title="Fox"), b"{}", document_of(title="Fox", body="Runs.")],
    "lake": [document_of(title="Lake"), document_of(title="Lake", revision=RETRACTION)],
}


@cache
def documents() -> dict[str, bytes]:
    """Publish a few events, with a correction, a move, a retraction and a deletion."""
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for name, versions in VERSIONS.items():
        for hour, body in enumerate(versions):
            engine.apply(Change(MORNING + timedelta(hours=hour), event_key(name), body))
    engine.settle()
    return {path: document.body for path, document in store.documents.items()}


REVISIONS = sorted(path for path in documents() if ".r" in path and path.endswith(".json"))
HISTORIES = sorted(path for path in documents() if path.endswith(".history.json"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    for path, body in documents().items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return root


@contextmanager
def changed(file: Path, body: bytes | None) -> Iterator[None]:
    """Replace a file, or delete it if the body is None, within the block."""
    before = file.read_bytes()
    file.unlink()
    if body is not None:
        file.write_bytes(body)
    yield
    file.write_bytes(before)


def problems(folder: Path) -> list[str]:
    site = open_site(str(folder))
    addresses = list(site.histories())
    found = [problem for address in addresses for problem in check_history(site, address)]
    return found or list(Comparison(site, Progress()).problems(addresses, MORNING))


def name_of(path: str) -> str:
    """Return the start of a problem of this revision: its event and number."""
    record = json.loads(documents()[path])["record"]
    return f"{path} (event {record['id']}, revision {record['number']}): "


def test_a_site_as_it_was_published_has_no_problem(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(str(folder)) == 0
    captured = capsys.readouterr()
    compared = f"{len(documents())} documents compared"
    assert captured.out == f"3 histories read, {compared}, 0 problems found\n"
    assert captured.err == ""


def test_the_site_has_revisions_of_every_kind() -> None:
    assert len(REVISIONS) == 8
    assert len(HISTORIES) == len(VERSIONS)


@pytest.mark.parametrize("path", REVISIONS)
@given(data=st.data())
@settings(max_examples=60)
def test_a_changed_byte_of_a_revision_is_found_and_the_revision_named(
    folder: Path, path: str, data: st.DataObject
) -> None:
    body = bytearray(documents()[path])
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with changed(folder / path, bytes(body)):
        assert any(problem.startswith(name_of(path)) for problem in problems(folder))


@pytest.mark.parametrize("name", ["favicon.ico", "robots.txt", "llms.txt"])
@given(data=st.data())
@settings(max_examples=20)
def test_a_changed_byte_of_a_file_that_follows_from_the_settings_is_found(
    folder: Path, name: str, data: st.DataObject
) -> None:
    body = bytearray(documents()[name])
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with changed(folder / name, bytes(body)):
        assert any(problem.startswith(name) for problem in problems(folder))


def test_a_card_may_be_written_by_another_machine_and_must_show_the_same(folder: Path) -> None:
    """How small a PNG is depends on the library that packs it."""
    with Image.open(BytesIO(documents()[paths.CARD])) as card:
        packed, other = BytesIO(), BytesIO()
        card.save(packed, "PNG", compress_level=1)
        card.convert("RGB").rotate(180).save(other, "PNG")
    assert packed.getvalue() != documents()[paths.CARD]
    with changed(folder / paths.CARD, packed.getvalue()):
        assert problems(folder) == []
    for body in (other.getvalue(), documents()[paths.CARD][:-200], b"", PNG):
        with changed(folder / paths.CARD, body):
            assert [one.partition(":")[0] for one in problems(folder)] == [paths.CARD]


@pytest.mark.parametrize("path", HISTORIES)
@given(data=st.data())
@settings(max_examples=120)
def test_a_changed_byte_of_a_history_is_found(folder: Path, path: str, data: st.DataObject) -> None:
    body = bytearray(documents()[path])
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with changed(folder / path, bytes(body)):
        try:
            assert problems(folder)
        except SourceError as error:
            assert "says no address" in str(error)  # noqa: PT017  # a history without an address


@pytest.mark.parametrize("path", REVISIONS)
def test_a_missing_revision_is_found(
    folder: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed(folder / path, None):
        assert verify(str(folder)) == BROKEN
    captured = capsys.readouterr()
    assert captured.err.startswith(f"{name_of(path)}is missing or cannot be read\n")
    assert captured.out == "3 histories read, 0 documents compared, 1 problems found\n"


def rewritten(path: str, **record: object) -> bytes:
    """Return a revision with other facts and their correct hash, as a forger writes it."""
    document = json.loads(documents()[path])
    document["record"] |= record
    return write_json(document | {"sha256": sha256_of(document["record"])})


def test_a_forged_revision_with_a_correct_hash_does_not_match_the_history(folder: Path) -> None:
    path = next(path for path in REVISIONS if path.endswith("river-opens.r1.json"))
    with changed(folder / path, rewritten(path, at="2026-07-03T00:00:00Z")):
        found = problems(folder)
    assert any("its at is 2026-07-03T00:00:00Z, the history says" in problem for problem in found)
    assert any("its sha256 is" in problem for problem in found)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"id": "lake"}, "its record belongs to the event lake"),
        ({"previous": "0"}, "it names 0 as previous, not None"),
    ],
)
def test_a_revision_belongs_to_its_event_and_to_the_one_before(
    folder: Path, facts: dict[str, object], problem: str
) -> None:
    path = next(path for path in REVISIONS if path.endswith("river-opens.r1.json"))
    with changed(folder / path, rewritten(path, **facts)):
        assert f"{path} (event river, revision 1): {problem}" in problems(folder)


def test_a_history_without_its_event_page_is_reported(folder: Path) -> None:
    with changed(folder / "news/2026/07/4/lake.json", None):
        found = problems(folder)
    assert found == [
        "news/2026/07/4/lake.json (event lake, revision 2): is missing or cannot be read"
    ]


def test_a_revision_is_read_from_this_site_only(folder: Path) -> None:
    site = FolderSite(folder)
    assert list(site.histories())
    with pytest.raises(ValueError, match="is not an address of this site"):
        site.read("https://elsewhere.example/news/2026/07/4/lake.json")


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        verify(str(tmp_path / "no-such-folder"))


@pytest.mark.parametrize(
    "paths",
    [
        ["notes.txt"],
        ["sitemap.xml", "news/2026/07/4/index.html", "news/2026/07/4/lake.html"],
        ["image/a.png", "news/2026/07/4/lake.r1.html"],
    ],
)
def test_another_folder_and_events_without_histories_are_refused(
    tmp_path: Path, paths: list[str]
) -> None:
    put_files(tmp_path, paths)
    with pytest.raises(SourceError, match="contains no event history"):
        verify(str(tmp_path))


@pytest.mark.parametrize("name", ["lake.json", "lake.history.json"])
def test_a_site_whose_first_documents_are_damaged_is_refused(tmp_path: Path, name: str) -> None:
    put_files(tmp_path, [f"news/2026/07/4/{one}" for one in (name, "lake.r1.json")])
    with pytest.raises(SourceError, match=rf"{name}: is damaged, and says no address any more"):
        verify(str(tmp_path))


@pytest.mark.parametrize(
    "paths", [[], ["image/a.png"], ["sitemap.xml", "index.html", "news/index.html"]]
)
def test_a_site_without_events_is_named_as_such(
    tmp_path: Path, paths: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    put_files(tmp_path, paths)
    assert main(["verify", str(tmp_path)]) == 0
    assert "no event is published, so there is nothing to verify" in capsys.readouterr().out


def put_files(folder: Path, paths: list[str]) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"")


EMPTY_SITEMAP = b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'


@pytest.mark.parametrize("documents", [{}, {"/sitemap.xml": EMPTY_SITEMAP, "/index.html": b"Home"}])
def test_an_address_without_events_is_named_as_such(
    documents: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    with served(documents) as address:
        assert main(["verify", address]) == 0
    assert "no event is published" in capsys.readouterr().out


def test_an_address_with_a_home_and_no_sitemap_is_refused() -> None:
    with (
        served({"/index.html": b"Another site"}) as address,
        pytest.raises(SourceError, match="404"),
    ):
        verify(address)


def test_an_address_where_nobody_answers_is_refused() -> None:
    with served({}) as address:
        pass
    with pytest.raises(SourceError, match="does not answer"):
        verify(address)


@contextmanager
def served(documents: dict[str, bytes]) -> Iterator[str]:
    """Serve some documents; every other path is missing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents.get(self.path)
            self.send_response(HTTPStatus.OK if body is not None else HTTPStatus.NOT_FOUND)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_arguments: object) -> None:
            """Write nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish an event in three revisions, the first and the last of them erased."""
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for hour, title in enumerate(("River", "Lake", "Sea")):
        body = document_of(title=title)
        engine.apply(Change(MORNING + timedelta(hours=hour), event_key("a"), body))
    erasure = json.dumps({"revisions": [1, 3], "reason": "Asked for."}).encode()
    engine.apply(Change(MORNING + timedelta(hours=4), erasure_key("a"), erasure))
    engine.settle()
    root = tmp_path_factory.mktemp("erased")
    for path, document in store.documents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(document.body)
    return root


def test_erased_revisions_are_named_and_not_broken(
    erased: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(str(erased)) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    compared = sum(file.is_file() for file in erased.rglob("*"))
    assert shown.out.splitlines() == [
        "a, revision 1: erased on 2026-07-04: Asked for.",
        "a, revision 3: erased on 2026-07-04: Asked for.",
        f"1 histories read, {compared} documents compared, 0 problems found, 2 revisions erased",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Asked for.", "Asked for!"),
        ("2026-07-04", "2026-07-05"),
        ("event of 4 July 2026", "event of 5 July 2026"),
        ("Erased on 4 July", "Erased on 5 July"),
    ],
)
def test_a_changed_erasure_is_found(erased: Path, before: str, after: str) -> None:
    (path,) = erased.rglob("*.history.json")
    raw = path.read_text(encoding="utf-8")
    assert before in raw
    try:
        path.write_text(raw.replace(before, after), encoding="utf-8")
        site = open_site(str(erased))
        assert list(check_history(site, next(iter(site.histories()))))
    finally:
        path.write_text(raw, encoding="utf-8")


def test_an_erased_revision_with_its_document_is_found(erased: Path) -> None:
    (path,) = erased.rglob("*.r1.json")
    raw = path.read_bytes()
    document = json.loads(raw)
    document["record"]["document"] = {"title": "River"}
    try:
        path.write_bytes(write_json(document))
        site = open_site(str(erased))
        (problem, *_) = check_history(site, next(iter(site.histories())))
        named = f"{path.relative_to(erased).as_posix()} (event a, revision 1): "
        assert problem == f"{named}it is erased, but its record holds the document"
    finally:
        path.write_bytes(raw)


def test_a_history_that_cannot_be_read_names_no_erasures(
    erased: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = erased.rglob("*.history.json")
    raw = path.read_bytes()
    try:
        path.write_bytes(raw.replace(b'"revisions"', b'"revision"'))
        assert verify(str(erased)) == BROKEN
        assert "erased" not in capsys.readouterr().out
    finally:
        path.write_bytes(raw)


LONG = replace(SITE, history_part=2)
LONG_PARTS = [f"news/2026/07/4/river-opens.history{part}.json" for part in (".1", ".2", "")]


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish an event with three parts of history, moved and withdrawn on the way."""
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(LONG, store, Counter())
    versions = [
        document_of(body="One."),
        document_of(title="River closes", body="Two."),
        document_of(title="River closes", body="Three."),
        document_of(title="River closes", revision=RETRACTION),
        document_of(title="River closes", body="Five."),
    ]
    for hour, body in enumerate(versions):
        engine.apply(Change(MORNING + timedelta(hours=hour), event_key("river"), body))
    engine.settle()
    root = tmp_path_factory.mktemp("long")
    for path, document in store.documents.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(document.body)
    return root


def test_a_history_in_parts_is_read_to_its_oldest_part(long_folder: Path) -> None:
    assert problems(long_folder) == []
    assert len([*open_site(str(long_folder)).histories()]) == 1
    with changed(long_folder / "news/2026/07/4/river-opens.r1.json", b"{}"):
        assert [problem.partition(": ")[0] for problem in problems(long_folder)] == [
            "news/2026/07/4/river-opens.r1.json (event river, revision 1)"
        ]


@pytest.mark.parametrize("path", LONG_PARTS)
@given(data=st.data())
@settings(max_examples=60)
def test_a_changed_byte_of_a_part_of_a_history_is_found(
    long_folder: Path, path: str, data: st.DataObject
) -> None:
    body = bytearray((long_folder / path).read_bytes())
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with changed(long_folder / path, bytes(body)):
        try:
            assert problems(long_folder)
        except SourceError as error:
            assert "says no address" in str(error)  # noqa: PT017  # a history without an address


def test_a_part_that_names_itself_as_the_one_before_it_is_reported(long_folder: Path) -> None:
    part = json.loads((long_folder / LONG_PARTS[0]).read_bytes())
    part["previous"] = f"{SITE.base_url}/{LONG_PARTS[1]}"
    with changed(long_folder / LONG_PARTS[0], write_json(part)):
        (problem,) = problems(long_folder)
    assert problem.endswith("(event river): is no older part of the history")


def test_erased_revisions_in_full_parts_of_a_history_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(LONG, store, Counter())
    for hour, title in enumerate(("One", "Two", "Three", "Four", "Five")):
        body = document_of(title=title)
        engine.apply(Change(MORNING + timedelta(hours=hour), event_key("a"), body))
    erasure = json.dumps({"revisions": [1, 5], "reason": "Asked for."}).encode()
    engine.apply(Change(MORNING + timedelta(hours=6), erasure_key("a"), erasure))
    engine.settle()
    for path, document in store.documents.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(document.body)
    assert verify(str(tmp_path)) == 0
    assert "0 problems found, 2 revisions erased" in capsys.readouterr().out


@pytest.fixture
def withdrawn(tmp_path: Path) -> Path:
    """Publish a site that shows a withdrawal for one day, and let three days pass."""
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(replace(SITE, tombstone_days=1), store, Counter())
    for hour, body in enumerate((document_of(), None)):
        engine.apply(Change(MORNING + timedelta(hours=hour), event_key("a"), body))
    engine.settle()
    engine.apply(Pause(MORNING + timedelta(days=3)))
    engine.settle()
    for path, document in store.documents.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(document.body)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--tombstone-days", "1"], 0),
        (["--tombstone-days", "1", "--now", "2026-07-07T08:00:00"], 0),
        (["--tombstone-days", "1", "--now", "2026-07-04T10:00:00Z"], BROKEN),
        (["--now", "2026-07-07T08:00:00Z"], BROKEN),
    ],
)
def test_what_depends_on_time_is_compared_as_it_was_then(
    withdrawn: Path, arguments: list[str], status: int
) -> None:
    assert main(["verify", str(withdrawn), *arguments]) == status


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["verify", str(tmp_path), "--now", "yesterday"])


@pytest.mark.parametrize("name", ["id", "title", "url"])
def test_a_history_that_lacks_a_field_of_its_event_is_named(folder: Path, name: str) -> None:
    raw = (folder / "news/2026/07/4/lake.history.json").read_bytes()
    with changed(
        folder / "news/2026/07/4/lake.history.json", raw.replace(b'"%s"' % name.encode(), b'"x"', 1)
    ):
        assert problems(folder) == [f"news/2026/07/4/lake.history.json (event lake): has no {name}"]


WORDS = [
    (b"{", "is not JSON at line 1, column 1: the brace { that opens here is never closed; write }"),
    (b"\xff", "is not UTF-8: byte 0 is wrong"),
    (b"[1]", "has a field of another form than it was published in"),
    (b"{ }", "is not in the form in which it was published"),
    (b"{}\n", "has no "),
]


@pytest.mark.parametrize("path", [REVISIONS[0], HISTORIES[0]])
@pytest.mark.parametrize(("body", "reason"), WORDS)
def test_damage_names_document_and_event_and_says_why_in_our_words(
    folder: Path, path: str, body: bytes, reason: str
) -> None:
    """SPEC V14: of a history that cannot be read the first revision says the event."""
    event = "2026/señor fox"
    number = ", revision 1" if path in REVISIONS else ""
    with changed(folder / path, body):
        (problem, *_) = problems(folder)
    assert problem.startswith(f"{path} (event {event}{number}): {reason}")
    assert "Error" not in problem


def test_of_a_history_without_its_first_revision_only_the_document_is_named(folder: Path) -> None:
    first = HISTORIES[0].replace(".history.json", ".r1.json")
    with changed(folder / HISTORIES[0], b"{"), changed(folder / first, b"{"):
        assert problems(folder)[0].startswith(f"{HISTORIES[0]}: is not JSON at line 1")


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_several_processes_find_what_one_finds(
    folder: Path, jobs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = ["index.html", "feed.atom", "topics/rivers/feed.json", "news/2026/07/4/lake.md"]
    with ExitStack() as stack:
        for path in paths:
            stack.enter_context(changed(folder / path, (folder / path).read_bytes() + b"x"))
        assert main(["verify", str(folder), "--jobs", jobs]) == BROKEN
    err = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0].partition(" (")[0] for line in err] == sorted(paths)
    assert main(["verify", str(folder), "--jobs", jobs]) == 0


def test_a_process_that_ends_early_is_an_error(folder: Path) -> None:
    class Dying(FolderSite):
        def read_path(self, path: str) -> bytes:
            os._exit(1 if path else 0)

    comparison = DocumentComparison(Dying(folder), SITE, 1, lambda: None)
    task = PublishTask(TaskKind.SITE, partitions.SITE)
    comparison.plan(task, BuildResult(documents=(Document("index.html", b"", "text/html"),)))
    with pytest.raises(EngineError, match="ended early; run it again with --jobs 1"):
        comparison.finish()


@pytest.mark.parametrize(
    "guid", ["tag:old.example,2025:event/2019/bridge", "https://a.example/?p=5"]
)
def test_an_event_with_one_revision_may_have_a_guid_of_another_archive(
    tmp_path: Path, guid: str
) -> None:
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(SITE, store, Counter())
    engine.apply(Change(MORNING, event_key("2026/bridge"), document_of(guid=guid)))
    engine.apply(Change(MORNING, event_key("2026/ferry"), document_of(title="Ferry")))
    engine.settle()
    for path, document in store.documents.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(document.body)
    assert problems(tmp_path) == []
    assert verify(str(tmp_path)) == 0
