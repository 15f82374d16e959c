import re
from collections import Counter

import pytest

from gazette.projections.markup.body import body_html, sanitized
from gazette.projections.markup.repair.content_model import fit_content_model
from tests.site.soups import soup

ROW = "<tr><td>a</td></tr>"
TWO = "<tr><td>a</td><td>a</td></tr>"
BASE = "https://gazette.example/"


def text_of(html: str) -> str:
    """Return the text without white space, which may be taken from between rows."""
    return re.sub(r"<[^>]*>|\s", "", html)


@pytest.mark.parametrize(
    "html",
    [
        '<p>One <b>two</b> <a href="https://a.example/?a=1&amp;b=2">three</a></p>\n<hr>',
        "<ul>\n<li>One\n<ul>\n<li>Two</li>\n</ul>\n</li>\n</ul>",
        "<a><p>A block in a link</p></a>",
        "<dl><dt>Term</dt><dt>Other</dt>\n<dd>Meaning</dd></dl>",
        "<figure><img>\n<figcaption>Below</figcaption></figure>",
        "<figure><figcaption>Above</figcaption><p>Text</p></figure>",
        "<p><ruby>明<rp>(</rp><rt>Ming</rt><rp>)</rp>日<rt>ri</rt></ruby></p>",
        '<p><bdo dir="rtl">abc</bdo></p>',
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr><td>b</td></tr></tbody></table>",
        f'<table><caption>c</caption><tbody><tr><td colspan="2">a</td></tr>{TWO}</tbody></table>',
        f'<table><tbody><tr><td rowspan="2">a</td><td>b</td></tr>{ROW}</tbody></table>',
        '<p title="a &quot;b&quot; > c">x &lt; y</p>',
    ],
)
def test_an_element_in_an_allowed_position_stays(html: str) -> None:
    assert fit_content_model(html) == html


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        ("<li>a</li> <li>b</li>\n<p>c</p>", "<ul><li>a</li> <li>b</li></ul>\n<p>c</p>"),
        ("<ol>\n<p>a</p>b\n<li>c</li></ol>", "<ol>\n<li><p>a</p>b\n</li><li>c</li></ol>"),
        ("<b><p>a</p>b</b>", "<p>a</p>b"),
        ("<b><a><p>a</p></a></b>", "<a><p>a</p></a>"),
        ("<h3><ul><li>a</li></ul></h3>", "<ul><li>a</li></ul>"),
        ("<p><i><li>a</li></i></p>", "<ul><li>a</li></ul>"),
        ("<dt>a</dt><dd>b</dd>", "<dl><dt>a</dt><dd>b</dd></dl>"),
        ("<dd>a</dd><dd><hr></dd>", "<p>a</p><hr>"),
        ("<dl><hr><dt>a</dt></dl>", "<hr><p>a</p>"),
        ("<figcaption>a</figcaption>", "a "),
        ("<figure>a<figcaption>b</figcaption>c</figure>", "<figure>a b c</figure>"),
        (
            "<figure><figcaption>a</figcaption>b<figcaption>c</figcaption></figure>",
            "<figure>a b c </figure>",
        ),
        ("<rt>a</rt>", "a"),
        ("<ruby>a</ruby>", "a"),
        ("<ruby><rt>a</rt>b<rt>c</rt></ruby>", "abc"),
        ("<ruby><ul><li>a</li></ul><rt>b</rt></ruby>", "<ul><li>a</li></ul>b"),
        ("<p><bdo>a</bdo></p>", "<p>a</p>"),
        ("<a>a<b><a>b</a></b></a>", "<a>a<b>b</b></a>"),
        ("<dfn>a<dfn>b</dfn></dfn>", "<dfn>ab</dfn>"),
        ("<dl><dt><h3>a</h3></dt><dd>b</dd></dl>", "<dl><dt>a </dt><dd>b</dd></dl>"),
    ],
)
def test_an_element_in_a_forbidden_position_is_moved_or_loses_its_tags(
    html: str, fitted: str
) -> None:
    assert fit_content_model(html) == fitted


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        ("<table></table>", ""),
        ("<table><tbody> <tr></tr></tbody></table>", ""),
        (
            f"<table><tbody><tr></tr>{ROW}</tbody><tbody></tbody></table>",
            f"<table><tbody>{ROW}</tbody></table>",
        ),
        (
            f"<table><tfoot>{ROW}</tfoot><thead>{ROW}</thead></table>",
            f"<table><tbody>{ROW}</tbody><tbody>{ROW}</tbody></table>",
        ),
        (
            f"<table><tbody>{ROW}</tbody><caption>b</caption><caption>c</caption></table>",
            f"<table><caption>b</caption><tbody>{ROW}</tbody><tbody><tr><td>c</td></tr></tbody></table>",
        ),
        (
            f"<table><caption>a<table><tbody>{ROW}</tbody></table></caption></table>",
            "<table><caption>a a </caption></table>",
        ),
        (
            "<table><tbody><tr>a<td>a</td></tr>a</tbody>a</table>",
            f"<table><tbody>{TWO}{ROW}</tbody><tbody>{ROW}</tbody></table>",
        ),
    ],
)
def test_the_parts_of_a_table_come_in_order_and_none_is_empty(html: str, fitted: str) -> None:
    assert fit_content_model(html) == fitted


@pytest.mark.parametrize(
    "rows",
    [
        '<tr><td>a</td><td colspan="3">b</td></tr>',
        '<tr><td rowspan="2">a</td></tr>',
        '<tr><td>a</td><td rowspan="2">b</td></tr><tr><td colspan="2">c</td></tr>',
        '<tr><td colspan="0">a</td></tr>',
        '<tr><td colspan="99999">a</td></tr>',
        "".join('<tr><td colspan="999">a</td></tr>' for _ in range(60)),
    ],
)
def test_spans_that_make_no_grid_are_left_out(rows: str) -> None:
    plain = re.sub(r' (col|row)span="\d+"', "", rows)
    table = "<table><tbody>{}</tbody></table>"
    assert fit_content_model(table.format(rows)) == table.format(plain)


def test_an_element_that_is_too_deep_loses_its_tags_and_no_text() -> None:
    html = "<blockquote>" * 3000 + "deep" + "</blockquote>" * 3000
    fitted = fit_content_model(html)
    assert text_of(fitted) == "deep"
    assert 10 < fitted.count("<blockquote>") < 100


@pytest.mark.parametrize("seed", range(300))
def test_no_text_is_lost_and_corrected_html_is_stable(seed: int) -> None:
    html = sanitized(soup(seed), BASE)
    fitted = fit_content_model(html)
    # A second caption becomes a row, so the order may be another one.
    assert Counter(text_of(fitted)) == Counter(text_of(html))
    assert fit_content_model(fitted) == fitted


def test_bodies_without_tags_are_as_markdown_makes_them() -> None:
    assert body_html("- one\n- two", BASE) == "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
