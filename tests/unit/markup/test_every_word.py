"""Nothing that a publisher wrote is lost on the way (SPEC X9, X11)."""

import pytest
from lxml import html as lxml_html

from gazette.projections.markup.body import body_html, code_left_out, plain_text
from tests.processor_time import timed

PAGE = "https://news.example.org/news/2026/3/1/fox.html"
# The tags that GFM's filter names.
FILTERED = (
    *("script", "style", "template", "textarea", "title", "xmp", "iframe", "noembed"),
    *("noframes", "plaintext"),
)


def links(html: str) -> list[tuple[str, str]]:
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return [(link.text_content(), link.get("href")) for link in root.iter("a")]


@pytest.mark.parametrize("tag", FILTERED)
@pytest.mark.parametrize(
    "written", ["Before <{0}> after", "<{0}> first", "Only </{0}>", "A `x` <{0}\tclass='y'> b"]
)
def test_a_filtered_tag_is_text_and_what_follows_it_is_there(tag: str, written: str) -> None:
    body = written.format(tag)
    shown = plain_text(body_html(f"{body}\n\n*Second* paragraph", PAGE))
    assert shown.split("\n\n")[-1] == "Second paragraph"
    assert f"{tag}" in shown
    assert shown.split() == f"{body.replace('`', '')} Second paragraph".split()


@pytest.mark.parametrize(
    "written",
    [
        "List<String> is not Vec<T>",
        "cp <path> <your-name> <image-1>",
        "1 < 2 and <3 and < b",
        "<!-- never closed",
        "<? never closed",
        "<![CDATA[ never closed",
        '<p title="never closed>text',
        "<svg> never closed",
        "</nothing> closed",
        "<iframe> without address",
        "<iframe src=javascript:x> without a usable one",
        "<video></video> without address",
    ],
)
def test_what_is_no_tag_or_is_never_closed_is_text(written: str) -> None:
    shown = plain_text(body_html(f"{written}\n\nnext paragraph", PAGE))
    assert shown.split() == f"{written}\n\nnext paragraph".split()


@pytest.mark.parametrize(
    "body",
    [
        "Before\n\n<script>alert(1)</script>\n\nafter",
        "Before\n\n<style type='text/css'>\n\np { color: red }\n\n</style>\n\nafter",
        "<p>Before</p><script>a</script><style>b</style><p>after</p>",
        "<table><tr><td><script>a</script>Before</td></tr></table>after".replace("Before", ""),
        "Before\n\n<svg><defs><style>a</style></defs><path d='M 0'/></svg>\n\nafter",
        "<script>a</script>\n<iframe src='https://a.example/x' title='after'></iframe>",
    ],
)
def test_a_block_of_code_that_stands_alone_is_dropped_and_reported(body: str) -> None:
    assert code_left_out(body)
    assert set(plain_text(body_html(body, PAGE)).split()) <= {"Before", "after"}


@pytest.mark.parametrize(
    "body",
    [
        "The tags <script>x</script> are words",
        "<script>x</script> begins a sentence",
        "<style> opens and </style> closes",
        "<p>In <b><script>x</script></b> bold</p>",
        "The words <script><style>x</style></script> are nested",
        "The words <style>x</style><script>x</script> are adjacent",
        "<style>x</style><script>x</script> begin a sentence",
    ],
)
def test_code_within_prose_is_text(body: str) -> None:
    assert code_left_out(body) == ()
    shown = plain_text(body_html(body, PAGE))
    for tag in ("<p>", "</p>", "<b>", "</b>"):
        body = body.replace(tag, "")
    assert shown == body


def test_code_of_a_drawing_within_prose_is_text() -> None:
    body = "One <svg><defs><style>.a { b }</style></defs></svg> two"
    assert code_left_out(body) == ()
    assert plain_text(body_html(body, PAGE)) == "One .a { b } two"


def test_a_tag_in_prose_is_no_part_of_a_block_below_it() -> None:
    body = "The <script> tag.\n\n<script>run()</script>\n\nafter"
    assert code_left_out(body) == ("script",)
    assert plain_text(body_html(body, PAGE)) == "The <script> tag.\n\nafter"


