"""Change the core's decisions one by one, and list the changes that no test notices.

    .venv-mutants/bin/python .ci/mutants.py [--sample] [GROUP ...] [MUTANT ...]

The groups of mutants.toml say which code is changed, and which tests must notice. A sample is a
fifth of the changes, and the same ones each time. A MUTANT has a `*`, such as `*_publish_once*`:
only those whose names match are tried. mutmut names
mutants after paths and strips only `src`, so it works on copies of that layout in .mutants/.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COPIES = {
    "layers/core/gazette": "src/gazette",
    "functions": "functions",
    "gazette_cli": "gazette_cli",
    "tests": "tests",
    "template.yaml": "template.yaml",
}
# What mutmut notes of a mutant: the exit code of pytest, or a code of its own.
SURVIVED, UNTESTED = 0, 33
SAMPLE = "--sample"
PYTEST: Mapping[str, list[str] | str] = {
    "pythonpath": [".", "src"],
    "addopts": ["--import-mode=importlib"],
    "markers": ["ministack: starts a local AWS", "slow: left out of make test"],
    # Seconds a test: a mutant may never end.
    "timeout": "20",
}


def main(arguments: list[str]) -> int:
    chosen = [argument for argument in arguments if "*" in argument]
    names = [argument for argument in arguments if argument not in {SAMPLE, *chosen}]
    if SAMPLE in arguments:
        chosen += [f"*__mutmut_*{digit}" for digit in "37"]
    groups = tomllib.loads((ROOT / ".ci/mutants.toml").read_text())
    unknown = [name for name in names if name not in groups]
    if unknown:
        print(f"error: no group {unknown[0]} in .ci/mutants.toml; there are {', '.join(groups)}")
        return 2
    survivors = sum(mutate(name, groups[name], chosen) for name in names or groups)
    print(f"{survivors} mutants that no test noticed")
    return 0


def mutate(name: str, group: Mapping[str, list[str]], chosen: list[str]) -> int:
    """Try the mutants of a group, or the chosen ones, and return how many survived."""
    start = time.monotonic()
    folder = ROOT / ".mutants" / name
    copy_tree(folder)
    (folder / "pyproject.toml").write_text(settings(group))
    run(folder, ["run", *chosen])
    counts: Counter[str] = Counter()
    for module, mutant, code in mutants(folder):
        if code is None:
            continue
        counts[module] += 1
        if code in (SURVIVED, UNTESTED):
            counts[f"survived {module}"] += 1
            print(f"  {mutant}: {'survived' if code == SURVIVED else 'no test runs it'}")
    modules = [module for module in counts if not module.startswith("survived ")]
    for module in modules:
        print(f"{module}: {counts[f'survived {module}']} of {counts[module]} survived")
    tried = sum(counts[module] for module in modules)
    seconds = time.monotonic() - start
    each = seconds / max(1, tried)
    print(f"{name} took {seconds:.0f} seconds, {each:.1f} a mutant", flush=True)
    return sum(counts[f"survived {module}"] for module in modules)


def copy_tree(folder: Path) -> None:
    # A copy of the last run may have old templates.
    shutil.rmtree(folder, ignore_errors=True)
    for source, target in COPIES.items():
        copied = folder / target
        copied.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, copied, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, copied)


def settings(group: Mapping[str, list[str]]) -> str:
    mutmut: dict[str, list[str] | str] = {
        "source_paths": ["src/gazette"],
        "only_mutate": [f"src/gazette/{path}" for path in group["code"]],
        "pytest_add_cli_args_test_selection": [f"tests/{path}" for path in group["tests"]],
        # A mutant that survives costs a run of all its tests.
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"],
        "also_copy": ["functions", "gazette_cli", "template.yaml"],
    }
    return table("tool.mutmut", mutmut) + table("tool.pytest.ini_options", PYTEST)


def table(name: str, values: Mapping[str, list[str] | str]) -> str:
    # Strings and lists of them are the same in JSON and in TOML.
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    return f"[{name}]\n{''.join(lines)}"


def run(folder: Path, command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603  # our command line
        [sys.executable, "-m", "mutmut", *command],
        cwd=folder,
        # "quick" examples are enough to notice a mutant, and each mutant costs a run of them.
        env={**os.environ, "HYPOTHESIS_PROFILE": "quick"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-3000:])
        sys.exit(1)


def mutants(folder: Path) -> Iterator[tuple[str, str, int | None]]:
    """Yield each mutant with its module and the exit code that mutmut noted."""
    for path in sorted((folder / "mutants").rglob("*.meta")):
        noted: Mapping[str, Any] = json.loads(path.read_text())
        module = path.name.removesuffix(".meta")
        for mutant, code in noted["exit_code_by_key"].items():
            yield module, mutant, code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
