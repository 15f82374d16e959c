"""Every word of a text is in every form of its event (DESIGN.md, promise 7; SPEC X9)."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from gazette.projections.markup.body import body_html, plain_text
from gazette.renderers.markdown.text import safe_body
from tests.unit.publish.worlds import MORNING, World, document_of

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpus"
PAGE = "https://gazette.example/news/2026/07/4/river-opens.html"
ATOM = "{http://www.w3.org/2005/Atom}"
WORD = re.compile(r"\w+")
# What stands between the words of a soup; none of it may hide the words after it.
NAMES = (
    *("script", "style", "template", "textarea", "title", "xmp", "iframe", "noembed"),
    *("noframes", "plaintext", "svg", "math", "select", "option", "table", "td", "p", "div", "b"),
    *("ul", "li", "dl", "dt", "pre", "a", "video", "audio", "object", "embed", "nothing", "o:p"),
    *("html", "head", "body", "frameset", "frame", "noscript", "details", "button", "h2", "ruby"),
    *("listing", "optgroup", "mi", "annotation-xml", "foreignObject", "TITLE", "sVg", "INPUT"),
)
# Each is opened and closed around words of a sentence.
PAIRS = tuple(
    f"{opened}{{0}}{closed}"
    for name in NAMES
    for opened, closed in (
        (f"<{name}>", f"</{name}>"),
        (f"<{name.upper()} lang='en'>", f"</{name}\n>"),
        (f'<{name} title="a > b"><{name}>', f"</{name}></{name}>"),
        (f"<script><{name}>", f"</{name}></script>"),
        (f"<svg><{name}>", f"</{name}></svg>"),
    )
)
AROUND = (
    "before {} after",
    "# before {} after",
    "- before {} after\n- next",
    "> before {} after",
    "| a | b |\n|---|---|\n| before {} after | next |",
    "before *{}* after",
    "before [{}](https://a.example/) after",
    "before[^1] after\n\n[^1]: note {} end",
    "Term\n: before {} after",
    "<p>before {} after</p><p>next</p>",
    "<table><tr><td>before {} after<td>next</table>",
    "<ul><li>before {} after<li>next</ul>",
    "<h2>before {} after</h2>next",
)
FILTERED = re.compile(rf"<(?=/?(?:{'|'.join(NAMES[:10])})[\s/>])", re.IGNORECASE)
PIECES = st.one_of(
    st.sampled_from(NAMES).map("<{}>".format),
    st.sampled_from(NAMES[10:]).map("</{}>".format),
    st.sampled_from(NAMES).map('<{} title="'.format),
    st.sampled_from(NAMES).map("<{} src=/x data=y>".format),
    st.sampled_from(
        ("\n\n", "\n", "\n- ", "\n# ", "\n> ", "\n    ", "*", "`", "[", "](", "<", "&", '"', "'")
    ),
    st.sampled_from(("<!--", "<?", "<![CDATA[", "<!x ", "\n[^1]: ", "[^1]", "\n: ", "- [ ] ", "|")),
    st.sampled_from(
        ("<!-- x -->", "<?php x ?>", "<![CDATA[ x ]]>", "<!doctype html>", "-->", "]]>")
    ),
)


def words(text: str) -> list[str]:
    return WORD.findall(text)


def shown_words(html: str) -> list[str]:
    """Return the words that a browser shows, those next to images and of links included."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return words(" ".join((*root.itertext(), *map(str, root.xpath("//@alt")))))


def shown_text(html: str) -> str:
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return "".join((*root.itertext(), *map(str, root.xpath("//@alt"))))


def lost(expected: Sequence[str], text: str) -> set[str]:
    """Return the words that a text does not have; inline tags may have joined them to others."""
    return {word for word in set(expected) if word not in text}


def rendered_markdown(markdown: str) -> str:
    """Render a Markdown form with a parser that has none of our extensions."""
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


def forms(site: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Yield every form of an event, and its words."""
    page = PAGE.removeprefix("https://gazette.example/").removesuffix(".html")
    yield "page", shown_words(site[f"{page}.html"].decode().partition("<main")[2])
    yield "Markdown", shown_words(rendered_markdown(site[f"{page}.md"].decode()))
    yield "JSON", words(json.loads(site[f"{page}.json"])["body"])
    entry = etree.fromstring(site[f"{page}.xml"])
    yield "XML", shown_words(entry.findtext(f"{ATOM}content") or "")
    for name in ("feed.atom", "feed.rss"):
        (item,) = feedparser.parse(site[name], sanitize_html=False).entries
        yield name, shown_words(item.content[0].value)
    (item,) = json.loads(site["feed.json"])["items"]
    yield "content_html", shown_words(item["content_html"])
    yield "content_text", words(item["content_text"])


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=25))
def test_no_word_of_a_random_soup_is_lost_in_any_form(pieces: Sequence[str]) -> None:
    body = "".join(f"{piece} word{number} " for number, piece in enumerate(pieces))
    expected = {f"word{number}" for number in range(len(pieces))}
    world = World()
    world.put_raw("a", MORNING, document_of(body=body, topics=["Parser"]))
    world.settle()
    for form, found in forms(world.site()):
        assert expected <= set(found), (form, body)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=40))
def test_no_word_of_a_random_soup_is_lost_in_a_body(pieces: Sequence[str]) -> None:
    body = "".join(f"{piece} word{number} " for number, piece in enumerate(pieces))
    html = body_html(body, PAGE)
    expected = {f"word{number}" for number in range(len(pieces))}
    assert expected <= set(shown_words(html))
    assert expected <= set(words(plain_text(html)))


@pytest.mark.parametrize("around", AROUND)
def test_no_word_within_an_element_in_prose_is_lost(around: str) -> None:
    """What a browser would run, hide or draw is shown as words, wherever it stands."""
    for pair in PAIRS:
        body = f"{around.format(pair.format(' inside '))}\n\nlast"
        written = {"before", "after", "next", "note", "end"} & set(words(body))
        html = body_html(body, PAGE)
        for form in (
            shown_text(html),
            plain_text(html),
            shown_text(rendered_markdown(safe_body(body, PAGE))),
        ):
            assert not lost([*written, "inside", "last"], form), body


def bodies(name: str, every: int) -> Iterator[str]:
    opened = gzip.open if name.endswith(".gz") else open
    with opened(CORPORA / name, "rt", encoding="utf-8") as rows:
        for number, row in enumerate(rows):
            if number % every == 0 and (body := json.loads(row).get("body")):
                yield body.encode("utf-8", "ignore").decode()


def visible_words(body: str) -> list[str]:
    """Return the words of a source that any reader of Markdown shows."""
    html = FILTERED.sub("&lt;", rendered_markdown(body))
    return shown_words(html) if html.strip() else []


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("nasty.jsonl", 1),
        ("small.jsonl", 1),
        ("advisories.jsonl.gz", 1),
        ("multilingual.jsonl.gz", 3),
        ("revisions.jsonl.gz", 30),
    ],
)
def test_no_word_of_a_corpus_is_lost(name: str, every: int) -> None:
    if not (CORPORA / name).exists():
        pytest.skip(f"needs {name}, which is not part of the repository")
    compared = 0
    for body in bodies(name, every):
        expected = visible_words(body)
        html = body_html(body, PAGE)
        for form in (
            shown_text(f"<p>{html}"),
            plain_text(html),
            shown_text(rendered_markdown(f"{safe_body(body, PAGE)}\n\nend")),
        ):
            assert not lost(expected, form), body
        compared += 3 * len(expected)
    print(f"{name}: {compared} words compared, 0 lost")  # noqa: T201 - the figure asked for
    assert compared
