"""The catalogue of texts: no text of the published site is written anywhere else."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from gazette.models.texts import english
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.texts.english import TEXTS

CORE = Path(english.__file__).parents[2]
TEMPLATES = sorted((CORE / "renderers/pages/templates").glob("*.j2"))
MODULES = [file for file in sorted(CORE.rglob("*.py")) if file.name != "english.py"]
# Attributes whose values readers see or hear.
SHOWN_ATTRIBUTE = re.compile(r'\b(?:aria-label|alt|placeholder|title|content)="([^"]*)"')
TAG = re.compile(r"<[^<>]*>")
# Values of metadata that programs read.
MACHINE_VALUES = {"width=device-width, initial-scale=1", "noindex", "website", "article"}
# The start of a key, for keys whose end is computed.
KEY_STARTS = re.compile(r'texts?\(\s*f?"([a-z_.]*\.?)(?:\{| ~|" ~)')


def keys_in(source: str) -> Iterator[str]:
    """Yield the keys of the catalogue that a source names, also those that begin as one does."""
    named = set(re.findall(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"', source))
    named |= set(re.findall(r"'([a-z0-9_]+(?:\.[a-z0-9_]+)+)'", source))
    yield from named & set(TEXTS)
    for start in KEY_STARTS.findall(source):
        yield from (key for key in TEXTS if key.startswith(start))


def literals_in(source: str) -> set[str]:
    """Return what a template writes outside of its expressions, and the strings inside of them."""
    tree = Environment(autoescape=True).parse(source)
    outside = "".join(data.data for data in tree.find_all(nodes.TemplateData))
    constants = (constant.value for constant in tree.find_all(nodes.Const))
    inside = {value for value in constants if isinstance(value, str)}
    shown = set(SHOWN_ATTRIBUTE.findall(outside)) - MACHINE_VALUES
    shown.add(TAG.sub(" ", re.sub(r'"[^"]*"', '""', outside)))
    literals = {value for value in shown if re.search(r"[A-Za-z]{2}", value)}
    return literals | {value for value in inside if re.search(r"[A-Z][a-z]|[a-z] [a-z]", value)}


def strings_in(file: Path) -> Iterator[str]:
    """Yield the strings of a module that are no docstrings."""
    tree = ast.parse(file.read_text())
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for node in constants:
        if isinstance(node.value, str) and node not in docstrings:
            yield node.value


def test_a_template_is_read() -> None:
    assert len(TEMPLATES) > 5


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_holds_no_text_outside_the_catalogue(file: Path) -> None:
    assert literals_in(file.read_text()) == set()


@pytest.mark.parametrize(
    "source",
    ["<p>No events</p>", '<nav aria-label="Formats">', '{{ note or "Withdrawn." }}', "{{ x }} to"],
)
def test_a_literal_text_in_a_template_is_found(source: str) -> None:
    assert literals_in(source)


def test_no_module_repeats_a_text_of_the_catalogue() -> None:
    sentences = {
        form
        for found in TEXTS.values()
        for form in (found.values() if isinstance(found, dict) else (found,))
        if re.search(r"[A-Za-z]+ [a-z]+", form)
    }
    repeated = {
        f"{file.name}: {string}"
        for file in MODULES
        for string in strings_in(file)
        if string in sentences
    }
    assert repeated == set()


def test_every_text_of_the_catalogue_is_used() -> None:
    used = {key for file in (*MODULES, *TEMPLATES) for key in keys_in(file.read_text())}
    assert set(TEXTS) - used == set()


def test_every_key_that_is_named_is_in_the_catalogue() -> None:
    named = {
        key
        for file in (*MODULES, *TEMPLATES)
        for key in re.findall(r'\btext\(\s*"([a-z0-9_.]+)"\s*[,)]', file.read_text())
    }
    assert named
    assert named - set(TEXTS) == set()


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 events"), (1, "1 event"), (1200, "1,200 events")]
)
def test_a_text_with_a_plural_follows_the_count(count: int, expected: str) -> None:
    assert catalogue_of("en")("count.event", count=count) == expected


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert catalogue_of("en")("history.title", title="{site} {0}") == "{site} {0}: history"


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="title"):
        catalogue_of("en")("history.title")


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.text"):
        catalogue_of("en")("no.such.text")


def test_months_have_the_same_names_in_every_locale() -> None:
    assert catalogue_of("en").long_date(date(2026, 3, 1)) == "1 March 2026"
