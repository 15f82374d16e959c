"""A folder of Jekyll, Hugo or Eleventy becomes events whose key is the path of a file."""

import pytest

from tests.cli.importers.imports import Importer
from tests.unit.images.image_files import PNG

JEKYLL = """---
title: "The bridge: opens"
date: 2019-05-03 22:00:00 -0500
last_modified_at: 2019-06-01
categories: [Harbour]
tags: ferries boats
author: R. Moss
excerpt: It opens.
redirect_from: /old/bridge/
---
The *bridge* opens.

{% highlight ruby %}
x = 1
{% endhighlight %}
"""
HUGO = """+++
title = "Brücke"
date = 2020-01-02T10:00:00Z
lastmod = 2020-02-02
tags = ["Hafen"]
authors = ["A", "B"]
aliases = ["/alt/"]
slug = "die-bruecke"
[cover]
image = "b.png"
alt = "Die Brücke"
+++
Text ![b](b.png) und [mehr](https://a.example/).
"""


def test_a_post_of_jekyll_keeps_its_fields(importer: Importer) -> None:
    importer.file("blog/_posts/2019-05-03-bridge.md", JEKYLL)
    found = importer.run("markdown", importer.folder / "blog", "--permalink", "/:year/:title/")
    assert (found.status, found.remarks) == (0, [])
    assert found.documents == {
        "2019-05-03-bridge": {
            "title": "The bridge: opens",
            "date": "2019-05-03",
            "topics": ["Harbour", "ferries", "boats"],
            "summary": "It opens.",
            "body": "The *bridge* opens.\n\n```ruby\nx = 1\n```",
            "byline": ["R. Moss"],
            "published": "2019-05-04T03:00:00Z",
            "modified": "2019-06-01T00:00:00Z",
            "aliases": ["/2019/bridge/", "/old/bridge/"],
        }
    }


def test_a_page_of_hugo_has_its_language_and_its_images(importer: Importer) -> None:
    importer.file("site/posts/bridge/index.de.md", HUGO)
    importer.file("site/posts/bridge/b.png", PNG)
    found = importer.run("markdown", importer.folder / "site", "--images")
    assert (found.status, found.remarks) == (0, [])
    assert found.documents["posts/bridge.de"] == {
        "title": "Brücke",
        "date": "2020-01-02",
        "topics": ["Hafen"],
        "body": "Text ![b](images/posts/bridge/b.png) und [mehr](https://a.example/).",
        "image": {"key": "images/posts/bridge/b.png", "alt": "Die Brücke"},
        "language": "de",
        "byline": ["A", "B"],
        "published": "2020-01-02T10:00:00Z",
        "modified": "2020-02-02T00:00:00Z",
        "slug": "die-bruecke",
        "aliases": ["/alt/"],
    }
    assert (importer.out / "images/posts/bridge/b.png").read_bytes() == PNG


def test_images_are_found_from_the_root_and_in_static(importer: Importer) -> None:
    importer.file("site/static/img/a b.png", PNG)
    importer.file(
        "site/content/x.md",
        '---\ndate: 2020-01-02\ntitle: X\n---\n![A](/img/a%20b.png "T") <img src="/img/a%20b.png">',
    )
    found = importer.run("markdown", importer.folder / "site", "--images")
    (image,) = (importer.out / "images").iterdir()
    key = f"images/{image.name}"
    assert found.only["body"] == f'![A]({key} "T") <img src="{key}">'
    assert found.remarks == []


@pytest.mark.parametrize("path", ["../secret.png", "/../secret.png", "/etc/secret.png", "none.png"])
def test_no_image_outside_of_the_folder_is_copied(importer: Importer, path: str) -> None:
    importer.file("secret.png", PNG)
    importer.file("site/x.md", f"---\ndate: 2020-01-02\ntitle: X\n---\n![A]({path})")
    found = importer.run("markdown", importer.folder / "site", "--images")
    assert not (importer.out / "images").exists()
    assert found.only["body"] == f"![A]({path})"
    assert path in found.remarks[0]


def test_what_is_no_post_is_listed_with_its_reason(importer: Importer) -> None:
    importer.file("blog/draft.md", "---\ntitle: D\ndate: 2020-01-02\ndraft: true\n---\nx")
    importer.file("blog/hidden.md", "---\ntitle: D\ndate: 2020-01-02\npublished: false\n---\nx")
    importer.file("blog/README.md", "About this folder")
    importer.file("blog/_drafts/x.md", "x")
    importer.file("blog/.hidden/x.md", "x")
    good = importer.file("blog/good.md", "---\ndate: 2020-01-02\n---\n# Title #\n\nText")
    found = importer.run("markdown", importer.folder / "blog")
    assert found.status == 0
    assert found.only == {
        "title": "Title",
        "date": "2020-01-02",
        "body": "Text",
        "published": "2020-01-02T00:00:00Z",
        "modified": "2020-01-02T00:00:00Z",
    }
    assert len(found.said("skipped")) == 3
    assert good.name == "good.md"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"---\ntitle: [\n---\nx", "front matter: cannot be read"),
        (b"+++\ntitle\n+++\nx", "front matter: cannot be read"),
        (b'{\n"a": }\nx', "front matter: cannot be read"),
        (b"---\n- a\n---\nx", "front matter: has no named fields"),
        (b"---\ntitle: \xff\n---\nx", "document: is not in UTF-8"),
        (b"---\ntitle: No date\n---\nx", "date: is missing"),
        (b"---\ndate: 2020-01-02\n---\n", "title: is missing"),
    ],
)
def test_a_page_that_cannot_be_read_is_left_out_with_what_to_do(
    importer: Importer, text: bytes, reason: str
) -> None:
    importer.file("blog/bad.md", text)
    importer.file("blog/good.md", '{\n"title": "Good", "date": "2020-01-02"}\nText')
    found = importer.run("markdown", importer.folder / "blog")
    assert found.status == 1
    assert [*found.documents] == ["good"]
    (said,) = found.said("left out")
    assert said.startswith(reason)
    assert f"bad.md: {reason}" in found.error


def test_code_of_templates_is_text_with_a_remark(importer: Importer) -> None:
    text = '---\ntitle: X\ndate: 2020-01-02\n---\n{{ site.baseurl }}/a {{< figure src="a" >}}'
    importer.file("blog/x.md", text)
    found = importer.run("markdown", importer.folder / "blog")
    assert found.only["body"] == '/a {{< figure src="a" >}}'
    assert "template" in found.remarks[0]


def test_a_folder_without_markdown_is_misuse(importer: Importer) -> None:
    importer.file("blog/x.txt", "x")
    for source in ("blog", "none"):
        found = importer.run("markdown", importer.folder / source)
        assert (found.status, found.results) == (2, [])
        assert source in found.error


def test_two_files_of_one_id_are_not_mixed(importer: Importer) -> None:
    for name in ("a.md", "a/index.md"):
        importer.file(f"blog/{name}", f"---\ntitle: {name}\ndate: 2020-01-02\n---\n")
    found = importer.run("markdown", importer.folder / "blog")
    assert found.status == 1
    assert [*found.documents] == ["a"]
    assert "is that of a" in found.said("left out")[0]
