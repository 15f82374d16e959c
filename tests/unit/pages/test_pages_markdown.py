from dataclasses import replace

import pytest

from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import SourceRef, TopicRef
from gazette.models.views.page import Link
from gazette.renderers.markdown.pages import (
    render_calendar_markdown,
    render_event_markdown,
    render_list_markdown,
    render_moved_markdown,
)
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import (
    assert_harmless,
    found,
    read_markdown,
)

BASE = examples.BASE_PATH


def test_an_event_has_the_layout_of_the_seed() -> None:
    entry = examples.make_entry(byline="Ana Example", updated=examples.UPDATED)
    page = render_event_markdown(examples.make_event_page(entry, image=examples.IMAGE))
    assert (
        page.decode()
        == f"""\
Formats: [HTML]({BASE}.html)  [JSON]({BASE}.json)  [XML]({BASE}.xml)

### [2026-07-4]({examples.SITE}news/2026/07/4/index.md)

##### [Rivers]({examples.SITE}topics/rivers/)

# River opens to swimmers after a hundred years

_Ana Example, published 2026-07-04T09:30:00Z, updated 2026-07-05T16:05:00Z_

![Swimmers on the stairs of the quay]({examples.SITE}image/2026/river.png)
_Photo: A. Person_

The city has opened three bathing places on its river.

The water is *clean* again, says the [report](https://lab.example/).

Topics: [Rivers]({examples.SITE}topics/rivers/), [Engineering]({examples.SITE}topics/engineering/)

Category: [Environment]({examples.SITE}categories/environment/)

### Sources:

1. [River opens to swimmers](https://news.example/river?a=1&b=2), The Example, 2026-07-03
2. [Water report (2026)](<https://lab.example/water_(2026)>)
3. [Cover Image]({examples.SITE}image/2026/river.png)
"""
    )


def test_an_event_with_nothing_but_a_title_is_short() -> None:
    entry = examples.make_entry(topics=(), category=None, sources=(), summary="")
    frame = examples.make_frame(formats=())
    page = render_event_markdown(examples.make_event_page(entry, body="", frame=frame))
    assert found(read_markdown(page), "//h1 | //h3 | //h5 | //p") == [
        *("2026-07-4", entry.title, "Published 2026-07-04T09:30:00Z"),
    ]


def test_an_image_without_a_credit_has_no_caption() -> None:
    image = replace(examples.IMAGE, credit=None)
    tree = read_markdown(render_event_markdown(examples.make_event_page(image=image)))
    assert found(tree, "//p[img]") == [""]
    assert found(tree, "//img/@alt") == [examples.IMAGE.alt]


def test_an_event_without_a_body_shows_its_summary() -> None:
    tree = read_markdown(render_event_markdown(examples.make_event_page(body="")))
    assert examples.ENTRY.summary in found(tree, "//p")


@pytest.mark.parametrize("body", ["The water is clean.", f"{examples.ENTRY.summary} It is clean."])
def test_a_summary_stands_above_the_text_unless_the_text_begins_with_it(body: str) -> None:
    """SPEC X9."""
    tree = read_markdown(render_event_markdown(examples.make_event_page(body=body)))
    text = " ".join(found(tree, "//p"))
    assert text.count(examples.ENTRY.summary) == 1
    assert text.index(examples.ENTRY.summary) <= text.index(body)


def test_a_correction_is_quoted_above_the_text_with_its_line_breaks() -> None:
    """SPEC V12."""
    page = replace(examples.make_event_page(), corrections=(examples.CORRECTION,))
    tree = read_markdown(render_event_markdown(page))
    shown = ["Correction, 5 July 2026: Three,", "- not four", "What changed"]
    assert found(tree, "//blockquote/p") == shown


def test_the_note_of_a_minor_edit_is_not_shown() -> None:
    entry = examples.make_entry(kind=RevisionKind.MINOR, note="A comma.")
    assert b"A comma." not in render_event_markdown(examples.make_event_page(entry))


def test_a_withdrawn_event_shows_only_its_notice_and_the_reason() -> None:
    """SPEC T5."""
    page = render_event_markdown(examples.make_withdrawn_page())
    tree = read_markdown(page)
    assert found(tree, "//h1") == ["Withdrawn"]
    assert found(tree, "//p/strong") == [examples.ENTRY.title, "Withdrawn"]
    assert found(tree, "//blockquote/p") == ["Withdrawn: The report was a hoax."]
    assert b"SECRET" not in page
    assert b"Sources" not in page


def test_a_withdrawal_without_a_note_names_the_publisher() -> None:
    """SPEC T7."""
    tree = read_markdown(render_event_markdown(examples.make_withdrawn_page(None)))
    assert "Withdrawn by the publisher." in found(tree, "//p")


