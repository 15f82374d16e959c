"""For any text, twice its length takes about twice the time, so no text delays other events."""

import re
from collections.abc import Callable

import pytest

from gazette.projections.markup.body import first_paragraph, plain_text, rendered_body
from gazette.renderers.markdown.text import plain, quoted, safe_body
from gazette.renderers.pages.headings import nest_headings
from tests.processor_time import timed

PAGE = "https://news.example.org/news/2026/3/1/fox.html"
# Units of text that were slow in parsers of Markdown and HTML, or in searches for either.
UNITS = (
    *(
        "[",
        "![",
        "](",
        "[a](",
        "[a][",
        "[a]: <",
        "\n[a]: b\n",
        "<",
        "<a",
        "<!--",
        "<?",
        "<![CDATA[",
    ),
    *("<a href=x>", "<b><p>", "</p>", "<table><tr><td>", "<h1>", "<h1 title='", '<a title="<'),
    *("<svg><style>", "&", "&#", "&#0;", "&amp", "&a", "*", "**a", "_a_", "*_", "`", "`` ", "~~"),
    *(
        "~~~\n",
        "\\",
        "\\\n",
        "  \n",
        "\n",
        "\n\n",
        " ",
        "\t",
        "    a\n",
        "> ",
        ">",
        "- ",
        "* ",
        "+ ",
    ),
    *(
        "1. ",
        "1)\n",
        "#",
        "# a\n",
        "a\n=\n",
        "|",
        "|a\n-|-\n",
        "|a|\n|-|\n",
        "{",
        "{a",
        "{{",
        "{#a ",
    ),
    *("{=", "}", "javascript", "java script", "data:a", "vb ", "http://a", "a", "é", "\U0001f98a"),
    *("\u0e31", "\u0300", "\u202e", "\ufdfa", '"', "'", ":", ";", "%", "=", "a=b ", "<a b", "-->"),
)


def read_html(text: str) -> None:
    html = rendered_body(text, PAGE)
    nest_headings(html)
    plain_text(html)
    first_paragraph(html)


def read_markdown(text: str) -> None:
    safe_body(text, PAGE)
    plain(text)
    quoted("Correction", text)


READERS = {"HTML": read_html, "Markdown": read_markdown}
# Quadratic work takes sixteen times as long for a text of four times the length.
SMALL, FOUR_TIMES = 16_000, 64_000
NOISE_SECONDS = 0.3
AT_MOST = 9


def seconds(read: Callable[[str], object], text: str) -> float:
    with timed() as taken:
        read(text)
    return taken.seconds


def is_slow(read: Callable[[str], object], unit: str) -> bool:
    large = seconds(read, unit * (FOUR_TIMES // len(unit)))
    if large <= NOISE_SECONDS:
        return False
    return large > NOISE_SECONDS + AT_MOST * seconds(read, unit * (SMALL // len(unit)))


@pytest.mark.parametrize("reader", READERS)
def test_the_time_of_a_text_grows_in_proportion_to_its_length(reader: str) -> None:
    slow = [unit for unit in UNITS if is_slow(READERS[reader], unit)]
    # Measure again, because a busy machine is slow now and then, even in processor time.
    assert [unit for unit in slow if is_slow(READERS[reader], unit)] == []


def test_quadratic_time_is_noticed() -> None:
    looks_on_from_every_brace = re.compile(r"\{[^}]*=")
    assert is_slow(looks_on_from_every_brace.search, "{")