def test_a_text_without_tags_is_published_without_remarks() -> None:
    assert code_left_out("Only *words*.") == ()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            '<iframe src="https://v.example/1" title="Council"></iframe>',
            ("Council", "https://v.example/1"),
        ),
        ("<video src='https://v.example/m.mp4'></video>", 2 * ("https://v.example/m.mp4",)),
        (
            "<audio controls aria-label='Talk'><source src='/a.ogg'></audio>",
            ("Talk", "https://news.example.org/a.ogg"),
        ),
        (
            "<object data='images/plan.pdf' title='Plan'></object>",
            ("Plan", "https://news.example.org/image/plan.pdf"),
        ),
        ("<embed src='https://v.example/e' title=' '>", 2 * ("https://v.example/e",)),
        ("<area href='/map' alt='North'>", ("North", "https://news.example.org/map")),
    ],
)
@pytest.mark.parametrize("around", ["{}", "in a sentence {} here", "<p>{}</p>", "<div>{}</div>"])
def test_what_is_embedded_becomes_a_link_with_its_title(
    written: str, shown: tuple[str, str], around: str
) -> None:
    html = body_html(around.format(written), PAGE)
    assert links(html) == [shown]
    assert "<p></p>" not in html


def test_the_words_within_an_embedded_element_stay() -> None:
    html = body_html("<video src='/a.mp4'>Your reader shows no films.</video>", PAGE)
    assert plain_text(html).split("\n\n") == ["/a.mp4", "Your reader shows no films."]


@pytest.mark.parametrize(
    "written",
    [
        "<p></p>",
        "<p>&nbsp;</p>",
        "<h2><b></b></h2>",
        "<p><br></p>",
        "![](ftp://a.example/b)",
        "<div><p></p></div>",
        "<section></section>",
    ],
)
def test_no_empty_paragraph_is_left(written: str) -> None:
    assert body_html(f"one\n\n{written}\n\ntwo", PAGE).split() == ["<p>one</p>", "<p>two</p>"]


def test_the_anchor_in_an_empty_paragraph_stays() -> None:
    assert ' id="text-here"' in body_html('<p><a id="here"></a></p>', PAGE)


@pytest.mark.parametrize(
    ("written", "paragraphs"),
    [
        ("<div>one</div><div>two</div>", ["one", "two"]),
        ("<section>one<p>two</p>three</section>", ["one", "two", "three"]),
        ("<details><summary>one</summary>two</details>", ["one", "two"]),
        ("<select><option>one</option><option>two</option></select>", ["one two"]),
        ("<button>one</button><button>two</button>", ["one two"]),
        ("<input value=one><input type=hidden value=x><o:p>two</o:p>", ["one two"]),
        ("<svg><text>one</text><title>two</title></svg>", ["one two"]),
        ("<math><mi>one</mi><mo>two</mo></math>", ["one two"]),
        ("<noscript>one</noscript> <font>two</font>", ["one", "two"]),
        ("<!doctype html><!-- hidden --><html><body>one</body></html>", ["one"]),
    ],
)
def test_words_of_other_elements_stay_and_stay_apart(written: str, paragraphs: list[str]) -> None:
    html = body_html(f"<div>{written}</div>", PAGE)
    assert plain_text(html).split("\n\n") == paragraphs


def test_tasks_show_their_boxes() -> None:
    html = body_html("- [ ] open\n- [x] done\n- [X] *done*\n- [y] none\n- `[ ]` code\n-\n", PAGE)
    assert plain_text(html).split("\n\n") == [
        *("☐ open", "☑ done", "☑ done", "[y] none", "[ ] code")
    ]


def test_definitions_are_lists() -> None:
    html = body_html("Term\n: One\n: Two", PAGE)
    assert html.split() == ["<dl>", "<dt>Term</dt>", "<dd>One</dd>", "<dd>Two</dd>", "</dl>"]


@pytest.mark.parametrize(
    ("image", "published"),
    [
        ("![A](images/map.png)", 'src="https://news.example.org/image/map.png" alt="A"'),
        ("![A](/images/map.png)", 'src="https://news.example.org/image/map.png" alt="A"'),
        ("<img src='images/a b.png'>", 'src="https://news.example.org/image/a%20b.png" alt=""'),
    ],
)
def test_an_image_of_the_source_bucket_has_its_address_on_the_site(
    image: str, published: str
) -> None:
    assert published in body_html(image, PAGE)


