"""Anchors, footnotes and bare addresses of a text (SPEC X9, cases 05 and 08)."""

import pytest
from lxml import html as lxml_html

from gazette.projections.markup.body import body_html, plain_text

PAGE = "https://news.example.org/news/2026/3/1/fox.html"


def links(body: str) -> list[tuple[str, str]]:
    root = lxml_html.fragment_fromstring(body_html(body, PAGE), create_parent="div")
    return [(link.text_content(), link.get("href")) for link in root.iter("a") if link.get("href")]


def ids(body: str) -> list[str]:
    root = lxml_html.fromstring(f"<div>{body_html(body, PAGE)}</div>")
    return [found for element in root.iter() if (found := element.get("id"))]


@pytest.mark.parametrize(
    ("link", "target", "anchor"),
    [
        ("#figures", '<h2 id="figures">Figures</h2>', "text-figures"),
        ("#figures", "## Figures", "text-figures"),
        ("#Data-Set", "## Data set!", "text-data-set"),
        ("#über", "## Über", "text-%C3%BCber"),
        ("#a", '<a id="a"></a>\n\ntext', "text-a"),
        ("#a", '<a name="a"></a>Here', "text-a"),
        ("#two-words", '<p id="two words">x</p>', "text-two-words"),
    ],
)
def test_a_link_within_a_text_leads_to_its_target(link: str, target: str, anchor: str) -> None:
    body = f"[to]({link})\n\n{target}"
    assert links(body) == [("to", f"{PAGE}#{anchor}")]
    assert anchor.replace("%C3%BC", "ü") in ids(body)


def test_of_an_anchor_with_id_and_name_the_id_stays_and_of_equal_ones_the_first() -> None:
    assert ids('<a id="a" name="b">x</a> <a name="a">y</a> <a name="b">z</a>') == [
        *("text-a", "text-b"),
    ]
    assert ids('<a name="a" href="https://b.example">x</a>') == ["text-a"]
    assert "name=" not in body_html('<a name="a" id="b">x</a><a name="">y</a>', PAGE)


@pytest.mark.parametrize("anchor", ["difference", "text-a", "b%20c", "%"])
def test_of_a_link_to_no_part_of_the_text_the_words_are_left(anchor: str) -> None:
    body = f"# A\n\n[Look](#{anchor}) <a href='#{anchor}'>there</a>."
    assert links(body) == []
    assert plain_text(body_html(body, PAGE)).split() == ["A", "Look", "there."]


@pytest.mark.parametrize("anchor", ["#top", "#TOP"])
def test_the_top_of_a_page_is_always_there(anchor: str) -> None:
    assert links(f"[Up]({anchor})") == [("Up", f"{PAGE}{anchor}")]


def test_every_anchor_is_there_once() -> None:
    body = "# A\n\n# A\n\n# A\n\n<p id=a>x</p><p id=b>y</p><p id=b>z</p><p id=' '>z</p>\n\n# ?"
    assert sorted(ids(body)) == ["text-a", "text-a-1", "text-a-2", "text-a-3", "text-b"]


@pytest.mark.parametrize(
    ("written", "linked"),
    [
        ("https://a.example/item?id=3", "https://a.example/item?id=3"),
        ("HTTP://a.example", "http://a.example/"),
        ("www.council.example", "https://www.council.example/"),
        ("clerk@council.example", "mailto:clerk@council.example"),
        ("mailto:a.b+c@d.example", "mailto:a.b+c@d.example"),
        ("https://a.example/b_(c)", "https://a.example/b_(c)"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "see {}.", "({})", "*{}*, and", "{}?!", "> {};"])
def test_a_bare_address_is_a_link(written: str, linked: str, around: str) -> None:
    assert links(around.format(written)) == [(written, linked)]


def test_an_address_ends_where_the_sentence_of_another_script_goes_on() -> None:
    assert links("见https://a.example/b\uff0c然后") == [
        ("https://a.example/b", "https://a.example/b")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "`https://a.example`",
        "https://! and www._",
        "https:// and www. and http://. and a@b and @b.example",
        "xhttps://a.example",
        "a@b.example@c",
    ],
)
def test_what_is_no_address_is_no_link(body: str) -> None:
    assert links(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "[https://no.example](https://a.example)",
        "<a href='https://a.example'>see https://no.example</a>",
    ],
)
def test_an_address_within_a_link_is_no_other_link(body: str) -> None:
    assert [address for _, address in links(body)] == ["https://a.example/"]


def test_an_address_after_a_link_is_one() -> None:
    body = "</a> <a href='/x'>x</a> https://a.example <b>y</b>"
    assert [address for _, address in links(body)][1:] == ["https://a.example/"]


def test_a_footnote_is_linked_both_ways() -> None:
    body = "One[^a] and again[^a].\n\n[^a]: The *note*."
    assert links(body) == [
        ("[1]", f"{PAGE}#text-fn1"),
        ("[1]", f"{PAGE}#text-fn1"),
        ("↩\ufe0e", f"{PAGE}#text-fnref1"),
    ]
    assert ids(body) == ["text-fnref1", "text-fn1"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("x[^b] y[^a]\n\n[^a]: one\n[^b]: two", "x[1] y[2] two ↩︎ one ↩︎"),
        ("x\n\n[^a]: nobody refers to it", "x nobody refers to it"),
        ("x[^a]\n\n[^a]: one\n[^a]: other", "x[1] one ↩︎ other"),
        ("x[^a]\n\n[^a]: out\n\n    [^b]: in\n\n    side", "x[1] out side ↩︎ in"),
        ("x[^a]\n\n[^a]:\n    - list", "x[1] list"),
        ("x[^a]\n\n[^a]:", "x[1]"),
        ("x[^none]", "x[^none]"),
    ],
)
def test_every_footnote_is_shown(body: str, shown: str) -> None:
    assert plain_text(body_html(body, PAGE)).split() == shown.split()
