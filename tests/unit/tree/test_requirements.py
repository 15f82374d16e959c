"""What is pinned can be installed by every pip, with hashes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement

from gazette_cli.emulators.template import ROOT

_PIN = re.compile(r"^([a-z0-9._-]+)(?:\[([^\]]*)\])?==", re.MULTILINE)
_MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
_SETS = ("test", "local", "layer")
# The program of each target that installs no more than `make demo` does.
_LOCAL = re.compile(r"^([a-z]+): install-local.*\n\t@\$\(PYTHON\) -m ([\w.]+)", re.MULTILINE)
_FOR_TESTS = ("fastjsonschema", "hypothesis", "pytest", "reader")


def pinned_extras(name: str) -> dict[str, set[str]]:
    """Return the extras with which each package of a set is pinned."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return {
        package: set(re.findall(r"[\w-]+", extras or "")) for package, extras in _PIN.findall(text)
    }


def required_extras(package: str, extras: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield what a package requires, with the extras of it, on this machine."""
    for line in requires(package) or ():
        one = Requirement(line)
        wanted = [one.marker is None or one.marker.evaluate({"extra": e}) for e in ("", *extras)]
        if any(wanted):
            yield one.name.lower().replace("_", "-"), one.extras


@pytest.mark.parametrize("name", _SETS)
def test_a_package_is_pinned_with_the_extras_that_others_require(name: str) -> None:
    """Before 23.1 pip takes ``coverage[toml]`` for another package than the pinned ``coverage``."""
    pinned = pinned_extras(name)
    lacking = []
    for package, extras in pinned.items():
        try:
            required = list(required_extras(package, extras))
        except PackageNotFoundError:  # of another system
            continue
        lacking += [(package, of, more) for of, more in required if more - pinned.get(of, set())]
    assert len(pinned) > 10
    assert lacking == []


@pytest.mark.parametrize("module", dict.fromkeys(m for _, m in _LOCAL.findall(_MAKEFILE)))
def test_a_target_that_installs_no_tests_needs_none(module: str) -> None:
    is_package = (ROOT / module.replace(".", "/")).is_dir()
    program = f"{module}.__main__" if is_package else module
    without_tests = f"import sys; sys.modules.update(dict.fromkeys({_FOR_TESTS}))"
    code = f"{without_tests}; sys.argv = ['gazette', '--help']; import {program}"
    run = subprocess.run(  # noqa: S603  # code of a test
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_targets_that_install_no_tests_are_found() -> None:
    assert {"demo", "counts"} <= {target for target, _ in _LOCAL.findall(_MAKEFILE)}
