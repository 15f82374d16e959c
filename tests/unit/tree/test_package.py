"""`pip install .` brings the whole `gazette` command: its modules, files and libraries."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CORE = ROOT / "layers" / "core" / "gazette"
CLI = ROOT / "gazette_cli"
# What only Lambda or a checkout runs.
ELSEWHERE = (
    CORE / "runtime",
    CORE / "delivery" / "callbacks.py",
    CORE / "delivery" / "websub.py",
    CLI / "demo",
    CLI / "emulators",
)
OWN = {"gazette", "gazette_cli", "tests"}


def imported(file: Path) -> Iterator[str]:
    """Yield the packages that a module imports, those for the type checker left out."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_every_library_of_the_command_is_a_dependency() -> None:
    files = [
        file
        for folder in (CORE, CLI)
        for file in folder.rglob("*.py")
        if not any(file.is_relative_to(other) for other in ELSEWHERE)
    ]
    names = {name for file in files for name in imported(file)} - OWN - sys.stdlib_module_names
    providers = packages_distributions()
    needed = {providers[name][0].lower() for name in names if not name.startswith("mypy_boto3")}
    declared = {one.partition("[")[0].partition("<")[0] for one in dependencies()}
    assert needed - {"botocore", "pydantic_core"} <= declared


def dependencies() -> list[str]:
    found: list[str] = PROJECT["project"]["dependencies"]
    return found


def test_the_command_is_a_function_that_exists() -> None:
    module, _, function = PROJECT["project"]["scripts"]["gazette"].partition(":")
    assert callable(getattr(import_module(module), function))


def test_every_file_of_the_core_is_in_the_package() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["gazette"]
    packed = {file for pattern in patterns for file in CORE.glob(pattern)}
    others = {
        file for file in CORE.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    }
    assert {file for file in others if file.suffix != ".py"} == packed
