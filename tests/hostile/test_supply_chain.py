"""Only reviewed dependencies are installed: pins, hashes, and a check of the advisories."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gazette_cli.emulators.template import ROOT

SETS = sorted(path.stem for path in ROOT.glob("requirements/*.in"))
STUB = """#!{python}
import sys
report = {report!r}
service = sys.argv[sys.argv.index("--vulnerability-service") + 1]
if report and service in {services!r}:
    open(sys.argv[sys.argv.index("--output") + 1], "w").write(report)
sys.exit(1)
"""
SOUND = {"name": "sound", "version": "1", "vulns": []}
UNKNOWN = {"name": "unheard-of", "skip_reason": "not found"}
WEAK = {
    "name": "weak",
    "version": "1",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


def audited(
    folder: Path, *found: object, services: tuple[str, ...] = ("pypi", "osv"), required: str = "0"
) -> tuple[int, str]:
    """Run the script with an auditor that reports this, or nothing if it reaches no service."""
    stub = folder / "pip-audit"
    report = json.dumps({"dependencies": found}) if found else ""
    stub.write_text(STUB.format(python=sys.executable, report=report, services=services))
    stub.chmod(0o755)
    settings = {"PIP_AUDIT": str(stub), "PYTHON": sys.executable, "REQUIRE_ADVISORIES": required}
    ran = subprocess.run(  # noqa: S603  # a script of this repository
        [ROOT / ".ci" / "audit-dependencies"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_dependencies_without_a_finding_pass(tmp_path: Path) -> None:
    assert audited(tmp_path, SOUND) == (0, "")


@pytest.mark.parametrize("services", [("pypi", "osv"), ("osv",)])
def test_a_finding_fails_the_audit_and_is_listed(tmp_path: Path, services: tuple[str, ...]) -> None:
    status, output = audited(tmp_path, SOUND, WEAK, UNKNOWN, services=services)
    assert status == 1
    assert "weak 1: PYSEC-1, fixed by 2" in output
    assert "weak 1: PYSEC-2, fixed by nothing yet" in output
    assert "requirements/check.txt has dependencies with known weaknesses" in output


@pytest.mark.parametrize("found", [(), (UNKNOWN,)], ids=["unreachable", "knows nothing"])
@pytest.mark.parametrize("required", ["0", "1"])
def test_an_advisory_service_that_does_not_respond_is_reported(
    tmp_path: Path, found: tuple[object, ...], required: str
) -> None:
    """The auditor itself accepts that no service responded."""
    status, output = audited(tmp_path, *found, required=required)
    assert status == int(required)
    assert "SKIPPED" in output
    assert "NOT audited" in output


def test_a_dependency_that_no_service_knows_is_listed(tmp_path: Path) -> None:
    status, output = audited(tmp_path, SOUND, UNKNOWN)
    assert status == 0
    assert "WARNING: no service knows of unheard-of" in output


def test_every_set_of_dependencies_is_audited_by_itself_or_as_part_of_another() -> None:
    script = (ROOT / ".ci" / "audit-dependencies").read_text(encoding="utf-8")
    listed = re.search(r"for set in (.*); do", script)
    assert listed
    for name in SETS:
        pins = set(pins_of(name))
        assert any(pins <= set(pins_of(audited)) for audited in listed[1].split()), name


def pins_of(name: str) -> list[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return re.findall(r"^([a-zA-Z0-9._-]+(?:\[[^\]]*\])?==\S+)", text, re.MULTILINE)


@pytest.mark.parametrize("name", SETS)
def test_every_dependency_is_pinned_to_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) == len(pins_of(name)) > 0
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        assert "://" not in entry  # neither another index nor an address instead of a release


def test_nothing_is_installed_without_its_hash() -> None:
    for file in (ROOT / ".ci" / "venv", ROOT / "layers" / "dependencies" / "Makefile"):
        text = file.read_text(encoding="utf-8")
        assert len(re.findall(r"pip install", text)) == text.count("--require-hashes") == 1


@pytest.mark.parametrize("name", ["bandit.yaml", "checkov.yaml"])
def test_every_rule_that_a_tool_skips_has_its_reason(name: str) -> None:
    text = (ROOT / ".ci" / name).read_text(encoding="utf-8")
    skipped = re.findall(r"^  - \S+(.*)$", text, re.MULTILINE)
    assert skipped
    assert all(re.fullmatch(r" # .{15,}", reason) for reason in skipped)
