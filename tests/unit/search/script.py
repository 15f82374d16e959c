"""Runs functions of the script of the search page in node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gazette.renderers.pages import brand_files

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
_CALL = """
import * as search from "./search.mjs";
import {readFileSync} from "node:fs";
const plain = value => value instanceof Set ? [...value] : value;
const calls = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(calls.map(([name, ...given]) => plain(search[name](...given)))));
"""


def call_script(folder: Path, calls: Sequence[Sequence[object]]) -> Any:  # noqa: ANN401  # JSON
    """Call functions of the script, each by name with its arguments, and return the results."""
    (folder / "search.mjs").write_bytes(brand_files.search_script())
    (folder / "call.mjs").write_text(_CALL, encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # our own script
        ["node", str(folder / "call.mjs")],  # noqa: S607  # wherever it is installed
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
