"""With --images, the images of a text are fetched into images/, and the text leads there."""

from gazette_cli.importers.html_bodies import html_body
from tests.cli.importers.imports import Importer
from tests.cli.importers.web import Answer, web
from tests.unit.images.image_files import PNG


def feed(address: str, body: str) -> str:
    return f"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>
    <title>T</title><link>{address}/</link><item><guid>1</guid><title>A</title>
    <pubDate>Fri, 03 May 2019 10:00:00 GMT</pubDate><media:content url="{address}/lead.png"/>
    <description><![CDATA[{body}]]></description></item></channel></rss>"""


def test_images_of_the_web_are_fetched_once_and_named_by_their_address(importer: Importer) -> None:
    answers = {f"/{name}": Answer(PNG) for name in ("a.png", "b?x=1&y=2", "lead.png")}
    with web(answers) as address:
        body = '<p><img src="/a.png"> <img src="/a.png"> <img alt="B" src="/b?x=1&amp;y=2"></p>'
        file = importer.file("feed.xml", feed(address, body))
        found = importer.run("feed", file, "--images")
        assert (found.status, found.remarks) == (0, [])
        answers.clear()
        again = importer.run("feed", file, "--images")
    assert [one["result"] for one in again.results] == ["unchanged"]
    names = sorted(image.name for image in (importer.out / "images").iterdir())
    assert len(names) == 3
    document = found.only
    assert document["image"]["key"].removeprefix("images/") in names
    assert "http" not in document["body"]
    assert all(f'src="images/{name}"' in document["body"] for name in names if "lead" not in name)


def test_addresses_in_html_become_absolute_where_they_are_some() -> None:
    html = '<a href=/a>A</a> <a href="#b">B</a> <img src=\'//[\'> <a href="mailto:a@b.example">'
    whole = html_body(html, "https://a.example/x/")
    assert '<a href="https://a.example/a">A</a> <a href="#b">B</a>' in whole
    assert "<img src='//['>" in whole
    assert 'href="mailto:a@b.example"' in whole
    assert "<a href=/a>" in html_body(html)


def test_images_of_a_folder_that_are_no_images_stay_where_they_are(importer: Importer) -> None:
    """What has the name of an image may be a text, or a secret."""
    importer.file("site/a.png", b"no image")
    importer.file("site/b.txt", b"no image")
    importer.file("site/c/x", b"")
    text = "![a](a.png) ![b](b.txt) ![c](c) ![d](//[) ![e](data:,e)"
    importer.file("site/x.md", f"---\ndate: 2020-01-02\ntitle: X\n---\n{text}")
    found = importer.run("markdown", importer.folder / "site", "--images")
    assert found.only["body"] == text
    assert not (importer.out / "images").exists()
    assert any("a.png" in remark for remark in found.remarks)
    assert any("b.txt" in remark for remark in found.remarks)


def test_an_image_that_cannot_be_fetched_stays_where_it_is(importer: Importer) -> None:
    answers = {"/a.png": Answer(b"<html>"), "/lead.png": Answer(status=404)}
    with web(answers) as address:
        file = importer.file("feed.xml", feed(address, '<img src="/a.png">'))
        found = importer.run("feed", file, "--images")
        assert found.only["image"]["url"] == f"{address}/lead.png"
        assert f'src="{address}/a.png"' in found.only["body"]
    assert [remark.partition(":")[0] for remark in found.remarks] == ["body", "image"]
    assert "404" in found.remarks[1]
    assert not (importer.out / "images").exists()
