"""A source may be made to keep an import busy for ever: its time grows with its length only."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gazette_cli.importers.draft import ImageFiles
from gazette_cli.importers.front_matter import Page, split_page
from gazette_cli.importers.html_bodies import html_body, looks_like_html, text_body
from gazette_cli.importers.images import _images_of
from gazette_cli.importers.kinds.markdown_folder import _draft, _remarks
from gazette_cli.importers.kinds.wikitext import read_line
from gazette_cli.importers.kinds.wordpress_html import post_html, shortcodes
from tests.processor_time import timed

BEGINNINGS = (
    *(
        "<pre>",
        "<pre\n\n",
        "</pre>",
        "<!-- wp:",
        "[caption]",
        "[caption]<img>",
        "[embed]",
        "[a b=c",
    ),
    *("<a ", '<a "', "<a '", "<a href=", '<img src="', "<o:p ", "&#1", "&a", "<p ", "\n \n"),
    *("<ref>", "<ref name=", "{{", "{{a|", "[[", "[[a|", "[http://a ", "''", "'''", "''a'''b"),
    *(
        "{% ",
        "{{ ",
        "{% highlight a %}\n",
        "![",
        "![a](",
        "![a](<b",
        "# ",
        "--- ",
        "+++\n",
        "* ",
        "a. ",
    ),
)


def read_html(text: str) -> object:
    return looks_like_html(text), html_body(text, "https://a.example/"), text_body(text)


def read_post(text: str) -> object:
    return post_html(text), list(shortcodes(text))


def read_wikitext(text: str) -> object:
    return read_line(text.replace("\n", " "), "https://a.example/")


def read_page(text: str) -> object:
    files = ImageFiles(Path(), Path())
    draft = _draft("a.md", Page({}, text), files, None)
    return split_page(text), list(_remarks(text)), draft, list(_images_of(text))


@pytest.mark.parametrize("read", [read_html, read_post, read_wikitext, read_page])
def test_what_is_begun_and_never_ended_is_read_quickly(read: Callable[[str], object]) -> None:
    texts = [beginning * (100_000 // len(beginning)) for beginning in BEGINNINGS]
    with timed() as stopwatch:
        for text in texts:
            read(text)
    # Each of them would take some seconds if its time grew with the square of its length.
    assert stopwatch.seconds < 3
