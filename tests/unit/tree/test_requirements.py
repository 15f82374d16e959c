"""What is pinned can be installed by every pip, with hashes."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement

from gazette_cli.emulators.template import ROOT

_PIN = re.compile(r"^([a-z0-9._-]+)(?:\[([^\]]*)\])?==", re.MULTILINE)
_SETS = ("test", "local", "layer")


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