def test_a_moved_page_points_to_where_the_event_is_in_markdown() -> None:
    """SPEC V6."""
    tree = read_markdown(render_moved_markdown(examples.make_moved_page()))
    assert found(tree, "//p/a/@href")[-1] == f"{BASE}.md"


def test_a_list_groups_by_date_and_stays_in_markdown() -> None:
    earlier = examples.make_entry(title="The day before", date=examples.DAY.replace(day=3))
    frame = examples.make_frame(
        description="All of it.",
        feeds=examples.feeds(),
        previous=Link("June", f"{examples.SITE}news/2026/06/"),
        next=Link("August", f"{examples.SITE}news/2026/08/"),
    )
    events = (examples.listed(), examples.listed(), examples.listed(earlier))
    page = examples.make_list_page(*events, frame=frame, count=1)
    tree = read_markdown(render_list_markdown(page))
    assert found(tree, "//h3") == ["2026-07-04", "2026-07-03", "Subscribe:"]
    assert [len(events.xpath("li")) for events in tree.xpath("//ol")] == [2, 1]
    assert found(tree, "//ol//a/@href") == [f"{BASE}.md"] * 3
    assert found(tree, "//p")[1:4] == [
        "All of it.",
        "1 event",
        "Previous: June Next: August",
    ]
    assert f"{examples.SITE}news/2026/06/index.md" in found(tree, "//@href")
    assert found(tree, "//ul/li/a/@href") == [feed.url for feed in examples.feeds()]


def test_the_page_of_a_day_is_flat() -> None:
    page = examples.make_list_page(
        examples.listed(),
        by_date=False,
        frame=examples.make_frame(description=examples.ENTRY.title),
    )
    assert found(read_markdown(render_list_markdown(page)), "//h3") == []


def test_an_empty_list_says_that_it_is_empty() -> None:
    tree = read_markdown(render_list_markdown(examples.make_list_page()))
    assert "No events." in found(tree, "//p")


def test_a_list_shows_corrections_and_leaves_out_a_summary_that_repeats_the_title() -> None:
    entry = examples.make_entry(
        kind=RevisionKind.CORRECTION, at=examples.UPDATED, summary=examples.ENTRY.title, topics=()
    )
    tree = read_markdown(render_list_markdown(examples.make_list_page(examples.listed(entry))))
    assert found(tree, "//li[1]")[0] == f"{entry.title} Corrected 2026-07-05T16:05:00Z"


def test_a_calendar_shows_the_counts_of_its_periods() -> None:
    page = examples.make_calendar_page()
    page = replace(page, periods=(*page.periods, Link("5 July", f"{examples.SITE}news/x.txt")))
    tree = read_markdown(render_calendar_markdown(page))
    assert found(tree, "//li") == ["3 July (1)", "4 July (1,200)", "5 July"]
    assert found(tree, "//li/a/@href")[0] == f"{examples.SITE}news/2026/07/3/index.md"
    assert "1,201 events" in found(tree, "//p")


def hostile_pages(text: str) -> dict[str, bytes]:
    topic = TopicRef(slug="x", label=text)
    source = SourceRef(
        title=text, url="https://x.example/a)b(&amp;", publisher=text, published=text
    )
    entry = examples.make_entry(
        title=text,
        topics=(topic,),
        category=topic,
        summary=text,
        byline=text,
        note=text,
        kind=RevisionKind.CORRECTION,
        sources=(source,),
    )
    link = Link(text, "https://x.example/a)b(", text, 1)
    frame = examples.make_frame(
        title=text, description=text, feeds=(link,), previous=link, next=link
    )
    image = replace(examples.IMAGE, alt=text, credit=text)
    page = examples.make_event_page(entry, frame=frame, image=image)
    return {
        "event": render_event_markdown(page),
        "moved": render_moved_markdown(replace(examples.make_moved_page(text), frame=frame)),
        "list": render_list_markdown(examples.make_list_page(examples.listed(entry), frame=frame)),
        "calendar": render_calendar_markdown(replace(examples.make_calendar_page(), frame=frame)),
    }


@pytest.mark.parametrize("name", ["event", "moved", "list", "calendar"])
@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "<javascript:alert(1)>",
        "](javascript:alert(1)) [b",
        "a\n\n[b]: javascript:alert(1)",
        "`<img src=x onerror=alert(1)>`",
    ],
)
def test_markup_in_any_field_stays_text(name: str, text: str) -> None:
    tree = read_markdown(hostile_pages(text)[name])
    assert_harmless(tree)
    assert found(tree, "//code") == []
    if name == "event":
        assert found(tree, "//h1") == [" ".join(text.split())]
        assert found(tree, "//ol/li[1]/a/@href") == ["https://x.example/a)b(&amp;"]
