"""Builds the layers and functions with `sam build` and measures their sizes."""

import io
import os
import platform
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

from gazette_cli.emulators.template import ROOT
from tests.bench.numbers import hundredths, tenths
from tests.cost.report import Sheet

ARCHITECTURES = ("arm64", "x86_64")
LAYERS = ("CoreLayer", "DependencyLayer")
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_MIB = 2**20
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_MOST_ZIPPED, _MOST_UNZIPPED = 50 * _MIB, 250 * _MIB
_LARGEST = 5


class BuildError(Exception):
    """`make build` failed; the message has the end of its output."""


class SkippedError(Exception):
    """This part cannot be measured here because something is missing."""


class Size(NamedTuple):
    """Bytes of a layer or function, zipped for the upload and unzipped on Lambda."""

    zipped: int
    unzipped: int


def host_architecture() -> str:
    """Return the Lambda architecture of this machine.

    Raises:
        SkippedError: the libraries of Lambda do not run here.
    """
    machine = platform.machine().lower()
    if sys.platform != "linux" or machine not in _MACHINES:
        raise SkippedError(f"Lambda's libraries do not run on {sys.platform} {machine}")
    return _MACHINES[machine]


def python_of_lambda() -> None:
    """Check for Python 3.13, which builds and starts need.

    Raises:
        SkippedError: it is not installed.
    """
    found = subprocess.run(  # noqa: S603  # our own script
        [str(ROOT / ".ci" / "python"), "3.13"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise SkippedError(found.stderr.strip())


def build(architecture: str) -> Path:
    """Build functions and layers into a folder for this architecture and return the folder.

    Raises:
        BuildError: the build failed.
    """
    folder = Path(".aws-sam", "bench", architecture)
    arguments = f"-b {folder} --parameter-overrides Architecture={architecture}"
    done = subprocess.run(  # noqa: S603  # our own Makefile
        ["make", "--no-print-directory", "build", f"ARGS={arguments}"],  # noqa: S607  # whichever make
        cwd=ROOT,
        env=os.environ | {"ARCHITECTURE": architecture},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"make build for {architecture}:\n{done.stdout}{done.stderr}"[-3000:])
    return ROOT / folder


def sizes_sheet(builds: Mapping[str, Path]) -> Sheet:
    """Return the sizes of layers and functions and the limits of Lambda.

    The zipped limit applies to each upload, the unzipped limit to a function with its layers.
    """
    rows = []
    for architecture, folder in builds.items():
        functions = sorted(path.name for path in folder.iterdir() if path.name.endswith("Function"))
        found = {name: size_of(folder / name) for name in (*LAYERS, *functions)}
        layers = [found[name] for name in LAYERS]
        largest = max((found[name] for name in functions), key=lambda size: size.unzipped)
        deployed = Size(
            sum(size.zipped for size in layers) + largest.zipped,
            sum(size.unzipped for size in layers) + largest.unzipped,
        )
        rows += [(architecture, name, *_cells(found[name])) for name in LAYERS]
        rows.append((architecture, "a function with both", *_cells(deployed)))
    rows.append(("", "Lambda takes", *_cells(Size(_MOST_ZIPPED, _MOST_UNZIPPED))))
    return Sheet("Layers", ("architecture", "", "MiB zipped", "MiB unzipped"), rows)


def packages_sheet(folder: Path, architecture: str) -> Sheet:
    """Return the largest packages of the dependency layer, with bytecode and shared libraries."""
    python = folder / "DependencyLayer" / "python"
    packages = dict(_packages(python))
    sizes: Counter[str] = Counter()
    for file, size in _files(python):
        top = file.relative_to(python).parts[0]
        sizes[packages.get(top, top)] += size
    whole = sum(sizes.values())
    rows = [
        (name, tenths(size / _MIB), f"{100 * size / whole:.0f}")
        for name, size in sizes.most_common(_LARGEST)
    ]
    title = f"Largest packages of the dependency layer, {architecture}"
    return Sheet(title, ("package", "MiB unzipped", "% of the layer"), rows)


def size_of(folder: Path) -> Size:
    """Zip a folder as SAM does, and return its zipped and unzipped size."""
    unzipped, packed = 0, io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, size in _files(folder):
            archive.write(file, file.relative_to(folder))
            unzipped += size
    return Size(len(packed.getvalue()), unzipped)


def _packages(python: Path) -> Iterator[tuple[str, str]]:
    """Yield top-level folders with their package: Pillow has `PIL` and `pillow.libs`."""
    for distribution in distributions(path=[str(python)]):
        for file in distribution.files or ():
            yield file.parts[0], distribution.metadata["Name"]


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file, file.stat().st_size


def _cells(size: Size) -> tuple[str, str]:
    return hundredths(size.zipped / _MIB), hundredths(size.unzipped / _MIB)
