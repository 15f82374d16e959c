"""What MkDocs does with our pages: links, lists, and nothing from other hosts.

MkDocs has an environment of its own, so its names are stood in for here.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

HOOKS = Path(__file__).parents[3] / ".ci/docs_hooks.py"
NAMES = {
    "mkdocs.config.defaults": "MkDocsConfig",
    "mkdocs.exceptions": "PluginError",
    "mkdocs.structure.files": "File Files",
    "mkdocs.structure.pages": "Page",
}


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401  # a module that is loaded here
    for module, names in NAMES.items():
        stand_in = ModuleType(module)
        for name in names.split():
            setattr(stand_in, name, ValueError)
        monkeypatch.setitem(sys.modules, module, stand_in)
    spec = importlib.util.spec_from_file_location("docs_hooks", HOOKS)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def page(name: str) -> SimpleNamespace:
    return SimpleNamespace(file=SimpleNamespace(src_uri=name))


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("deploy.md", "[a](push.md#hubs)", "[a](push.md#hubs)"),
        ("deploy.md", "[a](https://a.example)", "[a](https://a.example)"),
        ("deploy.md", "[a](../CHANGELOG.md)", "[a](changelog.md)"),
        ("deploy.md", "[a](../README.md#two-commands)", "[a](index.md#two-commands)"),
        ("decisions/0001-a.md", "[a](../../CONTRIBUTING.md)", "[a](../contributing.md)"),
        ("deploy.md", "[`a.py`](../gazette_cli/commands/cli.py)", "`a.py`"),
        ("deploy.md", "[a](../gazette_cli/none.py)", "[a](../gazette_cli/none.py)"),
    ],
)
def test_a_link_leads_to_a_page_or_is_code(hooks: Any, name: str, written: str, read: str) -> None:  # noqa: ANN401  # a module
    assert hooks.on_page_markdown(written, page(name)) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Text:\n- a\n- b", "Text:\n\n- a\n- b"),
        ("1. a\n\n       make\n\n   b\n2. c", "1. a\n\n        make\n\n    b\n\n2. c"),
        ("- a\n  b\n- c", "- a\n    b\n- c"),
        ("```\n- a\n  b\n```\n- c", "```\n- a\n  b\n```\n- c"),
    ],
)
def test_lists_are_written_as_python_markdown_reads_them(
    hooks: Any,  # noqa: ANN401  # a module
    written: str,
    read: str,
) -> None:
    assert hooks.on_page_markdown(written, page("a.md")) == read


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link href="//fonts.example/a.css" rel="stylesheet">',
        "<img alt=a src=http://a.example/a.png>",
    ],
)
def test_a_page_that_would_load_from_another_host_is_refused(hooks: Any, tag: str) -> None:  # noqa: ANN401  # a module
    with pytest.raises(ValueError, match=r"a\.md: loads from another host"):
        hooks.on_post_page(f"<p>{tag}</p>", page("a.md"))


def test_a_link_that_a_reader_follows_is_none(hooks: Any) -> None:  # noqa: ANN401  # a module
    html = '<a href="https://a.example">a</a><script src="../a.js"></script>'
    assert hooks.on_post_page(html, page("a.md")) == html
