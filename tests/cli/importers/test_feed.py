"""A feed and its archive become events, in RSS, Atom and JSON Feed, from a file or an address."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from gazette_cli.importers.draft import ImportOptions, LeftOut
from gazette_cli.importers.html_bodies import visible_text
from gazette_cli.importers.kinds.feed import read_feed
from tests.cli.importers.imports import Importer
from tests.cli.importers.web import Answer, web

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Post</title><link>https://post.example/</link><description>d</description>
<language>en_US</language><item><title>It&amp;#8217;s *open* &lt;b&gt;</title>
<link>https://post.example/2019/05/bridge/</link>
<guid isPermaLink="false">https://post.example/?p=1</guid>
<pubDate>Fri, 03 May 2019 23:30:00 -0500</pubDate><dc:creator>R. Moss</dc:creator>
<category>Harbour</category><category>Harbour</category>
<description>Short &amp;amp; plain.</description>
<enclosure url="https://post.example/a.mp3" type="audio/mpeg" length="7"/>
<media:content url="https://post.example/m.png" medium="image"/>
<content:encoded><![CDATA[<p>The *bridge* opens.</p>

    <p>Indented _text_ <img src="/img/a.png?x=1&amp;y=2"></p><pre>a

  b</pre>]]></content:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://post.example/x/">
<id>urn:x</id><title>Post</title><updated>2019-05-04T00:00:00Z</updated>
<author><name>Post</name></author><link href="https://post.example/"/>
<entry><id>urn:x:1</id><title type="html">A &amp;amp; &lt;i>B&lt;/i></title>
<published>2019-05-03T10:00:00+02:00</published><updated>2019-05-04T10:00:00+02:00</updated>
<author><name>R. Moss</name></author><category term="h" label="Harbour"/>
<link href="https://other.example/a"/><link rel="via" title="Via" href="https://via.example/"/>
<summary>1 &lt; 2</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text <b>bold</b></p></div>
</content>
</entry></feed>"""
JSON: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Post",
    "home_page_url": "https://post.example/",
    "language": "en",
    "authors": [{"name": "Post"}],
    "items": [
        {
            "id": 7,
            "url": "https://post.example/a/",
            "external_url": "https://other.example/",
            "title": "A <b>",
            "content_text": "One *line*\ntwo\n\nthree <b>",
            "date_published": "2019-05-03T10:00:00Z",
            "date_modified": "2019-05-04T10:00:00Z",
            "tags": ["Harbour"],
            "image": "https://post.example/a.png",
            "attachments": [{"url": "https://post.example/a.mp3", "mime_type": "audio/mpeg"}],
        },
        "no object",
    ],
}


def test_rss_keeps_its_fields(importer: Importer) -> None:
    found = importer.run("feed", importer.file("feed.xml", RSS))
    assert (found.status, found.remarks) == (0, [])
    document = dict(found.only)
    body = document.pop("body")
    assert document == {
        "title": "It\N{RIGHT SINGLE QUOTATION MARK}s *open* <b>",
        "date": "2019-05-03",
        "topics": ["Harbour"],
        "summary": "Short & plain.",
        "attachments": [
            {
                "title": "a.mp3",
                "url": "https://post.example/a.mp3",
                "type": "audio/mpeg",
                "length": 7,
            }
        ],
        "image": {
            "url": "https://post.example/m.png",
            "alt": "It\N{RIGHT SINGLE QUOTATION MARK}s *open* <b>",
        },
        "language": "en-US",
        "byline": ["R. Moss"],
        "published": "2019-05-04T04:30:00Z",
        "modified": "2019-05-04T04:30:00Z",
        "guid": "https://post.example/?p=1",
        "aliases": ["https://post.example/2019/05/bridge/"],
    }
    assert visible_text(body).split() == [
        "The",
        "*bridge*",
        "opens.",
        "Indented",
        "_text_",
        "a",
        "b",
    ]
    assert "<pre>a&#10;\n  b</pre>" in body
    assert "https://post.example/img/a.png?x=1&amp;y=2" in body


def test_atom_keeps_its_fields(importer: Importer) -> None:
    found = importer.run("feed", importer.file("feed.xml", ATOM))
    assert (found.status, found.remarks) == (0, [])
    assert found.only == {
        "title": "A & B",
        "date": "2019-05-03",
        "topics": ["Harbour"],
        "summary": "1 < 2",
        "body": "<div>\n<p>Text <b>bold</b></p>\n</div>",
        "sources": [
            {"url": "https://other.example/a"},
            {"url": "https://via.example/", "title": "Via"},
        ],
        "language": "de",
        "byline": ["R. Moss"],
        "published": "2019-05-03T08:00:00Z",
        "modified": "2019-05-04T08:00:00Z",
        "guid": "urn:x:1",
    }


def test_json_feed_keeps_its_fields(importer: Importer) -> None:
    found = importer.run("feed", importer.file("feed.json", json.dumps(JSON)))
    assert (found.status, found.said("left out")) == (1, ["items: is no object; correct the feed"])
    assert found.only == {
        "title": "A <b>",
        "date": "2019-05-03",
        "topics": ["Harbour"],
        "body": "<p>One *line*<br>\ntwo</p>\n\n<p>three &lt;b&gt;</p>",
        "sources": [{"url": "https://other.example/"}],
        "attachments": [
            {"title": "a.mp3", "url": "https://post.example/a.mp3", "type": "audio/mpeg"}
        ],
        "image": {"url": "https://post.example/a.png", "alt": "A <b>"},
        "language": "en",
        "published": "2019-05-03T10:00:00Z",
        "modified": "2019-05-04T10:00:00Z",
        "guid": "7",
        "aliases": ["https://post.example/a/"],
    }


