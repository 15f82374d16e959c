"""Readers of the pages under test: an HTML parser, and the most trusting reader of Markdown."""

import json
from urllib.parse import unquote

from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement
from markdown_it import MarkdownIt

PRINTABLE_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


class TrustingReader(MarkdownIt):
    """The least careful reader: it accepts every link and passes every tag through."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002  # the parser's hook
        return True

    def tree(self, markdown: str) -> HtmlElement:
        tree: HtmlElement = html.document_fromstring(
            f"<html><body>{self.render(markdown)}</body></html>"
        )
        return tree


READER = TrustingReader("commonmark", {"maxNesting": 1000})
READER.enable(["table", "strikethrough"])


def parsed(page: bytes) -> HtmlElement:
    tree: HtmlElement = html.document_fromstring(page.decode())
    return tree


def read_markdown(page: bytes) -> HtmlElement:
    return READER.tree(page.decode())


def found(tree: HtmlElement, path: str) -> list[str]:
    """Return what an XPath finds, as text on one line."""
    result = tree.xpath(path)
    assert isinstance(result, list)
    return [
        " ".join((item if isinstance(item, str) else item.text_content()).split())
        for item in result
    ]


def linked_data(page: bytes) -> dict[str, object]:
    (block,) = parsed(page).xpath("//script[@type='application/ld+json']")
    data: dict[str, object] = json.loads(block.text_content())
    return data


def assert_harmless(tree: HtmlElement) -> None:
    assert found(tree, "//script | //style | //iframe | //object | //embed | //form") == []
    assert found(tree, "//@*[starts-with(name(), 'on')]") == []
    for url in found(tree, "//@href | //@src"):
        scheme, colon, _ = unquote(url).partition(":")
        assert not colon or "/" in scheme or scheme in {"http", "https", "mailto"}, url