PNG = 'src="https://news.example.org/image/a.png"'


@pytest.mark.parametrize(
    "image",
    [
        "<image src='images/a.png' alt='A'/>",
        "<image href='images/a.png' title='A'></image>",
        "<IMAGE xlink:href='images/a.png' aria-label='A'>",
        "<img src='images/a.png' alt='A'>",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "before {} after",
        "<svg>{}</svg>",
        "before <svg viewBox='0 0 1 1'><g>{}<text>after</text></g></svg>",
        "<svg><a href='https://a.example'>{}</a></svg>\n\nafter",
        "<math><mtext>{}</mtext></math>",
        "| a |\n|---|\n| <svg>{}</svg> |",
    ],
)
def test_an_image_by_another_name_or_in_a_drawing_is_shown(image: str, around: str) -> None:
    body = around.format(image)
    html = body_html(body, PAGE)
    assert html.count(f'<img {PNG} alt="A">') == 1
    assert html.count("A") == 1
    assert {"before", "after"} & set(body.split()) <= set(plain_text(html).split())


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("<image src='http://a.example/m.png' alt='A map'>", "A map"),
        ("<svg><image href='http://a.example/m.png' alt='A map'/></svg>", "A map"),
        ("<svg><image href='#gate' alt='A gate'/></svg>", "A gate"),
        ("<svg><image alt='A gate'/></svg>", "A gate"),
        ("<image alt='A gate'>", "A gate"),
        ("<svg><image href='data:image/png;base64,x' alt='A gate'/></svg>", "A gate"),
    ],
)
def test_an_image_that_cannot_be_shown_leaves_its_words(image: str, shown: str) -> None:
    html = body_html(f"one {image} two", PAGE)
    assert "<img" not in html
    assert plain_text(html) == f"one {shown} two"


@pytest.mark.parametrize(
    ("image", "link"),
    [
        ("![A map](http://a.example/m.png)", ("A map", "http://a.example/m.png")),
        ("<img src=http://a.example/m.png>", 2 * ("http://a.example/m.png",)),
        ("[![A](http://a.example/m.png)](https://b.example)", ("A", "https://b.example/")),
    ],
)
def test_an_image_that_pages_may_not_load_becomes_a_link(image: str, link: tuple[str, str]) -> None:
    assert links(body_html(image, PAGE)) == [link]


def test_the_description_of_an_image_is_part_of_the_plain_text() -> None:
    assert plain_text(body_html("![A map](images/a.png) below", PAGE)) == "A map below"


@pytest.mark.parametrize("address", ["tel:+49301234", "mailto:a@b.example"])
def test_a_number_or_mailbox_can_be_called(address: str) -> None:
    assert links(body_html(f"[us]({address})", PAGE)) == [("us", address)]


@pytest.mark.parametrize(
    "text", ["a &#x202e;b c", "a \u202eb c", "a \u2067b c", "<p>a &#x2067;b</p><p>c</p>"]
)
def test_nothing_turns_the_text_next_to_it(text: str) -> None:
    """SPEC X10."""
    shown = plain_text(body_html(text, PAGE))
    assert shown.split() == ["a", "b", "c"]


PATHOLOGICAL = {
    "open comments": "<!--" * 19_000,
    "open quotes": '<a href="' * 19_000,
    "open frames": "<iframe src=/a>" * 19_000,
    "open drawings": "<svg>" * 19_000,
    "open scripts": "<script>\n\n" * 19_000,
    "scripts": "<script></script>\n" * 9_000,
    "films": "<video>" * 9_000 + "<source src=data:x>" * 9_000 + "</video>",
    "one long tag": "<a " + "b=c " * 200_000,
    "mail": "a." * 200_000 + "@b",
    "addresses": "www.a.example/" + ")" * 190_000,
    "footnotes": "[^a]\n\n[^a]: b\n\n" * 12_000,
    "headings": "# a\n\n" * 40_000,
    "directions": "\u2067\u202b" * 20_000 + "\u2069" * 20_000,
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_text_of_tags_takes_long(name: str) -> None:
    with timed() as taken:
        plain_text(body_html(PATHOLOGICAL[name], PAGE))
    assert taken.seconds < 10
