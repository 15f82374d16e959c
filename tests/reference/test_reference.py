"""Pages of the documentation that follow from the code; `make reference` writes them."""

import pytest

from tests.reference.__main__ import DOCS, with_block
from tests.reference.addresses_page import shape_of
from tests.reference.commands_page import commands_page
from tests.reference.contract_page import contract_page


def test_the_page_of_the_contract_is_that_of_the_schema() -> None:
    assert (DOCS / "contract.md").read_text("utf-8") == contract_page()


def test_the_page_of_commands_is_that_of_the_command_line() -> None:
    assert (DOCS / "commands.md").read_text("utf-8") == commands_page()


def test_the_addresses_are_those_of_a_published_site() -> None:
    page = (DOCS / "addresses.md").read_text("utf-8")
    assert page == with_block(page)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("news/2026/03/4/a-b.r12.html", "news/YYYY/MM/D/SLUG.rN.html"),
        ("news/2026/03/4/a.b.history.atom", "news/YYYY/MM/D/SLUG.history.atom"),
        ("news/2026/03/4/index.md", "news/YYYY/MM/D/index.md"),
        ("news/index.html", "news/index.html"),
        ("topics/harbour/feed.atom", "topics/SLUG/feed.atom"),
        ("topics/by-size/index.html", "topics/by-size/index.html"),
        ("topics/a-z/c.opml", "topics/a-z/INITIAL.opml"),
    ],
)
def test_a_path_has_the_shape_of_its_kind(path: str, shape: str) -> None:
    assert shape_of(path) == shape
