"""Whatever a feed holds, each of its words is in the document that is made of it (SPEC X9)."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape, unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape as xml_escape

from hypothesis import assume, given
from hypothesis import strategies as st

from gazette.models.characters import drop_unprintable
from gazette_cli.importers.draft import ImportOptions, Outcome, Result
from gazette_cli.importers.html_bodies import html_body, text_body, visible_text
from gazette_cli.importers.importing import import_source

# Words, and what Markdown, HTML and XML could take for their own.
ATOMS = st.sampled_from(
    [
        *("word", "Größe", "日本", "x", "1."),
        *("*", "_", "`", "**b**", "~~s~~", "#", "-", "+", ">", "|", "\\", "[a](b)", "![a](b)"),
        *("<", "&", "a<b", "]]>", "'", '"', "{% x %}", "    four", "```", "---", "===", "1)"),
        *("\n", "\n\n", "\t", " ", "\u200b", "\u202e", "\x0b", "\r\n", "http://a.example/"),
    ]
)
TEXT = st.one_of(st.lists(ATOMS, max_size=12).map(" ".join), st.text(max_size=30))
TAGS = st.sampled_from(["p", "div", "b", "i", "h2", "ul", "li", "blockquote", "pre", "x-y", "o:p"])
WORD = re.compile(r"\w+")


def words(text: str) -> str:
    """Return the letters of all words: an element may part a word or not."""
    return "".join(WORD.findall(drop_unprintable(text)))


@st.composite
def html(draw: st.DrawFn) -> tuple[str, str]:
    """Return HTML, and the text in it."""
    parts = draw(st.lists(st.tuples(TAGS, TEXT, TEXT), max_size=4))
    written = "".join(f"{escape(a)}<{tag}>{escape(b)}</{tag}>" for tag, a, b in parts)
    return written, " ".join(f"{a} {b}" for _, a, b in parts)


@given(html())
def test_no_character_of_html_is_read_as_markdown(given_html: tuple[str, str]) -> None:
    written, text = given_html
    assert words(visible_text(html_body(written))) == words(text)


@given(TEXT)
def test_no_character_of_text_is_read_as_markup(text: str) -> None:
    assert words(visible_text(text_body(text))) == words(text)


@contextmanager
def imported(name: str, feed: str) -> Iterator[tuple[list[Outcome], list[dict[str, str]]]]:
    with TemporaryDirectory() as folder:
        file, out = Path(folder) / name, Path(folder) / "out"
        file.write_bytes(feed.encode(errors="surrogatepass"))
        outcomes = list(import_source(ImportOptions("feed", str(file), out)))
        yield outcomes, [json.loads(one.read_bytes()) for one in out.rglob("*.json")]


def rss(title: str, description: str) -> str:
    return (
        '<rss version="2.0"><channel><title>T</title><link>https://a.example/</link><item>'
        f"<guid>1</guid><title>{xml_escape(title)}</title>"
        f"<description>{xml_escape(description)}</description>"
        "<pubDate>Fri, 03 May 2019 10:00:00 GMT</pubDate></item></channel></rss>"
    )


def atom(title: str, content: str) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>'
        f"<title>{xml_escape(title)}</title><updated>2019-05-03T10:00:00Z</updated>"
        f'<content type="html">{xml_escape(content)}</content></entry></feed>'
    )


def json_feed(title: str, content: str) -> str:
    item = {"id": "1", "title": title, "content_html": content, "date_published": "2019-05-03"}
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "items": [item]}, ensure_ascii=False)


@given(TEXT, html(), st.sampled_from([rss, atom, json_feed]))
def test_no_word_of_a_feed_is_lost(
    title: str, content: tuple[str, str], form: Callable[[str, str], str]
) -> None:
    written, text = content
    # XML has no control characters. In RSS, a title with references is decoded twice.
    title, written = f"Title {drop_unprintable(title)}", f"<p>Text</p>{drop_unprintable(written)}"
    assume(form is not rss or unescape(title) == title)
    with imported("feed", form(title, written)) as (outcomes, documents):
        assert [outcome.result for outcome in outcomes] == [Result.NEW]
        (document,) = documents
        assert words(document["title"]) == words(title)
        assert words(visible_text(document["body"])) == words(f"Text {text}")
