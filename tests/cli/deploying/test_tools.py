"""What a deployment runs is looked for before anything is asked of AWS."""

from pathlib import Path

import pytest

from gazette_cli.deploying import programs
from gazette_cli.deploying.account import DeployError
from gazette_cli.deploying.programs import check_tools, run_program, sam


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH leads to an empty folder, and a clone where nothing is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_SAM", tmp_path / "python")
    return tmp_path


def put_program(folder: Path, name: str) -> None:
    file = folder / name
    file.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    file.chmod(0o755)


def test_without_a_clone_it_says_where_to_call_it(
    nothing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "TEMPLATE", nothing / "template.yaml")
    with pytest.raises(DeployError, match="needs a clone of Gazette"):
        check_tools(builds=True)


def test_a_build_needs_make_and_the_python_of_lambda(
    nothing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DeployError, match="make is not installed"):
        check_tools(builds=True)
    put_program(nothing, "make")
    put_program(nothing, "find-python")
    monkeypatch.setattr(programs, "_FIND_PYTHON", (str(nothing / "find-python"), "3.13"))
    with pytest.raises(DeployError, match=r"python3\.13 is not on PATH"):
        check_tools(builds=True)


def test_a_built_template_needs_a_sam_cli_of_the_clone_or_on_path(nothing: Path) -> None:
    with pytest.raises(DeployError, match="make install-sam"):
        check_tools(builds=False)
    put_program(nothing, "sam")
    check_tools(builds=False)
    assert sam() == (str(nothing / "sam"),)
    (nothing / "python").touch()
    assert sam() == (str(nothing / "python"), "-m", "samcli")


def test_a_program_returns_its_exit_status_and_prints_no_result(
    nothing: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = nothing / "program"
    file.write_text('#!/bin/sh\necho "$ADDED"\nexit 3\n', encoding="utf-8")
    file.chmod(0o755)
    assert run_program([str(file)], {"ADDED": "to the environment"}) == 3
    assert capfd.readouterr() == ("", "to the environment\n")