def atom(*names: str, older: str = "") -> bytes:
    entries = "".join(
        f"<entry><id>urn:x:{name}</id><title>{name}</title>"
        f"<updated>2019-05-03T10:00:00Z</updated></entry>"
        for name in names
    )
    link = f'<link rel="prev-archive" href="{older}"/>' if older else ""
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{link}{entries}</feed>'
    return feed.encode()


def json_feed(*names: str, older: str = "") -> bytes:
    items = [{"id": n, "title": n, "date_published": "2019-05-03T10:00:00Z"} for n in names]
    feed = {"version": JSON["version"], "items": items}
    return json.dumps(feed | ({"next_url": older} if older else {})).encode()


@pytest.mark.parametrize("written", [atom, json_feed])
def test_the_archive_of_an_address_is_followed_and_no_entry_comes_twice(
    importer: Importer, written: Callable[..., bytes]
) -> None:
    answers = {
        "/moved": Answer(status=302, location="/feeds/feed"),
        "/feeds/feed": Answer(written("c", "b", older="2")),
        "/feeds/2": Answer(gzip.compress(written("b", "a", older="/feeds/3"))),
        "/feeds/3": Answer(written("z", older="feed")),
    }
    with web(answers) as address:
        found = importer.run("feed", f"{address}/moved")
    assert found.status == 0
    assert [one["source"] for one in found.results] == [f'entry "{n}"' for n in "cbaz"]


def test_the_archive_next_to_a_file_is_followed(importer: Importer) -> None:
    file = importer.file("a/feed.atom", atom("b", older="2.atom"))
    importer.file("a/2.atom", atom("a", older="../secret.atom"))
    importer.file("secret.atom", atom("secret"))
    found = importer.run("feed", file)
    assert (found.status, len(found.documents)) == (1, 2)
    assert "are not read from the web for a file" in found.said("left out")[0]


@pytest.mark.parametrize(
    ("older", "answer", "reason"),
    [
        ("https://other.example/2", Answer(), "another host"),
        ("file:///etc/passwd", Answer(), "another host"),
        ("/2", Answer(status=404), "is answered by 404"),
        ("/2", Answer(b"<html/>"), "is no feed"),
        ("/2", Answer(status=302, location="ftp://a.example/"), "no http(s) address"),
        ("/2", Answer(status=302, location="file:///etc/passwd"), "no http(s) address"),
    ],
)
def test_an_archive_that_cannot_be_read_is_left_out_and_the_rest_imported(
    importer: Importer, older: str, answer: Answer, reason: str
) -> None:
    with web({"/feed": Answer(atom("a", older=older)), "/2": answer}) as address:
        found = importer.run("feed", f"{address}/feed")
    assert (found.status, len(found.documents)) == (1, 1)
    assert reason in found.said("left out")[0]


def test_an_archive_without_end_is_not_followed_for_ever(importer: Importer) -> None:
    pages = {f"/{n}": Answer(atom(f"{n}", older=f"/{n + 1}")) for n in range(9)}
    with web(pages) as address:
        options = ImportOptions("feed", f"{address}/0", importer.out)
        *found, last = read_feed(options, most=3)
    assert len(found) == 3
    assert isinstance(last, LeftOut)
    assert "are not read after 3 documents" in last.problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"<html><body>x</body></html>", "is no feed"),
        (b"", "is no feed"),
        (b"{", "is no JSON"),
        (b'{"items": []}', "is no JSON Feed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0"/>', "declares entities"),
    ],
)
def test_what_is_no_feed_is_misuse(importer: Importer, text: bytes, reason: str) -> None:
    found = importer.run("feed", importer.file("feed.xml", text))
    assert (found.status, found.results) == (2, [])
    assert reason in found.error


@pytest.mark.parametrize("source", ["none.xml", "http://127.0.0.1:1/feed", "http://[/feed"])
def test_a_source_that_does_not_answer_is_misuse(importer: Importer, source: str) -> None:
    found = importer.run("feed", source)
    assert (found.status, found.results) == (2, [])
    assert source in found.error
    assert "; correct the " in found.error


def test_a_damaged_feed_is_read_as_far_as_possible_and_listed(importer: Importer) -> None:
    damaged = RSS.replace("</item>", "</item><item><title>A & B</item>")
    found = importer.run("feed", importer.file("feed.xml", damaged))
    assert found.status == 1
    assert len(found.documents) == 1
    assert "no well-formed XML" in found.said("left out")[0]


def test_an_entry_without_id_or_date_is_left_out(importer: Importer) -> None:
    text = (
        '<rss version="2.0"><channel><title>T</title><item><title>A</title></item>'
        "<item><guid>x</guid><pubDate>soon</pubDate></item>"
        "<item><link>https://a.example/1</link><pubDate>Fri, 03 May 2019 10:00:00 GMT</pubDate>"
        "<description>Words are here</description></item></channel></rss>"
    )
    found = importer.run("feed", importer.file("feed.xml", text))
    assert [said.partition(":")[0] for said in found.said("left out")] == ["guid", "date"]
    assert (found.only["title"], found.only["guid"]) == ("Words are here", "https://a.example/1")
