"""How many elements are open at once in HTML of publishers is bounded (SPEC X4)."""

import re

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gazette.projections.markup import nesting
from gazette.projections.markup.body import rendered_body
from gazette.projections.markup.visible import SHOWN, show_hidden

PAGE = "https://e.example/a"
NAMES = [
    *("p", "div", "ul", "li", "dl", "dt", "dd", "table", "tr", "td", "th", "caption", "tbody"),
    *("h2", "h3", "b", "i", "a", "span", "sup", "blockquote", "section", "figure", "pre", "br"),
]
TAGS = st.builds("<{}{}>".format, st.sampled_from(["", "", "/"]), st.sampled_from(NAMES))
ROUNDS = 200


def _depth(html: str) -> int:
    """Return how many elements stand within each other in the output of the sanitiser."""
    deepest = depth = 0
    for end, name in re.findall(r"<(/?)([a-z0-9]+)[^<>]*>", html):
        if name != "br":
            depth += -1 if end else 1
            deepest = max(depth, deepest)
    return deepest


@given(st.lists(TAGS, min_size=1, max_size=8))
@example(["<div>"])
@example(["<span>"])
@example(["<i>"])
@example(["<b>", "<p>", "x"])
@example(["<i>", "<div>", "</i>"])
@example(["<table>", "<td>"])
@example(["<div>", "<table>", "</div>"])
@example(["<ul>", "<li>", "</div>"])
@example(["<li>", "<dd>"])
@example(["<h2>", "<sup>", "<h2>", "</h2>"])
def test_what_a_parser_has_open_is_bounded_however_often_tags_repeat(tags: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nesting, "MAX_OPEN_ELEMENTS", 12)
        patch.setattr(nesting, "MAX_OPEN_FORMATTING", 3)
        # Attributes keep a parser from taking formatting as alike.
        rounds = ("".join(tags).replace("<b>", f'<b title="{n}">') for n in range(ROUNDS))
        shown = show_hidden("".join(rounds), bool)
    parsed = nh3.clean(shown, tags=set(SHOWN), attributes={"b": {"title"}})
    assert _depth(parsed) <= 3 * (12 + 3) < ROUNDS


@pytest.mark.parametrize(
    "unit", ['<b title="{}">', '<i lang="x-{}">', '<a title="{}"><p>', '<strong id="{}"></p>']
)
def test_formatting_that_is_left_open_does_not_multiply(unit: str) -> None:
    """Each of 2,000 paragraphs repeated each of 2,000 elements: a gigabyte for 47 kB."""
    written = "".join(map(unit.format, range(2000))) + "<p>x</p>" * 2000
    assert len(rendered_body(written, PAGE)) < 20 * len(written)


@pytest.mark.parametrize(
    "written",
    [
        "<ul><li>one<li>two</ul>" * 300,
        "<p>a<p>b" * 300,
        "<dl><dt>a<dd>b<dt>c<dd>d</dl>" * 200,
        "<table><tr><td><b>a<td><i>b<tr><th>c</table>" * 200,
        '<a name="x">1 ' * 300,
        "<h3>a</h4>b" * 200,
        "<span>a <sup>b</span>c" * 200,
        "<p><b>bold</p><div><em>x</em></b></div>" * 20,
        "<div>" * 40 + "deep" + "</div>" * 40,
        "<table><tbody><tr><td><table><tr><td>x</table></table>" * 100,
    ],
)
def test_no_tag_that_authors_write_is_left_out(written: str) -> None:
    assert show_hidden(written, bool) == written


def test_words_stay_apart_where_a_tag_is_left_out() -> None:
    html = rendered_body("<div>" * 200 + "one<div>two " + "<span>" * 200 + "th<span>ree", PAGE)
    assert re.sub(r"<[^>]*>", "", html).split() == ["one", "two", "three"]
