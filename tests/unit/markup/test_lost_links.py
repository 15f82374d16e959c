"""A link that leads nowhere is shown as its words, and reported (SPEC X4, S11).

Of the words of the text nothing is lost (SPEC X9).
"""

import pytest
from lxml import html as lxml_html

from gazette.models.characters import shorten
from gazette.models.ledger import partitions
from gazette.models.limits import MAX_MARKDOWN_MARKS
from gazette.projections.items.remarks import read_remarks
from gazette.projections.markup.body import body_html, plain_text
from gazette.projections.markup.lost_links import lost_in
from gazette.renderers.markdown.text import safe_body
from tests.unit.publish.worlds import World, hours

PAGE = "https://news.example.org/news/2026/03/1/fox.html"
FORMS = {
    "markdown": "See [the words]({}) here.",
    "reference": "See [the words][a] here.\n\n[a]: {}",
    "tag": 'See <a href="{}">the words</a> here.',
    "other tag": "See <A HREF='{}'>the words</A> here.",
    "in a table": "| a |\n|---|\n| See [the words]({}) here. |",
}
IMAGE_FORMS = {
    "markdown": "See ![the words]({}) here.",
    "reference": "See ![the words][a] here.\n\n[a]: {}",
    "tag": 'See <img alt="the words" src="{}"> here.',
    "in a link": "See [![the words]({})](https://a.example/) here.",
}
MEANS_NOTHING = ("other.html", "./other.html", "../3/other.html", "?page=2", "a/b/", "x.svg")
WHOLE = ("https://a.example/x", "http://a.example", "//a.example/x")
IMAGES = ("images/x.png", "/images/x.png", "../../../../image/x.png", "/image/x.png")


def addresses(html: str) -> list[str]:
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return [found for each in root.iter() for found in (each.get("href"), each.get("src")) if found]


def remarks(body: str) -> list[tuple[str, str]]:
    return list(lost_in(body, PAGE))


def published_remarks(world: World) -> list[tuple[str, str]]:
    found = read_remarks(world.ledger.scan(partitions.REMARKS))
    return [remark for each in found for remark in each.remarks]


@pytest.mark.parametrize("address", MEANS_NOTHING)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_relative_link_is_shown_as_its_words_and_reported(form: str, address: str) -> None:
    body = form.format(address)
    for html in (body_html(body, PAGE), safe_body(body, PAGE)):
        assert addresses(html) == []
        assert "the words" in html
    ((field, reason),) = remarks(body)
    assert (field, reason.split(",")[0]) == ("body", f"leads to {address}")


@pytest.mark.parametrize("address", [*MEANS_NOTHING, "/photos/x.jpg", "/x.svg"])
@pytest.mark.parametrize("form", IMAGE_FORMS.values(), ids=IMAGE_FORMS)
def test_a_relative_image_is_shown_as_its_alternative_text_and_reported(
    form: str, address: str
) -> None:
    body = form.format(address)
    for html in (body_html(body, PAGE), safe_body(body, PAGE)):
        assert [each for each in addresses(html) if each != "https://a.example/"] == []
        assert "the words" in html
    ((field, reason),) = remarks(body)
    assert (field, reason.split(",")[0]) == ("body", f"shows {address}")


@pytest.mark.parametrize("address", [*WHOLE, *IMAGES, "/topics/harbour/", "#top", "#"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_link_that_means_something_stays_and_is_absolute(form: str, address: str) -> None:
    body = form.format(address)
    (found,) = addresses(body_html(body, PAGE))
    assert found.startswith(("https://", "http://"))
    assert remarks(body) == []


@pytest.mark.parametrize("address", [*WHOLE, *IMAGES])
@pytest.mark.parametrize("form", sorted(IMAGE_FORMS.keys() - {"in a link"}))
def test_an_image_that_may_be_there_stays(form: str, address: str) -> None:
    body = IMAGE_FORMS[form].format(address)
    assert len(addresses(body_html(body, PAGE))) == 1
    assert remarks(body) == []


@pytest.mark.parametrize("address", ["images/x.png", "/images/x.png", "../../../../image/x.png"])
@pytest.mark.parametrize("form", ["[to]({})", "![to]({})", "[to][a]\n\n[a]: {}"])
def test_the_markdown_form_leads_to_the_image_where_it_is(form: str, address: str) -> None:
    shown = safe_body(form.format(address), PAGE)
    assert "https://news.example.org/image/x.png" in shown
    assert address not in shown.replace("https://news.example.org/image/x.png", "")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_link_to_an_anchor_that_is_not_there_is_reported(form: str) -> None:
    ((_, reason),) = remarks(form.format("#figures"))
    assert reason.startswith("leads to #figures, and no heading")
    assert remarks(f"{form.format('#figures')}\n\n# Figures") == []


def test_each_loss_is_reported_once_and_an_address_is_cut() -> None:
    long = f"a/{'b' * 300}"
    body = f"[a](x.html) [b](x.html) [c]({long}) <a name=x>d</a> <p>[e](#n)</p>"
    assert [reason.split(",")[0] for _, reason in remarks(body)] == [
        *("leads to x.html", f"leads to {shorten(long, 100)}", "leads to #n"),
    ]


def test_an_address_in_code_or_without_markdown_is_no_link() -> None:
    assert remarks("`[a](x.html)`\n\n    <a href=x.html>") == []
    marks, most = next(iter(MAX_MARKDOWN_MARKS.items()))
    assert remarks(f"[a](x.html) {marks[0] * (most + 1)}") == []


def test_a_block_of_script_that_is_left_out_is_reported() -> None:
    """SPEC X11."""
    body = "Words.\n\n<script>\nrun()\n</script>\n\nWords."
    assert remarks(body) == [("body", "is published without a block of script")]
    assert remarks("The <script> tag.") == []


def test_the_page_of_an_event_and_its_remarks_agree() -> None:
    world = World()
    body = "[Next](next.html), [below](#below) and ![a map](map.svg)."
    world.put("a", hours(0), body=body)
    world.settle()
    site = world.site()
    for path in ("news/2026/07/4/river-opens.html", "news/2026/07/4/river-opens.md", "feed.rss"):
        shown = site[path].decode()
        assert not any(lost in shown for lost in ("next.html", "#below", "map.svg")), path
        assert all(words in shown for words in ("Next", "below", "a map")), path
    assert plain_text(body_html(body, PAGE)) == "Next, below and a map."
    assert [reason.split(",")[0] for _, reason in published_remarks(world)] == [
        *("leads to next.html", "leads to #below", "shows map.svg"),
    ]
    world.put("a", hours(1), body="Words.")
    world.settle()
    assert published_remarks(world) == []
