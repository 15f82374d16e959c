"""An export of WordPress becomes events with the ids, addresses and texts that its readers know."""

import pytest

from gazette_cli.importers.html_bodies import visible_text
from gazette_cli.importers.kinds.wordpress_html import post_html
from tests.cli.importers.imports import Importer

CONTENT = """First *line* of <b>text</b>
second line

<h2>Head</h2>
<ul>
<li>one</li>

<li>two</li>
</ul>
<blockquote>quote

more</blockquote>
[caption id="x" align="left"]<a href="/u/a.jpg"><img src="/u/a.jpg" alt="A" /></a> Caption[/caption]

[embed]https://video.example/1[/embed]

[gallery ids="1,2"] and [sic] and [1]

<hr />
<pre>a

b</pre>
last<!--more--> words"""


def item(number: int, kind: str = "post", status: str = "publish", more: str = "") -> str:
    return f"""<item><title><![CDATA[Bridge &amp; ferry {number}]]></title>
    <link>https://post.example/2019/05/bridge-{number}/</link><dc:creator>rm</dc:creator>
    <guid isPermaLink="false">https://post.example/?p={number}</guid>
    <content:encoded><![CDATA[{CONTENT}]]></content:encoded>
    <excerpt:encoded><![CDATA[An <i>excerpt</i>.]]></excerpt:encoded>
    <wp:post_id>{number}</wp:post_id><wp:post_date>2019-05-04 01:00:00</wp:post_date>
    <wp:post_date_gmt>2019-05-03 23:00:00</wp:post_date_gmt>
    <wp:post_modified_gmt>2019-06-03 08:00:00</wp:post_modified_gmt>
    <wp:post_name>br%C3%BCcke</wp:post_name>
    <wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"""


def export(*items: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
    <rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
    <channel><title>Post</title><link>https://post.example</link><language>en_GB</language>
    <wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_login>rm</wp:author_login>
    <wp:author_display_name>R. Moss</wp:author_display_name></wp:author>
    {"".join(items)}</channel></rss>"""


FEATURED = """<category domain="category" nicename="harbour">Harbour</category>
<category domain="category" nicename="uncategorized">Uncategorized</category>
<category domain="post_tag" nicename="f">Ferries</category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>
"""
PROTECTED = "<wp:post_password>x</wp:post_password>"
FILE = """<item><title>File</title><wp:post_id>9</wp:post_id><wp:post_type>attachment</wp:post_type>
<wp:attachment_url>https://post.example/u/b.jpg</wp:attachment_url><wp:postmeta><wp:meta_key>
_wp_attachment_image_alt</wp:meta_key><wp:meta_value>A bridge</wp:meta_value></wp:postmeta></item>
""".replace("<wp:meta_key>\n", "<wp:meta_key>")


def test_a_post_keeps_its_fields_and_its_words(importer: Importer) -> None:
    file = importer.file("wp.xml", export(item(7, more=FEATURED), FILE))
    found = importer.run("wordpress", file)
    assert found.status == 0
    ((event_id, document),) = found.documents.items()
    assert event_id.startswith("post-example-p-7-")
    body = document.pop("body")
    assert document == {
        "title": "Bridge & ferry 7",
        "date": "2019-05-04",
        "topics": ["Harbour", "Ferries"],
        "summary": "An excerpt.",
        "image": {"url": "https://post.example/u/b.jpg", "alt": "A bridge"},
        "language": "en-GB",
        "byline": "R. Moss",
        "published": "2019-05-03T23:00:00Z",
        "modified": "2019-06-03T08:00:00Z",
        "slug": "brücke",
        "guid": "https://post.example/?p=7",
        "aliases": ["https://post.example/2019/05/bridge-7/"],
    }
    assert visible_text(body).split("\n\n") == [
        *(
            "First *line* of text second line",
            "Head",
            "one",
            "two",
            "quote",
            "more",
            "A",
            "Caption",
        ),
        *(
            "https://video.example/1",
            '[gallery ids="1,2"] and [sic] and [1]',
            "a",
            "b",
            "last words",
        ),
    ]
    assert found.remarks == ['body: [gallery ids="1,2"] is shown as text']


def test_blank_lines_make_paragraphs_only_where_wordpress_makes_them() -> None:
    html = post_html(CONTENT)
    assert "<p>First *line* of <b>text</b><br>\nsecond line</p>" in html
    assert "<p>Head" not in html
    assert "<p>one" not in html
    assert "<p>quote</p>" in html
    assert "<pre>a\n\nb</pre>" in html
    assert post_html("<!-- wp:paragraph --><p>a</p>\n\n<!-- /wp:paragraph -->") == "<p>a</p>\n\n"


def test_what_the_site_does_not_show_is_skipped_and_listed(importer: Importer) -> None:
    others = [item(n, status=status) for n, status in enumerate(("draft", "private", "trash"))]
    page = item(8, "page")
    file = importer.file("wp.xml", export(item(7), page, item(6, "nav_menu_item"), *others))
    found = importer.run("wordpress", file)
    assert (found.status, len(found.documents), len(found.said("skipped"))) == (0, 1, 4)
    assert "skipped" in found.error
    with_pages = importer.run("wordpress", file, "--pages")
    assert (len(with_pages.documents), len(with_pages.said("skipped"))) == (2, 3)
    file = importer.file("wp.xml", export(item(9, more=PROTECTED)))
    assert "password" in importer.run("wordpress", file).said("skipped")[0]


def test_a_control_character_in_an_old_post_is_dropped(importer: Importer) -> None:
    file = importer.file("wp.xml", export(item(7)).replace("Head", "He\x0bad"))
    assert "<h2>Head" in importer.run("wordpress", file).only["body"].replace("\n", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"<rss><channel>", "is no XML"),
        (b"<rss><channel><item/></channel></rss>", "is no export of WordPress"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>', "document type"),
    ],
)
def test_what_is_no_export_is_misuse(importer: Importer, text: bytes, reason: str) -> None:
    found = importer.run("wordpress", importer.file("wp.xml", text))
    assert (found.status, found.results) == (2, [])
    assert reason in found.error


def test_an_entity_reads_no_file(importer: Importer) -> None:
    importer.file("secret", "SECRET")
    declared = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{importer.folder}/secret">]>'
    text = export(item(7)).replace("<rss", f"{declared}<rss", 1).replace("Head", "]]>&a;<![CDATA[")
    found = importer.run("wordpress", importer.file("wp.xml", text))
    assert (found.status, found.documents) == (2, {})


def test_a_post_without_a_date_is_left_out(importer: Importer) -> None:
    text = export(item(7)).replace("2019-05-0", "0000-00-0")
    found = importer.run("wordpress", importer.file("wp.xml", text))
    assert found.status == 1
    assert found.said("left out") == ["date: is missing; set one in WordPress"]
