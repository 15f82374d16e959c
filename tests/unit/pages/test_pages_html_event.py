import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import SourceRef
from gazette.models.views.page import Correction
from gazette.renderers.pages.headings import nest_headings
from gazette.renderers.pages.html import render_event
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import (
    found,
    linked_data,
    parsed,
)


def test_an_event_has_the_order_of_the_seed() -> None:
    entry = examples.make_entry(byline="By Ana Example", updated=examples.UPDATED)
    tree = parsed(render_event(examples.make_event_page(entry, image=examples.IMAGE)))
    (article,) = tree.xpath("//main/article")
    order = [child.get("class") or child.tag for child in article]
    assert order == [
        *("kicker", "h1", "standfirst", "times", "figure", "body"),
        *("sources", "topics", "machine"),
    ]
    assert found(tree, "//p[@class='kicker']/a/@href") == [
        f"{examples.SITE}categories/environment/",
        f"{examples.SITE}topics/rivers/",
        f"{examples.SITE}news/2026/07/4/",
    ]
    assert found(tree, "//p[@class='kicker']/a") == ["Environment", "Rivers", "4 July 2026"]
    assert found(tree, "//h1") == [entry.title]
    assert found(tree, "//p[@class='times']/span") == [
        *("By Ana Example", "Published 4 July 2026, 09:30 UTC", "Updated 5 July 2026, 16:05 UTC"),
    ]
    assert found(tree, "//p[@class='times']//time/@datetime") == [
        *("2026-07-04T09:30:00Z", "2026-07-05T16:05:00Z"),
    ]
    assert found(tree, "//section[@class='topics']//li") == ["Rivers", "Engineering"]


def test_sources_end_with_the_cover_image() -> None:
    tree = parsed(render_event(examples.make_event_page(image=examples.IMAGE)))
    items = "//section[@class='sources']/ol/li"
    assert found(tree, items) == [
        "River opens to swimmers The Example, news.example, 3 July 2026",
        *("Water report (2026) lab.example", "Cover Image"),
    ]
    assert found(tree, f"{items}/a/@href") == [
        *("https://news.example/river?a=1&b=2", "https://lab.example/water_(2026)"),
        examples.IMAGE.url,
    ]


def test_a_page_shows_all_sources_when_the_entry_has_only_the_first() -> None:
    more = (*examples.SOURCES, SourceRef(title="One more", url="https://more.example/"))
    page = examples.make_event_page(sources=more)
    assert found(parsed(render_event(page)), "//section[@class='sources']//a")[-1] == "One more"


def test_an_image_has_its_text_its_size_and_its_credit() -> None:
    tree = parsed(render_event(examples.make_event_page(image=examples.IMAGE)))
    (image,) = tree.xpath("//figure/img")
    assert dict(image.attrib) == {
        "src": examples.IMAGE.url,
        "alt": examples.IMAGE.alt,
        "width": "1200",
        "height": "630",
    }
    assert found(tree, "//figcaption") == ["Photo: A. Person"]
    assert found(tree, "//meta[@property='og:image']/@content") == [examples.IMAGE.url]


def test_an_image_of_unknown_size_and_credit_has_neither() -> None:
    image = replace(examples.IMAGE, width=None, height=None, credit=None)
    tree = parsed(render_event(examples.make_event_page(image=image)))
    assert found(tree, "//figure/img/@width | //figure/img/@height | //figcaption") == []


def test_an_event_with_nothing_but_a_title_has_no_empty_parts() -> None:
    entry = examples.make_entry(topics=(), category=None, sources=(), summary="")
    frame = examples.make_frame(description="", formats=(), breadcrumb=())
    tree = parsed(render_event(examples.make_event_page(entry, body="", frame=frame)))
    (article,) = tree.xpath("//main/article")
    assert [child.get("class") or child.tag for child in article] == [
        *("kicker", "h1", "times", "machine"),
    ]
    assert found(tree, "//meta[@name='description'] | //nav") == []


def test_an_event_without_a_body_shows_its_summary() -> None:
    tree = parsed(render_event(examples.make_event_page(body="")))
    assert found(tree, "//p[@class='standfirst']") == [examples.ENTRY.summary]
    assert found(tree, "//div[@class='body']") == []


def test_a_summary_is_not_repeated_where_the_text_has_its_words_with_links() -> None:
    first, second, *rest = examples.ENTRY.summary.split(" ")
    body = f"[{first}](https://a.example/x_(y)) *{second}* {' '.join(rest)} And more."
    (text,) = parsed(render_event(examples.make_event_page(body=body))).findall(
        ".//div[@class='body']/p"
    )
    assert "".join(map(str, text.itertext())) == f"{examples.ENTRY.summary} And more."


@pytest.mark.parametrize("body", ["The water is clean.", f"{examples.ENTRY.summary} It is clean."])
def test_a_summary_stands_above_the_text_unless_the_text_begins_with_it(body: str) -> None:
    """SPEC X9."""
    tree = parsed(render_event(examples.make_event_page(body=body)))
    begins_with_it = body.startswith(examples.ENTRY.summary)
    above = [] if begins_with_it else [examples.ENTRY.summary]
    assert found(tree, "//p[@class='standfirst']") == above
    assert found(tree, "//div[@class='body']/p") == [body]


def test_a_standfirst_does_not_repeat_the_headline() -> None:
    """SPEC X9: its words stand in the headline."""
    title = examples.ENTRY.title
    entry = examples.make_entry(summary=f"{title}. Nobody was hurt.")
    tree = parsed(render_event(examples.make_event_page(entry)))
    assert found(tree, "//p[@class='standfirst']") == ["Nobody was hurt."]


def test_headings_of_the_body_fit_below_the_title() -> None:
    tree = parsed(render_event(examples.make_event_page(body="##### One\n\n# Two\n\n### Three")))
    assert found(tree, "//div[@class='body']/h2") == ["One", "Two"]
    assert found(tree, "//div[@class='body']/h3") == ["Three"]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_headings_have_the_outline_of_the_text_without_gaps(written: list[int]) -> None:
    """Two headings of one level are equal unless a higher one stands between them."""
    html = nest_headings("".join(f"<h{level}>x</h{level}>" for level in written))
    shown = [int(level) for level in re.findall(r"<h([1-6])>", html)]
    assert html.count("</h") == len(shown) == len(written)
    assert shown[0] == 2
    assert all(level <= before + 1 for before, level in pairwise(shown))
    for first, level in enumerate(written):
        for second in range(first + 1, len(written)):
            if min(written[first : second + 1]) == level == written[second]:
                assert shown[first] == shown[second]
            if min(written[first:second], default=7) == level < written[second]:
                assert shown[first] < shown[second] or shown[first] == 6


def test_headings_inside_headings_and_in_attributes_are_distinguished() -> None:
    text = '<h3 title="<h6>">a<span><h6>b</h6></span></h3>'
    assert nest_headings(text) == '<h2 title="<h6>">a<span><h3>b</h3></span></h2>'


def test_linked_data_describes_the_event() -> None:
    """SPEC S7."""
    entry = examples.make_entry(
        updated=examples.UPDATED,
        byline="Ana Example",
        title="long " * 40,
    )
    correction = Correction(2, examples.UPDATED, "Three, not four.", "https://gazette.example/a")
    page = examples.make_event_page(entry, image=examples.IMAGE)
    data = linked_data(render_event(replace(page, corrections=(correction,))))
    assert data["@type"] == "NewsArticle"
    assert data["datePublished"] == "2026-07-04T09:30:00Z"
    assert data["dateModified"] == "2026-07-05T16:05:00Z"
    assert data["author"] == {"@type": "Person", "name": "Ana Example"}
    assert data["image"] == examples.IMAGE.url
    assert data["articleSection"] == "Environment"
    assert data["keywords"] == ["Rivers", "Engineering"]
    assert data["inLanguage"] == "en"
    assert len(str(data["headline"])) <= 110
    assert data["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "Three, not four.",
            "datePublished": "2026-07-05T16:05:00Z",
        }
    ]
    assert data["citation"] == [
        {
            "@type": "CreativeWork",
            "name": "River opens to swimmers",
            "url": "https://news.example/river?a=1&b=2",
            "publisher": {"@type": "Organization", "name": "The Example"},
            "datePublished": "2026-07-03",
        },
        {
            "@type": "CreativeWork",
            "name": "Water report (2026)",
            "url": "https://lab.example/water_(2026)",
        },
    ]


def test_linked_data_leaves_out_what_the_event_does_not_have() -> None:
    entry = examples.make_entry(topics=(), category=None, sources=())
    data = linked_data(render_event(examples.make_event_page(entry)))
    assert not {"image", "articleSection", "keywords", "citation", "correction"} & set(data)
    assert data["author"] == data["publisher"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [(RevisionKind.UPDATE, True), (RevisionKind.MINOR, False)],
)
def test_a_note_is_above_the_text_unless_the_edit_is_minor(
    kind: RevisionKind, *, shown: bool
) -> None:
    entry = examples.make_entry(kind=kind, note="What changed.", at=examples.UPDATED)
    tree = parsed(render_event(examples.make_event_page(entry)))
    notes = found(tree, "//div[@class='body']/preceding-sibling::aside[@class]/p[@class='text']")
    assert notes == (["What changed."] if shown else [])
    assert found(tree, "//aside/@class") == ([f"note {kind.value}"] if shown else [])


def test_the_hash_chain_is_on_the_page() -> None:
    """SPEC V5."""
    page = examples.make_event_page(previous_sha256="b" * 64)
    tree = parsed(render_event(page))
    assert found(tree, "//p[@class='fingerprint']/code") == ["a" * 64, "b" * 64]


def test_a_withdrawn_event_shows_only_its_notice_and_the_reason() -> None:
    """SPEC T5."""
    page = render_event(examples.make_withdrawn_page())
    tree = parsed(page)
    assert found(tree, "//h1") == ["Withdrawn"]
    assert found(tree, "//p[@class='title']") == [examples.ENTRY.title]
    assert found(tree, "//p[@class='text']") == ["The report was a hoax."]
    assert found(tree, "//meta[@name='robots']/@content") == ["noindex"]
    assert found(tree, "//p[@class='times']//time/@datetime")[-1] == "2026-07-05T16:05:00Z"
    assert linked_data(page).keys() == {
        *("@context", "@type", "identifier", "headline", "description", "url", "mainEntityOfPage"),
        *("inLanguage", "datePublished", "dateModified", "author", "publisher", "articleSection"),
        *("keywords", "creativeWorkStatus"),
    }
    assert found(tree, "//figure | //*[@class='body'] | //*[@class='sources']") == []
    assert b"SECRET" not in page


def test_a_withdrawal_without_a_note_names_the_publisher() -> None:
    """SPEC T7."""
    tree = parsed(render_event(examples.make_withdrawn_page(None)))
    assert found(tree, "//p[@class='text']") == ["Withdrawn by the publisher."]
