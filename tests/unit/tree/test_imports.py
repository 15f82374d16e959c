"""The rooms of the house (STYLE.md), read from the imports, and what importing a handler does."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CORE = ROOT / "layers/core/gazette"
PURE = {"models", "projections", "renderers"}
SEES = {
    "models": set(),
    "projections": {"models"},
    "renderers": {"models", "projections"},
    "services": {*PURE, "ports"},
    "store": {"models", "ports"},
    "delivery": {"models", "ports"},
    "runtime": {*PURE, "ports", "services", "store", "delivery"},
}
OUTSIDE = {"boto3", "botocore", "os", "socket", "http", "subprocess", "time"}
OUTSIDE |= {"urllib.request", "urllib3"}
# Of http, delivery uses status codes and a client; of socket, the resolver.
MAY_USE = {
    "store": {"botocore"},
    "delivery": {"botocore", "http", "socket", "urllib3"},
    "runtime": {"boto3", "botocore", "os", "time"},
}
# What reads a clock or a file, as the name of an attribute or of a function.
IMPURE_CALLS = {"now", "utcnow", "today", "open", "read_text", "read_bytes", "getenv"}
# Templates, the stylesheet and translations are code that is not Python.
READS_ITS_ASSETS = {"brand_files.py", "catalogue.py", "languages.py"}


def modules(room: str) -> list[Path]:
    return sorted((CORE / room).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    checked = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in checked:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_seen(file: Path) -> set[str]:
    return {
        name.split(".")[1]
        for name in imported(file)
        if name.startswith("gazette.") and name != "gazette.__version__"
    }


@pytest.mark.parametrize("room", SEES)
def test_a_room_sees_only_the_rooms_below_it(room: str) -> None:
    seen = {file.name: rooms_seen(file) - SEES[room] - {room} for file in modules(room)}
    assert seen
    assert {file: rooms for file, rooms in seen.items() if rooms} == {}


def test_the_ports_see_the_models_only() -> None:
    assert rooms_seen(CORE / "ports.py") == {"models"}


def test_every_room_has_a_rule() -> None:
    rooms = {folder.name for folder in CORE.iterdir() if any(folder.glob("*.py"))}
    assert rooms == set(SEES)


@pytest.mark.parametrize("room", SEES)
def test_only_store_delivery_and_runtime_know_the_outside(room: str) -> None:
    forbidden = OUTSIDE - MAY_USE.get(room, set())
    found = {
        f"{file.name}: {name}"
        for file in modules(room)
        for name in imported(file)
        if any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)
    }
    assert found == set()


@pytest.mark.parametrize("room", sorted({*PURE, "services"}))
def test_no_clock_and_no_file_is_read_in_the_core(room: str) -> None:
    calls = {
        f"{file.name}: {ast.unparse(node)}"
        for file in modules(room)
        if file.name not in READS_ITS_ASSETS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and called(node.func) in IMPURE_CALLS
    }
    assert calls == set()


def called(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


@pytest.mark.parametrize("function", sorted(path.name for path in (ROOT / "functions").iterdir()))
def test_importing_a_handler_reads_no_settings_and_makes_no_client(function: str) -> None:
    """A process of its own imports the handler, without settings, and botocore makes nothing."""
    code = (
        "import botocore.session\n"
        "def refuse(*_, **__): raise SystemExit('a client was made')\n"
        "botocore.session.Session.create_client = refuse\n"
        f"from functions.{function} import app\n"
        "assert callable(app.handler)\n"
    )
    assert run_python(code) == ""


SLOW_TO_LOAD = {"PIL", "aws_xray_sdk", "boto3", "feedgen", "jinja2", "s3transfer"}


@pytest.mark.parametrize(
    ("function", "renders"),
    [
        ("accept_subscriptions", False),
        ("announce_feeds", False),
        ("deliver_feeds", False),
        ("expire_entries", False),
        ("fan_out_feeds", False),
        ("ingest_event", False),
        ("invalidate_edge", False),
        ("publish_changes", True),
        ("publish_later", True),
        ("reconcile_archive", True),
        ("release_due", False),
        ("verify_subscriptions", False),
    ],
)
def test_only_functions_that_render_load_the_renderers_at_the_start(
    function: str, renders: bool
) -> None:
    """It takes a fifth of the time to start, and Lambda starts a function at full speed.

    boto3 adds what nobody uses to botocore, for a fifth again, and traces more (decision 294).
    """
    code = (
        f"from functions.{function} import app\n"
        "import sys\n"
        f"print(sorted({SLOW_TO_LOAD} & set(sys.modules)))\n"
    )
    loaded = run_python(code)
    assert loaded == ("['feedgen', 'jinja2']\n" if renders else "[]\n")


def run_python(code: str) -> str:
    """Run code in a process that has no settings, and return what it prints."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/core'}"}
    run = subprocess.run(  # noqa: S603  # code of a test
        [sys.executable, "-c", code], env=kept, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout
