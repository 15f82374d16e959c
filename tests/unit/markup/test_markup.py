import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from gazette.models.characters import drop_unprintable
from gazette.models.product import SUMMARY_CHARACTERS
from gazette.projections.markup.body import (
    body_html,
    first_paragraph,
    plain_text,
    rendered_body,
)
from tests.processor_time import timed
from tests.unit.feeds.feeds_examples import hostile_text

PAGE = "https://news.example.org/news/2026/3/1/fox.html"

FORBIDDEN = {"script", "style", "embed", "object", "iframe", "meta", "link", "form", "input"} | {
    *("svg", "math", "template", "base", "button", "video", "audio", "frame", "title", "noscript")
}
ATTACKS = [
    "<script>alert(1)</script>",
    "<style>p { color: red }</style>",
    "<embed src='x'><object data='x'></object><iframe src='x'></iframe>",
    "<meta http-equiv=refresh content=0><link rel=stylesheet href=x><base href='//evil.example'>",
    "<form action='x'><input name='y'><button>z</button></form>",
    "<p onclick='alert(1)' style='color: red' id='x' class='y'>z</p>",
    "<img src='x' onerror='alert(1)'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a><img src='data:image/png;base64,x'>",
    "<a href='vbscript:x'>x</a><a href='file:///etc/passwd'>x</a>",
    "[x](javascript:alert(1)) ![x](data:image/svg+xml,x)",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg><math><mi xlink:href='data:x'></math>",
    "<blockquote cite='javascript:x'>y</blockquote><q cite='data:x'>z</q>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p title='<script>alert(1)</script>'>x</p>",
    "<!-- <script>alert(1)</script> -->",
    "<video src='x'></video><audio src='x'></audio><template><script>x</script></template>",
]


def elements(html: str) -> list[lxml_html.HtmlElement]:
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return [element for element in root.iterdescendants() if isinstance(element.tag, str)]


def addresses(html: str) -> list[str]:
    named = ("href", "src", "cite", "action", "data", "poster", "background")
    return [value for e in elements(html) for name, value in e.items() if name in named]


def assert_harmless(html: str) -> None:
    """SPEC X4, X5."""
    for element in elements(html):
        assert element.tag not in FORBIDDEN
        for name in element.keys():  # noqa: SIM118 - an element iterates over its children
            assert not name.startswith("on")
            assert name not in {"style", "class", "target", "srcset"}
            # The ids of a text cannot be those of the page around it.
            assert name != "id" or element.get("id", "").startswith("text-")
    for address in addresses(html):
        assert urlsplit(address).scheme in {"http", "https", "mailto", "tel"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_body_runs_or_embeds(attack: str) -> None:
    """SPEC X5."""
    html = body_html(f"Before\n\n{attack}\n\nafter", PAGE)
    assert_harmless(html)
    assert plain_text(html).startswith("Before")


@given(text=st.one_of(hostile_text, st.lists(st.sampled_from(ATTACKS)).map("".join)))
def test_no_text_is_dangerous(text: str) -> None:
    html = body_html(text.encode("utf-8", "replace").decode(), PAGE)
    assert_harmless(html)
    assert html == rendered_body(text.encode("utf-8", "replace").decode(), PAGE)


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("/about", "https://news.example.org/about"),
        ("/2/x?a=1&b=2", "https://news.example.org/2/x?a=1&b=2"),
        ("//other.example/x", "https://other.example/x"),
        ("#top", f"{PAGE}#top"),
        ("HTTPS://Other.Example", "https://other.example/"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("https://straße.example/b", "https://xn--strae-oqa.example/b"),
        ("https://κλαρα-σωλις.example/", "https://xn----ylba7abgd9bnh0e.example/"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
    ],
)
def test_every_address_is_absolute_and_canonical(written: str, published: str) -> None:
    """SPEC X4."""
    assert addresses(body_html(f"[x]({written})", PAGE)) == [published]
    assert addresses(body_html(f'<a href="{written}">x</a>', PAGE)) == [published]


@pytest.mark.parametrize(
    "written", ["http://[bad", "http:x", "https://a.example:99999/", "ftp://a"]
)
def test_a_broken_link_stays_as_text(written: str) -> None:
    html = body_html(f'<a href="{written}">the text</a>', PAGE)
    assert addresses(html) == []
    assert plain_text(html) == "the text"


def test_a_link_carries_no_rel() -> None:
    html = body_html('<a href="/x" rel="nofollow" target="_blank">x</a>', PAGE)
    assert html == '<p><a href="https://news.example.org/x">x</a></p>'


def test_commonmark_with_tables_and_strikethrough_is_read() -> None:
    html = body_html("*a* **b** ~~c~~ `d`\n\n|e|f|\n|-|-|\n|g|h|\n\n- i\n\n> j\n\n1. k", PAGE)
    tags = {element.tag for element in elements(html)}
    assert tags >= {"em", "strong", "s", "code", "table", "th", "td", "ul", "ol", "blockquote"}


def test_headings_stay_below_those_of_the_page() -> None:
    html = body_html("# one\n\n## two\n\n### three\n\n#### four\n\n<h1>five</h1>", PAGE)
    assert [(e.tag, e.text) for e in elements(html)] == [
        ("h3", "one"),
        ("h4", "two"),
        ("h5", "three"),
        ("h6", "four"),
        ("h3", "five"),
    ]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("![fox](//a.example/a.jpg)", '<img src="https://a.example/a.jpg" alt="fox">'),
        ('<img src="/image/a.jpg">', '<img src="https://news.example.org/image/a.jpg" alt="">'),
        ('<img src="mailto:a@b.example" alt="a &quot;b&quot;">', "a &quot;b&quot;"),
        ('<img src="data:x">', ""),
    ],
)
def test_an_image_has_an_alternative_text_or_is_one(written: str, published: str) -> None:
    assert body_html(f"x {written} y", PAGE) == f"<p>x {published} y</p>"


def test_attributes_have_values_that_html_knows() -> None:
    html = body_html(
        '<p lang="EN-gb" dir="rtl">a</p><p lang="?" dir="up">b</p>'
        '<img src="/image/a" alt="" width="100%" height="20"><ol start="x"><li>c</li></ol>',
        PAGE,
    )
    assert [dict(element.items()) for element in elements(html)] == [
        {"lang": "en-GB", "dir": "rtl"},
        {},
        {"src": "https://news.example.org/image/a", "alt": "", "height": "20"},
        {},
        {},
    ]


def test_plain_text_keeps_paragraphs_and_decodes_once() -> None:
    written = "# A &amp;amp; B\n\none\ntwo <5 \\<b>\n\n- x\n- y\n\n|a|b|\n|-|-|\n|c|d|"
    text = "A &amp; B\n\none two <5 <b>\n\nx\n\ny\n\na b\n\nc d"
    assert plain_text(body_html(written, PAGE)) == text


def test_plain_text_is_not_fooled_by_a_tag_in_an_attribute() -> None:
    assert plain_text(body_html('<b title="&lt;/b> > &lt;i">x</b>', PAGE)) == "x"


def test_the_first_paragraph_is_the_first_with_text() -> None:
    html = body_html("# Title\n\n![](a.jpg)\n\nThe *first* words.\n\nMore.", PAGE)
    assert first_paragraph(html) == "The first words."


def test_the_first_paragraph_is_cut_at_a_word() -> None:
    text = first_paragraph(body_html("word " * 200, PAGE))
    assert len(text) <= SUMMARY_CHARACTERS
    assert text.endswith("word…")


@pytest.mark.parametrize("body", ["", "# Only a title", "![](data:x)"])
def test_a_text_without_a_paragraph_has_no_first_one(body: str) -> None:
    assert first_paragraph(body_html(body, PAGE)) in {"", "![](data:x)"}


MEBIBYTE = 1024 * 1024
PATHOLOGICAL = {
    "brackets": "[" * 50_000,
    "images": "![" * 24_000,
    "references": "[a][" * 12_000,
    "quotes": ">" * 10_000,
    "emphasis": "*a " * 50_000,
    "lists": "".join(f"{'  ' * depth}- a\n" for depth in range(1000)),
    "bullets": "- " * 100_000,
    "table": ("|a|b|\n|-|-|\n" + "|x|y|\n" * 180_000)[:MEBIBYTE],
    "backticks": "".join("`" * length + " " for length in range(1, 1400)),
    "ampersands": "&" * MEBIBYTE,
    "open elements": "<div>" * 20_000,
    "open lists": "<ul><li>" * 10_000,
    "comments": "<!--" * 250_000,
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_body_takes_long(name: str) -> None:
    """Unbounded, the worst of these take half a minute."""
    with timed() as taken:
        html = rendered_body(PATHOLOGICAL[name], PAGE)
        plain_text(html)
        first_paragraph(html)
    assert taken.seconds < 10


def test_text_of_more_marks_than_prose_is_shown_as_it_was_written() -> None:
    written = "<b>one</b>\n\n" + "[" * 50_000
    html = body_html(written, PAGE)
    assert html == f"<p>&lt;b&gt;one&lt;/b&gt;</p>\n<p>{'[' * 50_000}</p>"
    assert plain_text(html) == written


def test_prose_of_the_largest_size_is_read_as_markdown() -> None:
    paragraph = "Some *plain* text of an [event](https://e.example/a) with words. " * 40 + "\n\n"
    html = body_html(paragraph * (MEBIBYTE // len(paragraph)), PAGE)
    assert len(re.findall("<em>plain</em>", html)) > 10_000


def test_a_body_shown_in_many_feeds_is_rendered_once() -> None:
    body = "Some *words* that no other test has."
    assert body_html(body, PAGE) is body_html(body, PAGE)
    assert body_html(body, PAGE) is not body_html(body, f"{PAGE}?")


@pytest.mark.parametrize("body", ["a&#1;b", "a&#x1f;b", "<p>a&#xFFFE;b</p>", "<i>a&#x8;</i>b"])
def test_a_character_reference_makes_nothing_that_xml_cannot_hold(body: str) -> None:
    """SPEC X2."""
    html = body_html(body, PAGE)
    assert html == drop_unprintable(html)
    assert etree.fromstring(f"<div>{html}</div>") is not None
