"""Bodies in the Markdown form: as written where every reader shows them, else as HTML."""

import pytest

from gazette.renderers.markdown.text import safe_body

PAGE = "https://news.example.org/news/2026/3/1/fox.html"
MAP = "https://news.example.org/image/map.png"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("![A](images/map.png)", f"![A]({MAP})"),
        ("`![A](images/map.png)`", "`![A](images/map.png)`"),
        ("[us](tel:+49301234)", "[us](tel:+49301234)"),
        ("See[^1].\n\n[^1]: A note.", "See[^1].\n\n[^1]: A note."),
        ("images/map.png", "images/map.png"),
    ],
)
def test_a_harmless_body_is_as_it_was_written(body: str, shown: str) -> None:
    assert safe_body(body, PAGE) == shown


@pytest.mark.parametrize(
    "body",
    [
        "![A](images/map.png) `![A](images/map.png)`",
        "![A][map]\n\n[map]: images/map.png",
        "words <script> and more",
        "a &#x202e;b",
        "[^1]: nobody refers to this",
        "See[^1].\n\n[^1]: note",
    ],
)
def test_a_body_that_some_reader_would_not_show_is_html(body: str) -> None:
    assert safe_body(body, PAGE).startswith("<div>\n<")


def test_a_body_of_more_marks_than_prose_keeps_its_images() -> None:
    body = "![A](images/map.png)\n\n" + "*a " * 20_000
    assert f'src="{MAP}"' in safe_body(body, PAGE)
