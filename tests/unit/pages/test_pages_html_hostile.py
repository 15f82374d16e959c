from dataclasses import replace

import pytest
from hypothesis import given

from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import SourceRef, TopicRef
from gazette.models.views.page import Link
from gazette.renderers.pages.html import render_calendar, render_event, render_list, render_moved
from tests.unit.pages import page_examples as examples
from tests.unit.pages.page_reading import (
    PRINTABLE_TEXT,
    found,
    linked_data,
    parsed,
)

HOSTILE = "</script></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7*7 }}"


def hostile_pages(text: str) -> dict[str, bytes]:
    topic = TopicRef(slug="x", label=text)
    url = 'https://x.example/"><script>alert(1)</script>'
    entry = examples.make_entry(
        title=text,
        topics=(topic,),
        category=topic,
        summary=text,
        byline=text,
        note=text,
        kind=RevisionKind.CORRECTION,
        sources=(SourceRef(title=text, url=url, publisher=text, published=text),),
    )
    link = Link(text, url, text, 1)
    frame = examples.make_frame(
        title=text,
        description=text,
        site_title=text,
        feeds=(link,),
        breadcrumb=(link,),
        previous=link,
        next=link,
    )
    image = replace(examples.IMAGE, alt=text, credit=text, url=url)
    page = examples.make_event_page(entry, body=text, frame=frame, image=image)
    withdrawn = replace(
        page,
        revision=page.revision.model_copy(
            update={"entry": entry.model_copy(update={"kind": RevisionKind.RETRACTION})}
        ),
    )
    return {
        "event": render_event(page),
        "withdrawn": render_event(withdrawn),
        "moved": render_moved(replace(examples.make_moved_page(text), frame=frame)),
        "list": render_list(examples.make_list_page(examples.listed(entry), frame=frame)),
        "calendar": render_calendar(replace(examples.make_calendar_page(), frame=frame)),
    }


@pytest.mark.parametrize("name", ["event", "withdrawn", "moved", "list", "calendar"])
def test_markup_in_any_field_stays_text(name: str) -> None:
    tree = parsed(hostile_pages(HOSTILE)[name])
    assert found(tree, "//script[not(@type='application/ld+json')]") == []
    assert found(tree, "//@*[starts-with(name(), 'on')]") == []
    assert found(tree, "//img[@src='x']") == []
    assert found(tree, "/html/head/title") == [HOSTILE]


def test_a_script_end_tag_in_the_data_does_not_end_the_block() -> None:
    data = linked_data(hostile_pages(HOSTILE)["event"])
    assert data["keywords"] == [HOSTILE]


@given(PRINTABLE_TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    pages = hostile_pages(text)
    shown = " ".join(text.split())
    assert found(parsed(pages["event"]), "//h1") == [shown]
    assert found(parsed(pages["withdrawn"]), "//p[@class='title']") == [shown]
    assert found(parsed(pages["list"]), "//h3/a") == [shown]
    assert linked_data(pages["event"])["articleSection"] == text
